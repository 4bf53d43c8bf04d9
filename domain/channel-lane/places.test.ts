import { describe, expect, test } from 'vitest';
import { sku } from '../../test/story/ids.ts';
import type { Entry } from './entry.ts';
import { GRACE_MS, QUIET_MS } from './limits.ts';
import type { PlaceNumber } from './numbers.ts';
import { afterCall, type Moment, type SentLevel } from './outcome.ts';
import { afterReading } from './read-back.ts';
import { want } from './want.ts';

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
