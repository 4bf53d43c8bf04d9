import { describe, expect, test } from 'vitest';
import { sku } from '../../test/story/ids.ts';
import { urgencyOf, type Entry } from './entry.ts';
import { GRACE_MS, QUIET_MS } from './limits.ts';
import type { PlaceNumber } from './numbers.ts';
import { afterCall, type Moment, type SentLevel } from './outcome.ts';
import { afterReading } from './read-back.ts';
import { want, type NewLevel } from './want.ts';

const NOW_MS = 1_000_000_000;
const MOMENT: Moment = { nowMs: NOW_MS, random: 0.5, lateMs: 60_000 };
const LATER_MS = NOW_MS + QUIET_MS + GRACE_MS;

const at = (place: string, quantity: number): PlaceNumber => ({ place, quantity });
const seen = (...places: readonly PlaceNumber[]) => ({ quantity: null, places });

/** An item that the channel is to show five of at our one place. */
function entry(): Entry {
  const level = { listing: 'TEA', sku: sku('TEA'), quantity: 5, places: [at('ours', 5)], low: false, sequence: 1, atMs: NOW_MS };
  return want(null, level, false, NOW_MS);
}

function sentOf({ wanted: { quantity, places, low, version } }: Entry): SentLevel {
  return { quantity, places, low, version, way: 'call', sentAtMs: NOW_MS };
}

/** The same once the channel has confirmed it. */
function confirmed(): Entry {
  return afterCall(entry(), sentOf(entry()), { outcome: 'applied' }, MOMENT);
}

const read = (...places: readonly PlaceNumber[]) =>
  afterReading(confirmed(), seen(...places), false, { onDrift: 'set_again' }, LATER_MS);

describe("[R84] a channel's places that are none of ours", () => {
  test('are no drift, whatever it has there', () => {
    expect(read(at('ours', 5), at('theirs', 9)).drift).toBe(null);
  });

  test('do not hide what was changed at one of ours', () => {
    expect(read(at('ours', 6), at('theirs', 0)).drift).toMatchObject({ class: 'changed_by_hand', shown: seen(at('ours', 6)) });
  });

  test('do not make less at one of ours look like more, which would be overwritten at once', () => {
    const stale = { outcome: 'stale', shown: seen(at('ours', 4), at('theirs', 9)) } as const;
    const after = afterCall(entry(), sentOf(entry()), stale, MOMENT);
    expect(after.graceUntilMs).toBe(NOW_MS + GRACE_MS);
    expect(after.shown?.places).toEqual([at('ours', 4)]);
  });
});

describe('[R80] a place that is ours no more', () => {
  const OTHER_MS = NOW_MS + 1_000;
  const levelAt = (...places: readonly PlaceNumber[]): NewLevel => {
    const quantity = places.reduce((sum, one) => sum + one.quantity, 0);
    return { listing: 'TEA', sku: sku('TEA'), quantity, places, low: false, sequence: 2, atMs: OTHER_MS };
  };
  const appliedTo = (one: Entry): Entry => afterCall(one, sentOf(one), { outcome: 'applied' }, MOMENT);

  test('is told that it has none, and then nothing more', () => {
    const moved = want(confirmed(), levelAt(at('new', 3)), false, OTHER_MS);
    expect(moved.wanted.places).toEqual([at('new', 3), at('ours', 0)]);
    const later = want(appliedTo(moved), levelAt(at('new', 4)), false, OTHER_MS);
    expect(later.wanted.places).toEqual([at('new', 4)]);
  });

  test('is told so as long as nobody knows that it heard', () => {
    const moved = want(confirmed(), levelAt(at('new', 3)), false, OTHER_MS);
    const again = want(moved, levelAt(at('new', 2)), false, OTHER_MS);
    expect(again.wanted.places).toEqual([at('new', 2), at('ours', 0)]);
    expect(want(again, levelAt(at('new', 2)), false, OTHER_MS)).toBe(again);
  });

  test('goes before others when that is all that changes', () => {
    const emptied = want(confirmed(), levelAt(at('new', 0)), false, OTHER_MS);
    expect(urgencyOf(emptied)).toBe(0);
  });

  test('that the channel does not know any more keeps no other from being told', () => {
    const moved = want(confirmed(), levelAt(at('new', 3)), false, OTHER_MS);
    const refusal = { outcome: 'refused', code: 'place_unknown', detail: 'no such place' } as const;
    const refused = afterCall(moved, sentOf(moved), refusal, MOMENT);
    const next = want(refused, levelAt(at('new', 2)), false, OTHER_MS);
    expect(next.wanted.places).toEqual([at('new', 2)]);
    expect(want(next, levelAt(at('new', 1)), false, OTHER_MS).wanted.places).toEqual([at('new', 1)]);
  });
});
