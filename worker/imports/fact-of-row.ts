import type { FactKind } from '../../contracts/inbound.ts';
import type { FactFileKind } from '../../contracts/imports.ts';
import type { SourceId } from '../../domain/ids.ts';
import { Refused } from '../refused.ts';
import { cellsOf, type CsvLayout } from './csv-columns.ts';

export const KIND_OF = { movements: 'movement', counts: 'count', orders: 'order' } as const satisfies Record<
  FactFileKind,
  FactKind
>;

/** What a row states, in the form of the API; whether it is right is judged there. */
export function factOfRow(
  text: string,
  { kind, layout, source }: { readonly kind: FactFileKind; readonly layout: CsvLayout | null; readonly source: SourceId },
): object | Refused {
  const row = fieldsIn(text, layout);
  if (row instanceof Refused) return row;
  const fact = { source, ...row };
  return layout !== null && kind === 'orders' ? orderOf(fact) : fact;
}

export type Fields = Readonly<Record<string, unknown>>;

/** What a row says, by column or by member. */
export function fieldsIn(text: string, layout: CsvLayout | null): Fields | Refused {
  return layout === null ? objectIn(text) : rowOf(text, layout);
}

function objectIn(text: string): Fields | Refused {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  } catch {
    // Said below.
  }
  return new Refused('invalid_request', 'the row is no JSON object');
}

const WHOLE = /^-?\d{1,15}$/;
const NUMBERS = new Set(['quantity', 'mark']);
const ALIASED = ['sku', 'location', 'to_location'] as const;

/** An empty cell is an absent field. */
function rowOf(text: string, { delimiter, columns }: CsvLayout): Fields | Refused {
  const cells = cellsOf(text, delimiter);
  if (cells === null) return new Refused('invalid_request', 'the row has a quote that does not enclose a whole cell');
  if (cells.length !== columns.length)
    return new Refused('invalid_request', `the row has ${cells.length} cells, and the first line ${columns.length}`);
  const fields: Record<string, unknown> = {};
  for (const [index, name] of columns.entries()) {
    const cell = cells[index]?.trim() ?? '';
    if (cell !== '') fields[name] = NUMBERS.has(name) && WHOLE.test(cell) ? Number(cell) : cell;
  }
  for (const name of ALIASED) {
    const { [`${name}_system`]: system } = fields;
    if (system === undefined) continue;
    delete fields[`${name}_system`];
    fields[name] = { system, external_id: fields[name] };
  }
  return fields;
}

/** One row, one order of one line; an order of several takes NDJSON. */
function orderOf({ sku, quantity, unit, location, ...order }: Fields): object {
  const line = Object.entries({ sku, quantity, unit, location }).filter(([, value]) => value !== undefined);
  return { ...order, lines: [Object.fromEntries(line)] };
}
