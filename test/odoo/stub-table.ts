import type { Field, Fields } from './stub-schema.ts';

/** A value as the stub keeps it: a link is a number, a time milliseconds, and what is not there is false. */
export type Value = string | number | boolean;
export type Row = { id: number } & Record<string, Value>;
export type Tables = Record<string, Row[]>;

/** An exception of Odoo: the class by which a caller knows it, and what JSON-2 answers. */
export class OdooException extends Error {
  readonly className: string;
  readonly status: number;

  constructor(className: string, message: string, status = 500) {
    super(message);
    this.className = className;
    this.status = status;
  }
}

export function userError(message: string): OdooException {
  return new OdooException('odoo.exceptions.UserError', message, 422);
}

export function validationError(message: string): OdooException {
  return new OdooException('odoo.exceptions.ValidationError', message, 422);
}

export function invalidField(model: string, field: string): OdooException {
  return new OdooException('builtins.ValueError', `Invalid field '${field}' on model '${model}'`);
}

export type Schema = Readonly<Record<string, Fields>>;

export function fieldOf(schema: Schema, model: string, name: string): Field {
  const field = name === 'id' ? 'number' : schema[model]?.[name];
  if (field === undefined) throw invalidField(model, name);
  return field;
}

/** Whether a row fulfils a domain in Odoo's prefix notation. */
export function matches(schema: Schema, tables: Tables, model: string, domain: readonly unknown[], row: Row): boolean {
  const stack: boolean[] = [];
  const pop = (): boolean => {
    const value = stack.pop();
    if (value === undefined) throw new OdooException('builtins.ValueError', 'Domain is missing a term');
    return value;
  };
  for (const term of domain.toReversed()) {
    if (term === '|' || term === '&') {
      const [a, b] = [pop(), pop()];
      stack.push(term === '|' ? a || b : a && b);
    } else if (term === '!') stack.push(!pop());
    else if (Array.isArray(term) && term.length === 3)
      stack.push(holds(schema, tables, model, term as [string, string, unknown], row));
    else throw new OdooException('builtins.ValueError', `Domain term ${JSON.stringify(term)} is malformed`);
  }
  return stack.every(Boolean);
}

function holds(
  schema: Schema,
  tables: Tables,
  model: string,
  [path, operator, wanted]: [string, string, unknown],
  row: Row,
): boolean {
  const [name = '', ...rest] = path.split('.');
  const field = fieldOf(schema, model, name);
  if (rest.length > 0) {
    if (typeof field !== 'object' || !('link' in field)) throw invalidField(model, path);
    const target = tables[field.link]?.find(({ id }) => id === row[name]);
    return target !== undefined && holds(schema, tables, field.link, [rest.join('.'), operator, wanted], target);
  }
  const value = row[name] ?? false;
  switch (operator) {
    case '=':
      return value === comparable(field, wanted);
    case '!=':
      return value !== comparable(field, wanted);
    case 'in':
      return listOf(wanted).some((each) => value === comparable(field, each));
    case 'not in':
      return !listOf(wanted).some((each) => value === comparable(field, each));
    case '<':
      return value !== false && value < comparable(field, wanted);
    case '>':
      return value !== false && value > comparable(field, wanted);
    case '>=':
      return value !== false && value >= comparable(field, wanted);
    case '<=':
      return value !== false && value <= comparable(field, wanted);
    case 'child_of':
      return below(tables, name === 'id' ? row.id : Number(value), new Set(listOf(wanted).map(Number)));
    default:
      throw new OdooException('builtins.ValueError', `Invalid operator ${operator}`);
  }
}

function below(tables: Tables, location: number, above: ReadonlySet<number>): boolean {
  const path = tables['stock.location']?.find(({ id }) => id === location)?.['parent_path'];
  return typeof path === 'string' && path.split('/').some((part) => part !== '' && above.has(Number(part)));
}

function listOf(wanted: unknown): readonly unknown[] {
  if (!Array.isArray(wanted)) throw new OdooException('builtins.ValueError', 'a list is wanted');
  return wanted;
}

function comparable(field: Field, wanted: unknown): Value {
  if (field === 'time' && typeof wanted === 'string') return timeOf(wanted);
  if (typeof wanted === 'string' || typeof wanted === 'number' || typeof wanted === 'boolean') return wanted;
  throw new OdooException('builtins.ValueError', `${JSON.stringify(wanted)} cannot be compared`);
}

/** A row as RPC tells it: links with names, times without their fractions. */
export function told(schema: Schema, tables: Tables, model: string, fields: readonly string[], row: Row) {
  const entries = fields.map((name): [string, unknown] => {
    const field = fieldOf(schema, model, name);
    const value = row[name] ?? false;
    if (value === false) return [name, field === 'boolean' || field !== 'number' ? false : 0];
    if (field === 'time') return [name, new Date(Number(value)).toISOString().slice(0, 19).replace('T', ' ')];
    if (typeof field !== 'object') return [name, value];
    if ('lines' in field) return [name, tables[field.lines]?.filter((line) => line['picking_id'] === row.id).map(({ id }) => id)];
    const target = tables[field.link]?.find(({ id }) => id === value);
    return [name, [value, String(target?.['complete_name'] ?? target?.['name'] ?? target?.['reference'] ?? value)]];
  });
  return { id: row.id, ...Object.fromEntries(entries) };
}

export function timeOf(text: string): number {
  const ms = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(text) ? Date.parse(`${text.replace(' ', 'T')}Z`) : Number.NaN;
  if (Number.isNaN(ms)) throw new OdooException('builtins.ValueError', `time data '${text}' does not match format`);
  return ms;
}

/** Rows in the order that was asked for. Odoo orders a link by the order of its model, which is not its number. */
export function ordered(schema: Schema, model: string, order: string, rows: readonly Row[]): readonly Row[] {
  const keys = order.split(',').map((part) => part.trim());
  for (const key of keys) {
    if (typeof fieldOf(schema, model, key) === 'object')
      throw new OdooException('builtins.ValueError', `the stub does not order by ${key}`);
  }
  return rows.toSorted((a, b) => {
    for (const key of keys) {
      const [one, other] = [a[key] ?? false, b[key] ?? false];
      if (one !== other) return one < other ? -1 : 1;
    }
    return 0;
  });
}
