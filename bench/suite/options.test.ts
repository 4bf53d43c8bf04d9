import { expect, test } from 'vitest';
import { benchOptions } from './options.ts';
import type { Part } from './part.ts';

const part = (name: string, more: Partial<Part> = {}): Part => ({
  name,
  about: name,
  needsWrk: false,
  run: async () => [],
  ...more,
});
const PARTS = [part('reads'), part('drain', { isSlow: true }), part('cold')];

function namesOf(...args: readonly string[]): readonly string[] | string {
  const options = benchOptions(args, PARTS);
  return typeof options === 'string' ? options : options.parts.map(({ name }) => name);
}

test('who names nothing measures everything, and in the short form what there is time for', () => {
  expect(namesOf()).toEqual(['reads', 'drain', 'cold']);
  expect(namesOf('--quick')).toEqual(['reads', 'cold']);
});

test('what is named is measured in the order of the table, however long it takes', () => {
  expect(namesOf('drain', 'reads', '--quick')).toEqual(['reads', 'drain']);
});

test.each([['sales'], ['--fast']])('%s is answered with all that there is to ask for', (wrong) => {
  const said = namesOf(wrong);
  expect(said).toContain(wrong);
  for (const { name } of PARTS) expect(said).toContain(`  ${name} `);
});
