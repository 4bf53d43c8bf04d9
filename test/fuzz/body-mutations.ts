import { BODY_BYTES_MAX } from '../../contracts/limits.ts';
import { TEXTS } from './arbitraries.ts';
import { resolved, type Schema } from './document.ts';
import { jsonText, Verbatim } from './json-text.ts';

/** A body with one thing changed. */
export interface BodyMutation {
  readonly name: string;
  readonly body: () => string | Uint8Array<ArrayBuffer>;
}

/** Everything that may be done to one place of a body, or to the whole of it. */
export function bodyMutations(value: unknown, schema: Schema): readonly BodyMutation[] {
  return [...placesOf(value, schema, []).flatMap((place) => changesAt(place, value)), ...ofTheWhole(value)];
}

type Path = readonly (string | number)[];

interface Place {
  readonly path: Path;
  readonly schema: Schema;
  readonly value: unknown;
}

function placesOf(value: unknown, written: Schema, path: Path): readonly Place[] {
  const schema = alternativeFor(value, resolved(written));
  const here = { path, schema, value };
  if (Array.isArray(value)) {
    return [here, ...value.slice(0, 2).flatMap((one, index) => placesOf(one, schema.items ?? {}, [...path, index]))];
  }
  if (typeof value !== 'object' || value === null) return [here];
  const fields = Object.entries(value).flatMap(([name, one]) => placesOf(one, schema.properties?.[name] ?? {}, [...path, name]));
  return [here, ...fields];
}

function alternativeFor(value: unknown, { anyOf, ...schema }: Schema): Schema {
  if (anyOf === undefined) return schema;
  const kind = Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value === 'number' ? 'integer' : typeof value;
  return anyOf.map(resolved).find(({ type }) => type === kind) ?? schema;
}

function changesAt({ path, schema, value }: Place, whole: unknown): readonly BodyMutation[] {
  const at = path.join('.') || 'body';
  const replaced = (kind: string, by: unknown): BodyMutation => ({
    name: `${kind} at ${at}`,
    body: () => jsonText(replacedAt(whole, path, by)),
  });
  const types = OF_OTHER_TYPE.map((other) => replaced('type', other));
  if (typeof value === 'number') {
    const { minimum, maximum } = schema;
    const bounds = [minimum, maximum].flatMap((bound) => (bound === undefined ? [] : [bound - 1, bound, bound + 1]));
    return [
      ...types,
      ...bounds.map((bound) => replaced('bound', bound)),
      ...NUMBERS.map((text) => replaced(`number ${text}`, new Verbatim(text))),
    ];
  }
  if (typeof value === 'string') {
    const unlisted = schema.enum === undefined ? [] : [value.toUpperCase(), `${value} `, 'toString'];
    return [
      ...types,
      ...[...UNICODE, ...TEXTS, ...LENGTHS, ...unlisted].map((text) => replaced('text', text)),
      ...(schema.format === 'date-time' ? MOMENTS.map((text) => replaced('moment', text)) : []),
    ];
  }
  if (Array.isArray(value)) {
    const [first] = value as unknown[];
    const { minItems = 0, maxItems } = schema;
    const many = maxItems === undefined || first === undefined ? [] : [maxItems, maxItems + 1];
    return [
      ...types,
      ...many.map((length) =>
        replaced(
          `${length} items`,
          Array.from({ length }, () => first),
        ),
      ),
      ...(minItems > 0 ? [replaced('no items', [])] : []),
      ...(first === undefined ? [] : [replaced('the same twice', [first, first])]),
    ];
  }
  if (typeof value !== 'object' || value === null) return types;
  const fields = value as Readonly<Record<string, unknown>>;
  const names = Object.keys(fields);
  return [
    ...types,
    ...names.map((name) =>
      replaced(`missing ${name}`, Object.fromEntries(Object.entries(fields).filter(([one]) => one !== name))),
    ),
    ...EXTRA.map((name) => replaced(`extra ${name}`, new Verbatim(withField(fields, name, '1')))),
    ...names.map((name) => replaced(`twice ${name}`, new Verbatim(withField(fields, name, jsonText(fields[name]))))),
    ...names.map((name) => replaced(`twice ${name}, otherwise`, new Verbatim(withField(fields, name, '{"else":1}')))),
  ];
}

function withField(fields: object, name: string, text: string): string {
  const inner = jsonText(fields).slice(1, -1);
  return `{${inner}${inner === '' ? '' : ','}${JSON.stringify(name)}:${text}}`;
}

function replacedAt(value: unknown, [name, ...rest]: Path, by: unknown): unknown {
  if (name === undefined) return by;
  if (Array.isArray(value)) return value.map((one: unknown, index) => (index === name ? replacedAt(one, rest, by) : one));
  const fields = value as Readonly<Record<string, unknown>>;
  return { ...fields, [name]: replacedAt(fields[name], rest, by) };
}

const OF_OTHER_TYPE: readonly unknown[] = [
  null,
  true,
  7,
  1.5,
  '7',
  'text',
  [],
  {},
  [null],
  { a: 1 },
  new Verbatim(`${'['.repeat(20_000)}${']'.repeat(20_000)}`),
];
/** What would be read as derived state (F36), and what objects of JavaScript have by themselves. */
const EXTRA = ['reserved', 'sequence', 'available_to_sell', 'id', '__proto__', 'constructor', 'toString', ''];
const NUMBERS = [
  '1e400',
  '-1e400',
  '-0',
  '1.0',
  '9007199254740991',
  '9007199254740992',
  '9007199254740993',
  '1.5',
  '1e2',
  '1e-400',
];
const UNICODE = [
  '\ud800',
  'a\udc00',
  '\u0000',
  'a\u0000b',
  '\u001f',
  '\u202e',
  'e\u0301\u0323',
  '\u200b',
  '🍵',
  '\u{10ffff}',
  '\ufeffa',
  '\u00a0',
];
const LENGTHS = [
  '',
  ' ',
  '.',
  '..',
  'x'.repeat(64),
  'x'.repeat(65),
  '🍵'.repeat(64),
  '🍵'.repeat(65),
  'x'.repeat(200),
  'x'.repeat(201),
  'x'.repeat(2_001),
];
const MOMENTS = [
  '2026-11-20',
  '2026-02-30T00:00:00Z',
  '2026-11-20T24:00:00Z',
  '2026-11-20T08:30:00',
  '0000-01-01T00:00:00Z',
  '9999-12-31T23:59:59+23:59',
  '2026-11-20T08:30:60Z',
  'now',
];

function ofTheWhole(value: unknown): readonly BodyMutation[] {
  const text = jsonText(value);
  const bytes = new Uint8Array(Buffer.from(text));
  const padded = (length: number): string => text.padEnd(length - bytes.length + text.length, ' ');
  const named = (name: string, body: string | Uint8Array<ArrayBuffer>): BodyMutation => ({ name, body: () => body });
  return [
    named('cut short', text.slice(0, -1)),
    named('two bodies', `${text}${text}`),
    named('comma at the end', `${text.slice(0, -1)},${text.slice(-1)}`),
    named('no body', ''),
    named('single quotes', text.replaceAll('"', "'")),
    named('a comment', `${text} // so`),
    named('NaN', '{"lines":NaN}'),
    named('a number that begins with 0', '{"ttl_seconds":01}'),
    named('bytes that are no UTF-8', withByte(bytes, 0xff)),
    named('a surrogate in UTF-8', new Uint8Array([...bytes.slice(0, -1), 0xed, 0xa0, 0x80, ...bytes.slice(-1)])),
    named('UTF-16', new Uint8Array(Buffer.from(text, 'utf16le'))),
    named('a byte order mark', new Uint8Array([0xef, 0xbb, 0xbf, ...bytes])),
    { name: 'as large as may be', body: () => padded(BODY_BYTES_MAX) },
    { name: 'a byte too large', body: () => padded(BODY_BYTES_MAX + 1) },
    { name: 'deep', body: () => `${'['.repeat(20_000)}${']'.repeat(20_000)}` },
    { name: 'a long name', body: () => `{"${'n'.repeat(100_000)}":1}` },
  ];
}

function withByte(bytes: Uint8Array<ArrayBuffer>, byte: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array([...bytes.slice(0, 1), byte, ...bytes.slice(1)]);
}
