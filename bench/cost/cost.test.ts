import { expect, test } from 'vitest';
import { billOf, mixed } from './bill.ts';
import { about, details, minus, plus, total } from './counts.ts';
import { withoutAlarms } from './reads.ts';
import { NAIVE } from './naive.ts';
import { cpuMsIn } from './process-cpu.ts';

const COUNTED = {
  'request|http': 20,
  'request|queue erp-movements': 1,
  'object request|sku-stock.execute': 20,
  'object row written|sku-stock INSERT journal_N': 20,
  'object row written|sku-stock alarm set': 1,
  'd1 row written|INSERT event': 10,
  'queue message|ERP_MOVEMENTS': 1,
  'queue operation|ERP_MOVEMENTS write': 1,
  'queue operation|ERP_MOVEMENTS delete': 1,
  'queue operation|erp-movements read': 1,
  'log line|all': 21,
};

test('a bill is what was counted per unit of work, times the price', () => {
  const { lines, dollarsPerMillion } = billOf({ counts: COUNTED, units: 10, cpuMs: 50 });
  const dollars = Object.fromEntries(lines.map((line) => [`${line.what} ${line.where}`, line.dollarsPerMillion]));
  expect(dollars['request HTTP']).toBeCloseTo(0.6);
  expect(dollars['request queue consumers']).toBeCloseTo(0.03);
  expect(dollars['cpuMs the whole runtime']).toBeCloseTo(0.1);
  expect(dollars['objectRequest calls and alarms']).toBeCloseTo(0.3);
  expect(dollars['rowWritten objects']).toBeCloseTo(2.1);
  expect(dollars['rowWritten D1']).toBeCloseTo(1);
  expect(dollars['queueOperation write, read, delete']).toBeCloseTo(0.12);
  // 20 requests of 5 ms and one message of 60 ms.
  expect(dollars['objectMs assumed']).toBeCloseTo(0.0256);
  expect(dollarsPerMillion).toBeCloseTo(0.6 + 0.03 + 0.1 + 0.3 + 2.1 + 1 + 0.12 + 0.0256);
});

test('what did not happen has no line', () => {
  const { lines } = billOf({ counts: { 'request|http': 1 }, units: 1, cpuMs: null });
  expect(lines.map(({ what }) => what)).toEqual(['request']);
});

test('logs are told beside the bill and not in it', () => {
  const { logs, dollarsPerMillion } = billOf({ counts: { 'request|http': 1, 'log line|all': 1 }, units: 1, cpuMs: 0 });
  expect(logs.dollarsPerMillion).toBeCloseTo(1.2);
  expect(dollarsPerMillion).toBeCloseTo(0.3);
});

test('reads cost by how many of them a cache answers', () => {
  expect(mixed(0.3, 0.5, 0.9)).toBeCloseTo(0.32);
});

test('a workload is what was counted after it, less what was counted before', () => {
  const before = { 'request|http': 3, 'log line|all': 3 };
  expect(minus(plus(before, { 'request|http': 2 }), before)).toEqual({ 'request|http': 2 });
});

test('a kind is summed by the beginning of its details, and never together with a kind of a longer name', () => {
  const counts = { 'row|a x': 1, 'row|a y': 2, 'row|b': 4, 'row written|a': 8 };
  expect(total(counts, ['row'], 'a')).toBe(3);
  expect(total(counts, ['row'])).toBe(7);
  expect(details(counts, 'row')).toEqual([
    ['b', 4],
    ['a y', 2],
    ['a x', 1],
  ]);
});

test('what is about something is told by its detail, never by its kind', () => {
  const counts = { 'queue message|CHANNEL_PUSHES': 1, 'request|queue channel-pushes': 1, 'channel|http': 1 };
  expect(about(counts, /channel/i)).toEqual({ 'queue message|CHANNEL_PUSHES': 1, 'request|queue channel-pushes': 1 });
});

test('a process whose name holds brackets and spaces has its time read all the same', () => {
  const stat = `42 (odd) name)) S 1 42 42 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 9 0 100 1000`;
  expect(cpuMsIn(stat)).toBe(3_000);
});

test('what the naive design costs is the sum of its parts', () => {
  for (const { dollarsPerMillion, formula } of Object.values(NAIVE)) {
    const parts = [...formula.matchAll(/\d+\.\d\d/g)].map(Number);
    expect(parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(dollarsPerMillion, 0);
  }
});

test('an alarm that rings beside reads is none of their doing', () => {
  const reads = { 'request|http': 3, 'object request|sku-stock.snapshot': 1, 'log line|all': 4 };
  expect(withoutAlarms(plus(reads, { 'object request|sku-stock.alarm': 2, 'log line|all': 2 }))).toEqual(reads);
  expect(withoutAlarms(reads)).toEqual(reads);
});
