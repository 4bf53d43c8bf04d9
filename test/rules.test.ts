import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT, sourceFiles } from './source-files.ts';

const spec = readFileSync(path.join(ROOT, 'docs/spec.md'), 'utf8');
const rules = spec
  .split(/^- (?=R\d)/m)
  .slice(1)
  .map((text) => text.split(/\n(?:\n|- |#)/)[0] ?? '')
  .map((text) => ({ id: /^R\d+[a-z]?/.exec(text)?.[0] ?? '', later: text.includes('(later)') }));
const required = rules.filter(({ later }) => !later);
const tested = rulesNamedInTests();

describe('the rules of docs/spec.md and the tests know each other', () => {
  test.each(required)('$id has a test', ({ id }) => {
    expect([...tested.keys()]).toContain(id);
  });

  test('no rule is stated twice', () => {
    const ids = rules.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)]);
    expect(ids).not.toEqual([]);
  });

  test('no test names a rule that nobody stated', () => {
    const known = new Set(rules.map(({ id }) => id));
    expect([...tested].filter(([id]) => !known.has(id))).toEqual([]);
  });

  test('rules that wait for their part are said aloud', () => {
    const waiting = rules.filter(({ id, later }) => later && !tested.has(id)).map(({ id }) => id);
    if (waiting.length > 0) console.info(`Stated, not built yet: ${waiting.join(', ')}`);
  });
});

/** Which files name a rule, by rule. */
function rulesNamedInTests(): ReadonlyMap<string, readonly string[]> {
  const naming = new Map<string, string[]>();
  const testFiles = sourceFiles().filter(({ name }) => name.endsWith('.test.ts') || name.startsWith('test/'));
  for (const { name, text } of testFiles) {
    for (const id of rulesIn(withoutComments(text))) naming.set(id, [...(naming.get(id) ?? []), name]);
  }
  return naming;
}

function rulesIn(text: string): Set<string> {
  const brackets = text.matchAll(/\[(R\d+[a-z]?(?:, ?R\d+[a-z]?)*)\]/g);
  return new Set([...brackets].flatMap(([, ids = '']) => ids.split(/, ?/)));
}

function withoutComments(text: string): string {
  return text.replaceAll(/^\s*(?:\/\/|\/?\*).*$/gm, '');
}
