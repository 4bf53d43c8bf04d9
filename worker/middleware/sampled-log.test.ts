import { expect, test } from 'vitest';
import { READ_BY_POST } from './around.ts';
import { sampledLog } from './sampled-log.ts';

const READ = { path: READ_BY_POST, status: 200, source: 'isolate' };

function logged(lines: readonly object[], oneIn: number): readonly object[] {
  const kept: object[] = [];
  const log = sampledLog((line) => kept.push(line), oneIn);
  for (const line of lines) log(line as Record<string, unknown>);
  return kept;
}

test('of cheap reads the first of so many is logged, and says how many it stands for', () => {
  const reads = Array.from({ length: 7 }, (_, nth) => ({ ...READ, nth }));
  expect(logged(reads, 3)).toEqual([0, 3, 6].map((nth) => ({ ...READ, nth, oneIn: 3 })));
});

test('one in one is every line, as it is', () => {
  expect(logged([READ, READ], 1)).toEqual([READ, READ]);
});

test.each([
  ['a number from the object', { ...READ, source: 'object' }],
  ['a read that failed', { ...READ, status: 500, source: undefined }],
  ['a read that was refused', { ...READ, status: 429 }],
  ['a fact, whatever its source is called', { ...READ, path: '/v1/inbound/isolate' }],
])('%s is always logged', (_, line) => {
  expect(logged([line, line, line], 100)).toEqual([line, line, line]);
});
