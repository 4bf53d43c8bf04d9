import { describe, expect, test } from 'vitest';
import type { Sku } from '../ids.ts';
import { dueAtMs, isWaiting, stateOf, urgencyOf, type Entry } from './entry.ts';
import { GRACE_MS, LATE_MS } from './limits.ts';
import type { Shown } from './numbers.ts';
import { afterCall, afterResult, type Outcome, type SentLevel } from './outcome.ts';
import { afterReading } from './read-back.ts';
import { want } from './want.ts';

const TEA = 'TEA' as Sku;
const at = (nowMs: number) => ({ nowMs, random: 0.5, lateMs: LATE_MS });
const level = (quantity: number, atMs: number) => {
  return { listing: 'L', sku: TEA, quantity, places: [], low: false, sequence: 1, atMs };
};
const wanting = (entry: Entry | null, quantity: number, atMs = 0): Entry => want(entry, level(quantity, atMs), false, 1);
const sentOf = ({ wanted }: Entry, way = 'call', sentAtMs = 0): SentLevel => ({ ...wanted, way, sentAtMs });
const said = (entry: Entry, outcome: Outcome, nowMs = 0): Entry => afterCall(entry, sentOf(entry), outcome, at(nowMs));
const showing = (quantity: number, nowMs = 0): Entry => said(wanting(null, quantity), { outcome: 'applied' }, nowMs);
const shown = (quantity: number): Shown => ({ quantity, places: [] });
const first = (entry: Entry): Entry['onTheWay'][number] => {
  const [one] = entry.onTheWay;
  if (one === undefined) throw new Error('nothing is on the way');
  return one;
};

describe('[R80] the latest level', () => {
  test('replaces one that was not sent, and keeps the time of the oldest change', () => {
    const entry = wanting(wanting(showing(9), 5, 1_000), 4, 2_000);
    expect(entry.wanted).toMatchObject({ quantity: 4, sinceMs: 1_000 });
  });

  test('is not sent where it is what is shown, and nothing else was sent meanwhile', () => {
    expect(stateOf(wanting(wanting(showing(9), 5), 9))).toBe('confirmed');
    const doubtful = said(wanting(showing(9), 5), { outcome: 'unknown' });
    expect(stateOf(wanting(doubtful, 9))).toBe('waiting');
  });
});

describe('[R81] what came late', () => {
  test('has the newest set once more, when a file ended after it', () => {
    const inFile = said(wanting(null, 9), { outcome: 'accepted', receipt: 'F1', askAfterMs: 10 });
    const newer = said(wanting(inFile, 3), { outcome: 'applied' }, 5);
    expect(stateOf(newer)).toBe('confirmed');
    const ended = afterResult(newer, first(newer), { result: 'applied' }, at(50), false);
    expect([stateOf(ended), ended.shown]).toEqual(['waiting', null]);
    expect(ended.wanted.version).toBeGreaterThan(newer.wanted.version);
  });

  test('leaves nobody sure of what is shown, also where another number is wanted by then', () => {
    const inFile = said(wanting(null, 9), { outcome: 'accepted', receipt: 'F1', askAfterMs: 10 });
    const newer = wanting(said(wanting(inFile, 3), { outcome: 'applied' }), 5);
    const ended = afterResult(newer, first(newer), { result: 'applied' }, at(50), false);
    expect(stateOf(wanting(ended, 3))).toBe('waiting');
  });

  test('is waited for as long as a call that was given up may still be carried out', () => {
    const lost = said(wanting(null, 9), { outcome: 'unknown' });
    expect(first(lost)).toMatchObject({ receipt: null, untilMs: LATE_MS });
    const newer = said(wanting(lost, 3), { outcome: 'applied' });
    expect(isWaiting(afterResult(newer, first(newer), { result: 'too_late' }, at(LATE_MS), false))).toBe(true);
    const same = said(lost, { outcome: 'applied' });
    expect(same.onTheWay).toEqual([]);
  });
});

test('[R81] what is refused waits for another number', () => {
  const refused = said(wanting(null, 9), { outcome: 'refused', code: 'closed', detail: 'No.' });
  expect(stateOf(refused)).toBe('refused');
  expect(stateOf(wanting(refused, 8))).toBe('waiting');
});

test('[R82] sold out is more urgent than back, and that more than fewer', () => {
  const emptied = { ...wanting(showing(9), 0) };
  const back = wanting(showing(0), 4);
  const fewer = wanting(showing(9), 8);
  expect([emptied, back, fewer].map(urgencyOf)).toEqual([0, 1, 2]);
  expect(urgencyOf(wanting(null, 0))).toBe(0);
});

describe('[R84] a channel that shows something else than was believed', () => {
  const stale = (quantity: number, wanted: number): Entry =>
    said(wanting(showing(6), wanted), { outcome: 'stale', shown: shown(quantity) }, 1_000);

  test('is overwritten at once where it shows more than is wanted', () => {
    const entry = stale(8, 7);
    expect([isWaiting(entry), dueAtMs(entry), entry.shown?.quantity]).toEqual([true, 0, 8]);
  });

  test('gets two minutes for its own order where it shows less, and a smaller number at once', () => {
    const entry = stale(4, 7);
    expect(dueAtMs(entry)).toBe(1_000 + GRACE_MS);
    expect(dueAtMs(wanting(entry, 9))).toBe(1_000 + GRACE_MS);
    expect(dueAtMs(wanting(entry, 3))).toBe(0);
  });

  test('has what is wanted where it shows just that', () => {
    expect(stateOf(stale(7, 7))).toBe('confirmed');
  });
});

describe('[R84] a reading', () => {
  const HOUR = 3_600_000;
  const read = (entry: Entry, quantity: number | null, nowMs = HOUR, onDrift: 'set_again' | 'case' = 'set_again'): Entry =>
    afterReading(entry, quantity === null ? null : shown(quantity), false, { onDrift }, nowMs);

  test('says of the number before that the newest was rejected', () => {
    const entry = said(wanting(showing(9), 5), { outcome: 'applied' });
    expect([read(entry, 9).drift?.class, stateOf(read(entry, 9))]).toEqual(['rejected', 'waiting']);
    expect(read(entry, 8).drift?.class).toBe('changed_by_hand');
  });

  test('says of a listing that is not there that it is unmapped, and sends nothing', () => {
    const entry = read(showing(9), null);
    expect([entry.drift?.class, stateOf(entry)]).toEqual(['unmapped', 'confirmed']);
    expect(read(entry, 9).drift).toBe(null);
  });

  test('leaves what a person set where it is told to, until another number is wanted', () => {
    const entry = read(showing(9), 99, HOUR, 'case');
    expect(stateOf(entry)).toBe('left');
    expect(stateOf(wanting(entry, 8))).toBe('waiting');
  });
});
