import fc, { type Arbitrary } from 'fast-check';
import { resolved, type Schema } from './document.ts';
import type { Vocabulary } from './vocabulary.ts';

/**
 * Values that a schema of our document allows. There is no kept library for this: those for JSON Schema take no seed of
 * fast-check's, or understand no `\p{…}`, and ours is a dialect of a dozen words. A word beyond them stops the run.
 */
export function arbitraryOf(schema: Schema, words: Vocabulary, field = ''): Arbitrary<unknown> {
  const { $ref, anyOf, type } = schema;
  if ($ref !== undefined) return arbitraryOf(resolved(schema), words, field);
  if ('const' in schema) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (anyOf !== undefined) {
    // The first alternative is the plain one: a name, or a value where the other is null.
    const [first, ...others] = anyOf.map((one) => arbitraryOf(one, words, field));
    if (first === undefined) throw new Error('no alternative');
    return fc.oneof({ weight: 5, arbitrary: first }, ...others.map((arbitrary) => ({ weight: 1, arbitrary })));
  }
  switch (type) {
    case 'object':
      return objectOf(schema, words);
    case 'array':
      return fc.array(arbitraryOf(schema.items ?? {}, words, field), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(schema.maxItems ?? 3, Math.max(3, schema.minItems ?? 0)),
      });
    case 'integer':
      return integerOf(schema, field);
    case 'boolean':
      return field === 'stop_sell' ? fc.nat(9).map((n) => n === 0) : fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'string':
      return textOf(schema, words, field);
    case undefined:
      return fc.jsonValue({ maxDepth: 2 });
    default:
      throw new Error(`test/fuzz does not know how to make a ${type}`);
  }
}

function objectOf({ properties = {}, required = [] }: Schema, words: Vocabulary): Arbitrary<object> {
  const fields = Object.entries(properties).map(([name, one]) => [name, arbitraryOf(one, words, name)] as const);
  return fc.record(Object.fromEntries(fields), { requiredKeys: [...required], noNullPrototype: true });
}

function integerOf({ minimum = -Number.MAX_SAFE_INTEGER, maximum = Number.MAX_SAFE_INTEGER }: Schema, field: string) {
  // Small numbers are those that a shop can fulfil; the edges are what is decided wrongly.
  const small = fc.integer({ min: Math.max(minimum, 0), max: Math.max(minimum, Math.min(maximum, 20)) });
  if (field === 'line') return fc.integer({ min: 1, max: 2 });
  if (field === 'ttl_seconds') return fc.constantFrom(600, maximum);
  return fc.oneof({ weight: 12, arbitrary: small }, { weight: 1, arbitrary: fc.constantFrom(minimum, maximum) });
}

function textOf(schema: Schema, words: Vocabulary, field: string): Arbitrary<string> {
  if (schema.format === 'date-time') return words.moments();
  const fits = fitting(schema);
  const edges = TEXTS.filter(fits);
  const example = typeof schema.example === 'string' ? [schema.example] : [];
  const own = fc.constantFrom(...example, ...(edges.length > 0 ? edges : BY_PATTERN.filter(fits)));
  const some = fc.oneof({ weight: 3, arbitrary: own }, { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 20 }) });
  const known = words.wordsFor(field);
  const made = some.map((text) => (fits(text) ? text : (edges[0] ?? BY_PATTERN.find(fits) ?? 'x')));
  return known === null ? made : fc.oneof({ weight: 9, arbitrary: known }, { weight: 1, arbitrary: made });
}

function fitting({ pattern, minLength = 0, maxLength = Infinity }: Schema): (text: string) => boolean {
  const expression = pattern === undefined ? null : new RegExp(pattern, 'u');
  return (text) => text.length >= minLength && text.length <= maxLength && (expression?.test(text) ?? true);
}

/** Text that means nothing to us, and something to whoever mistakes it for code, a path, a formula or markup. */
export const TEXTS: readonly string[] = [
  'plain',
  'Café ☕ 茶',
  'Cafe\u0301',
  '🍵👩‍👩‍👧‍👦',
  '\u202etxet\u202c',
  'שלום',
  'a\u200bb',
  'ﬀ İ ß',
  "'; DROP TABLE item; --",
  '" OR 1=1 --',
  '%_\\',
  '=1+1',
  '+1',
  '-1',
  '@SUM(A1)',
  '<script>alert(1)</script>',
  '${7*7}{{7*7}}',
  '../../etc/passwd',
  'a/b?c#d&e=f',
  '__proto__',
  'constructor',
  'null',
  '1e9',
  ' padded ',
];

const BY_PATTERN: readonly string[] = [
  `whsec_${'A'.repeat(32)}`,
  'com.example.movement',
  'com.example.count.v1',
  'order',
  'application/json',
  'eyJhIjoxfQ==',
  '0',
  '17',
];
