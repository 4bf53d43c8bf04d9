import fc, { type Arbitrary } from 'fast-check';
import { arbitraryOf } from './arbitraries.ts';
import { bodyTypesOf, type Operation, type Parameter, type Schema } from './document.ts';
import { Verbatim } from './json-text.ts';
import { fieldInPath, type Vocabulary } from './vocabulary.ts';

/** A valid call before it is written down: whoever changes one thing of it wants values, not text. */
export interface Draft {
  readonly operation: Operation;
  readonly caller: string | null;
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  /** null: it takes none. */
  readonly body: { readonly type: string; readonly schema: Schema; readonly value: unknown } | null;
}

/** Valid calls of an operation by those who may make them. */
export function draftsOf(operation: Operation, callers: readonly string[], words: Vocabulary): Arbitrary<Draft> {
  const { parameters = [] } = operation;
  const inPath = parameters.filter((one) => one.in === 'path');
  const inQuery = parameters.filter((one) => one.in === 'query');
  return fc.record({
    operation: fc.constant(operation),
    caller: operation.isOpen ? fc.constant(null) : fc.constantFrom(...callers),
    path: fc.record(Object.fromEntries(inPath.map((one) => [one.name, pathWord(operation, one, words)]))),
    query: queryOf(inQuery, words),
    headers: fc.record(headersOf(operation)),
    body: bodyOf(operation, words),
  }) as Arbitrary<Draft>;
}

function pathWord(operation: Operation, { name }: Parameter, words: Vocabulary): Arbitrary<string> {
  const field = fieldInPath(operation, name);
  const unknown = fc.constantFrom('NOPE', 'Café ☕ 茶', "' OR 1=1 --", '=1+1', '__proto__', '17', 'a b');
  if (name === 'sequence') return fc.integer({ min: 0, max: 9 }).map(String);
  const known = words.wordsFor(field);
  return known === null ? unknown : fc.oneof({ weight: 8, arbitrary: known }, { weight: 1, arbitrary: unknown });
}

function asText({ name, schema }: Parameter, words: Vocabulary): Arbitrary<string> {
  return arbitraryOf(schema, words, name).map(String);
}

/** Lists are asked for with few conditions: with all of them at once nothing is left to be shown. */
function queryOf(parameters: readonly Parameter[], words: Vocabulary): Arbitrary<Record<string, string>> {
  const required = parameters.filter((one) => one.required === true);
  const optional = parameters.filter((one) => one.required !== true);
  return fc
    .subarray(optional, { maxLength: Math.min(2, optional.length) })
    .chain((some) => fc.record(Object.fromEntries([...required, ...some].map((one) => [one.name, asText(one, words)]))));
}

function headersOf({ parameters = [] }: Operation): Record<string, Arbitrary<string>> {
  if (!parameters.some(({ name }) => name === 'Idempotency-Key')) return {};
  return { 'idempotency-key': fc.nat(1e9).map((n) => `fuzz-${n}`) };
}

function bodyOf(operation: Operation, words: Vocabulary): Arbitrary<Draft['body']> {
  const types = bodyTypesOf(operation);
  const unwritten = Object.entries(operation.requestBody?.content ?? {}).filter(([, { schema }]) => schema === undefined);
  if (unwritten.length > 0)
    return fc.constantFrom(
      ...unwritten.flatMap(([type]) => FILES.map((text) => ({ type, schema: {}, value: new Verbatim(text) }))),
    );
  if (types.length === 0) return fc.constant(null);
  return fc.oneof(
    ...types.map(([type, schema]) =>
      arbitraryOf(schema, words).map((value) => ({ type, schema, value: sensible(operation.operationId, value) })),
    ),
  );
}

/** Files that no schema describes: of the right kind for some call, and of the wrong one for the others. */
const FILES: readonly string[] = [
  'id,sku,location,kind,quantity,occurred_at\r\nr1,TEA-1,dc,received,5,2026-11-20T08:00:00Z\r\n=1+1,MUG-1,dc,received,5,2026-11-20T08:00:00Z\r\n',
  'id;sku;location;quantity;meaning;as_of\nc1;TEA-1;dc;400;on_hand;2026-11-20T08:00:00Z\n"@SUM(A1)";NOPE;dc;"4\n0";on_hand;never\n',
  '{"id":"n1","sku":"TEA-1","location":"dc","kind":"received","quantity":2,"occurred_at":"2026-11-20T08:00:00Z"}\n{"id":"n2"}\n[]\n7\n',
  '\ufeffid,sku\nx',
  'id,id\n1,2\n',
  'id,sku,location\n"never closed,1,2\n3',
  'id\tsku\n\u0000\t\u202e\n',
  '{"id":"deep","sku":' + '['.repeat(5_000) + ']'.repeat(5_000) + '}\n',
  '\n\n\n',
  `id\n${'x'.repeat(300_000)}\n`,
];

/** What the document cannot say of a body, and without which nearly all would be refused. */
function sensible(operationId: string, value: unknown): unknown {
  const fix = SENSIBLE[operationId];
  if (fix === undefined || typeof value !== 'object' || value === null) return value;
  // Some go out as they were made: what stands in their way is to be tried as well.
  return JSON.stringify(value).length % 4 === 0 ? value : fix(value as Fields);
}

type Fields = Readonly<Record<string, unknown>>;
const list = (value: unknown): readonly Fields[] => (Array.isArray(value) ? (value as Fields[]) : []);
const without = (fields: Fields, ...names: readonly string[]): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
const eachOnce = (all: readonly Fields[], name: string): readonly Fields[] => [
  ...new Map(all.map((one) => [one[name], one])).values(),
];

const numbered = (body: Fields): Fields => ('lines' in body ? { ...body, lines: eachOnce(list(body['lines']), 'line') } : body);

const SENSIBLE: Readonly<Record<string, (body: Fields) => unknown>> = {
  resizeReservation: numbered,
  commitReservation: numbered,
  releaseReservation: numbered,
  fulfillReservation: numbered,
  cancelReservation: numbered,
  handOverReservation: (body) => ({ reference: 'CART-77', ...body }),
  stateMovements: (body) => ({ movements: list(body['movements']).map(movement) }),
  receiveFacts: (body) => ('movements' in body ? { ...body, movements: list(body['movements']).map(movement) } : body),
  putItem: (body) => ({
    ...without(body, 'aliases', 'components'),
    ...('units' in body ? { units: eachOnce(list(body['units']), 'unit') } : {}),
  }),
  putLocation: (body) => without(body, 'aliases'),
  putPolicy: (body) => without(body, 'quotas', 'over_reservation'),
  putChannel: (body) => without(body, 'confidence'),
  replayWebhook: (body) => ('after' in body ? without(body, 'from_at') : { from_at: '2026-11-01T00:00:00Z' }),
  createKey: (body) => ({ ...without(body, 'rate_limit', 'scopes'), scopes: ['availability:read', 'feeds:read'] }),
};

function movement(one: Fields): Fields {
  const quantity = Math.max(1, Math.abs(Number(one['quantity'])) % 1_000);
  const plain = { ...without(one, 'to_location', 'to_status', 'status', 'unit'), quantity };
  if (one['kind'] === 'transferred') return { ...plain, to_location: 'store' };
  return one['kind'] === 'status_changed' ? { ...plain, to_status: 'damaged' } : plain;
}
