import { bodyMutations } from './body-mutations.ts';
import { jsonText, Verbatim } from './json-text.ts';
import type { FuzzRequest } from './request.ts';
import type { Draft } from './valid.ts';

/** The call as it is. */
export function requestOf({ operation, caller, path, query, headers, body }: Draft): FuzzRequest {
  return {
    operation,
    mutation: null,
    caller,
    path: Object.fromEntries(Object.entries(path).map(([name, value]) => [name, encodeURIComponent(value.toWellFormed())])),
    query: Object.entries(query),
    headers: { ...headers, ...(body === null ? {} : { 'content-type': body.type }) },
    body: body === null ? null : jsonText(body.value),
  };
}

/** The same call with one thing changed; `choose` says which of so many. Kinds are chosen first, as most places are in bodies. */
export function mutated(draft: Draft, choose: (count: number) => number): FuzzRequest {
  const valid = requestOf(draft);
  const kinds = [
    ...(draft.body === null ? [] : Array.from({ length: 5 }, () => inBody)),
    ...(Object.keys(draft.path).length === 0 ? [] : [inPath]),
    inQuery,
    inHeaders,
  ];
  const kind = kinds[choose(kinds.length)] ?? inHeaders;
  const changes = kind(draft, valid);
  const change = changes[choose(changes.length)];
  return change === undefined ? valid : { ...valid, ...change };
}

type Change = Partial<FuzzRequest> & { readonly mutation: string };

function inBody({ body }: Draft): readonly Change[] {
  if (body === null) return [];
  // Of a file nobody knows the places; it is wrong by itself, or cut in two.
  if (body.value instanceof Verbatim) {
    const { text } = body.value;
    return [0, text.length / 2, text.length - 1].map((end) => ({ mutation: `cut at ${end}`, body: text.slice(0, end) }));
  }
  return bodyMutations(body.value, body.schema).map(({ name, body: made }) => ({
    mutation: name,
    get body() {
      return made();
    },
  }));
}

function inPath(_: Draft, { path }: FuzzRequest): readonly Change[] {
  return Object.keys(path).flatMap((name) =>
    PATH_WORDS.map((word) => ({ mutation: `path ${name}: ${word.slice(0, 20)}`, path: { ...path, [name]: word } })),
  );
}

function inQuery({ operation }: Draft, { query }: FuzzRequest): readonly Change[] {
  const names = (operation.parameters ?? []).filter((one) => one.in === 'query').map(({ name }) => name);
  const others = (name: string): FuzzRequest['query'] => query.filter(([one]) => one !== name);
  return [
    { mutation: 'query unknown', query: [...query, ['nope', '1']] },
    { mutation: 'query prototype', query: [...query, ['__proto__', '1']] },
    ...names.flatMap((name) => [
      { mutation: `query without ${name}`, query: others(name) },
      { mutation: `query twice ${name}`, query: [...others(name), [name, '1'], [name, '2']] as const },
      { mutation: `query twice the same ${name}`, query: [...others(name), [name, '1'], [name, '1']] as const },
      { mutation: `query twice, encoded ${name}`, query: [...others(name), [name, '1'], [`${name}[]`, '2']] as const },
      ...QUERY_WORDS.map((word) => ({
        mutation: `query ${name}=${word.slice(0, 20)}`,
        query: [...others(name), [name, word]] as const,
      })),
    ]),
  ];
}

function inHeaders({ headers }: Draft, valid: FuzzRequest): readonly Change[] {
  const others = valid.headers;
  return [
    ...Object.entries(HEADER_WORDS).flatMap(([name, words]) =>
      words.map((word) => ({ mutation: `header ${name}: ${word.slice(0, 30)}`, headers: { ...others, [name]: word } })),
    ),
    ...Object.keys(headers).map((name) => ({
      mutation: `header without ${name}`,
      headers: Object.fromEntries(Object.entries(others).filter(([one]) => one !== name)),
    })),
    { mutation: 'nobody', caller: null },
  ];
}

const PATH_WORDS = [
  '%00',
  'a%00b',
  '%zz',
  '%',
  '%ff',
  '%ed%a0%80',
  '%2e%2e',
  '%2e%2e%2fitems',
  'a%2Fb',
  'a%3Fb',
  '%20',
  '%09',
  '%E2%80%AE',
  encodeURIComponent('🍵'.repeat(64)),
  encodeURIComponent('🍵'.repeat(65)),
  'x'.repeat(65),
  'x'.repeat(5_000),
  '__proto__',
  'constructor',
  '-1',
  '1e400',
  '9007199254740993',
  'null',
  "'%20OR%201=1--",
  'cart.AAAAAAAAAAAAAAAAAAAAAA',
  'VEVB.AAAAAAAAAAAAAAAAAAAAAA',
];
const QUERY_WORDS = [
  '',
  ' ',
  '0',
  '-1',
  '1.5',
  '501',
  '1e2',
  '0x10',
  ' 5',
  '5 ',
  '+5',
  'Infinity',
  '9007199254740993',
  'null',
  'true',
  '\u0000',
  '\u202e',
  '🍵'.repeat(65),
  'x'.repeat(1_025),
  "' OR 1=1 --",
  '%',
  'YWZ0ZXIg',
  'YWZ0ZXIgWzEsMl0',
  'YWZ0ZXIgeyJhIjoxfQ',
];
const HEADER_WORDS: Readonly<Record<string, readonly string[]>> = {
  'idempotency-key': [
    '',
    ' ',
    '""',
    '"quoted"',
    '"',
    'a b',
    'x'.repeat(255),
    'x'.repeat(256),
    'caf\u00e9',
    'a\tb',
    "'; --",
    '__proto__',
  ],
  traceparent: [
    '',
    'garbage',
    `00-${'0'.repeat(32)}-${'0'.repeat(16)}-00`,
    `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01-x`,
    'x'.repeat(5_000),
  ],
  'if-match': ['*', 'W/"1"', '"1", "2"', '1', '""', '"9007199254740993"', '"-1"', 'garbage'],
  'if-none-match': ['*', '"', 'W/"x", W/"y"', ','],
  'content-type': [
    'text/plain',
    'application/xml',
    'application/json; charset=utf-16',
    'multipart/form-data',
    'x',
    'application/cloudevents+json',
  ],
  accept: ['text/html', 'image/png', '*/*;q=0', 'garbage'],
  authorization: ['', 'Bearer', 'Bearer nope', 'Basic YTpi', 'bearer  ', `Bearer ${'x'.repeat(5_000)}`, "Bearer ' OR 1=1 --"],
  'webhook-signature': ['', 'v1,', 'v1,AAAA', 'garbage', 'v1a,AAAA v1,AAAA'],
};
