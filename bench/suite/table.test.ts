import { expect, test } from 'vitest';
import { latencyRow, rateRow } from './rates.ts';
import type { Outcome } from './interleave.ts';
import { asTable, figure } from './table.ts';

const QUIET = { foreign: 0, stolen: 0, load: 1 };

function outcome(name: string, perSecond: number, speeds: readonly number[]): Outcome {
  const rounds = speeds.map((speed) => ({ speed, cpu: 1 / speed, p50: 1 / speed }));
  return { name, perSecond, cpuMicros: 1e6 / perSecond, p50Ms: 64_000 / perSecond, p99Ms: 1, rounds, noise: QUIET };
}

const said = { target: 'P4', work: 'reserve', against: 'empty call', durability: 'fsync', connections: 64 } as const;

test('a ratio is taken within each round, and the one in the middle is told with how far they differ', () => {
  const floor = outcome('empty', 4_000, [1, 1, 1]);
  const row = rateRow(outcome('reserve', 2_500, [0.5, 0.7, 0.62]), floor, { ...said, wanted: { kind: 'at least', figure: 0.6 } });
  expect([row.ratio, row.range]).toEqual([0.62, [0.5, 0.7]]);
});

test('a rival is compared in the rounds in which both ran, though neither is the first variant', () => {
  const rival = outcome('rival', 800, [0.5, 0.25]);
  const row = rateRow(outcome('ours', 1_600, [1, 1]), rival, { ...said, wanted: { kind: 'report' } });
  expect([row.ratio, row.range]).toEqual([3, [2, 4]]);
});

test('of latency less is better', () => {
  const row = latencyRow(outcome('lone', 800, [0.8]), outcome('empty', 1_000, [1]), {
    ...said,
    wanted: { kind: 'at most', figure: 1.3 },
  });
  expect(row.ratio).toBe(1.25);
  expect(row.measured).toBe('p50 80.0 ms');
});

test('the table says of each row what was wanted and whether it is so', () => {
  const row = rateRow(outcome('reserve', 2_400, [0.6]), outcome('empty', 4_000, [1]), {
    ...said,
    wanted: { kind: 'at least', figure: 0.6 },
  });
  const [head, rule, line] = asTable([row]).split('\n');
  expect(new Set([head, rule, line].map((one) => one?.length)).size).toBe(1);
  const cells = line?.split('|').map((cell) => cell.trim());
  expect(cells).toEqual([
    '',
    'P4',
    'reserve',
    '64',
    'fsync',
    '2,400/s, 417 µs',
    'empty call: 4,000/s, 250 µs',
    '0.60',
    '0.60–0.60',
    '≥ 0.60',
    'met',
    '',
  ]);
});

test.each([
  [0.123, '0.12'],
  [12.34, '12.3'],
  [15_623.4, '15,623'],
  [Number.NaN, '–'],
])('%d is written %s', (value, written) => expect(figure(value)).toBe(written));
