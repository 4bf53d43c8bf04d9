import { existsSync, readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT } from '../source-files.ts';
import { CATALOGUE, SAMPLE } from './catalogue.ts';
import { broken } from './scratch-tree.ts';

describe('the catalogue of bugs', () => {
  test.each(CATALOGUE.map((bug) => [bug.id, bug] as const))('%s can be put into the code as it is now', (_, bug) => {
    const text = readFileSync(path.join(ROOT, bug.file), 'utf8');
    const wrong = broken(text, bug);
    expect(wrong).not.toBe(text);
    // What does not even parse would be noticed by anything.
    expect(() => stripTypeScriptTypes(wrong)).not.toThrow();
  });

  test('names each bug once, and no check that is not there', () => {
    expect(new Set(CATALOGUE.map(({ id }) => id)).size).toBe(CATALOGUE.length);
    const files = CATALOGUE.flatMap(({ caughtBy }) => caughtBy.command.filter((word) => word.endsWith('.ts')));
    expect([...new Set(files)].filter((file) => !existsSync(path.join(ROOT, file)))).toEqual([]);
  });

  test('holds at least three dozen, and all of the sample', () => {
    expect(CATALOGUE.length).toBeGreaterThanOrEqual(36);
    expect(SAMPLE.filter((id) => !CATALOGUE.some((bug) => bug.id === id))).toEqual([]);
  });
});

test('what the code has outgrown, or says twice, is no bug any more', () => {
  const bug = {
    id: 'one',
    rule: 'I1',
    file: 'a.ts',
    find: 'x',
    replace: 'y',
    caughtBy: { layer: 'stories', command: [] },
  } as const;
  expect(() => broken('a b c', bug)).toThrow('one: what it replaces stands nowhere in a.ts');
  expect(() => broken('a x x', bug)).toThrow('one: what it replaces stands 2 times in a.ts');
  expect(broken('a x c', bug)).toBe('a y c');
});
