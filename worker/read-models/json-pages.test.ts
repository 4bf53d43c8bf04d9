import { expect, test } from 'vitest';
import { jsonPages } from './json-pages.ts';

test('nothing needs no statement', () => {
  expect(jsonPages([])).toEqual([]);
});

test('a batch is one statement as a rule', () => {
  expect(jsonPages([{ a: 1 }, { a: 2 }])).toEqual(['[{"a":1},{"a":2}]']);
});

test('what is too long for one parameter goes in several, nothing lost and in order', () => {
  const rows = Array.from({ length: 30 }, (_, n) => ({ n, text: 'x'.repeat(50_000) }));
  const pages = jsonPages(rows);
  expect(pages.length).toBeGreaterThan(1);
  expect(Math.max(...pages.map(({ length }) => length))).toBeLessThan(600_000);
  expect(pages.flatMap((page) => JSON.parse(page))).toEqual(rows);
});
