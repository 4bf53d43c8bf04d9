import { describe, expect, test } from 'vitest';
import { policy, receive, stockTake } from '../test/story/orders.ts';
import { NETWORK, seller, World } from '../test/story/story.ts';
import { earliest, nextEdgeMs } from './edges.ts';

const wary = { countAgeSeconds: 100, erpSilenceSeconds: 60, feedLagSeconds: 30, shrinkPercent: 10 };

describe('[R39] the next moment at which time alone changes a number', () => {
  test.each([
    ['before a window it is its start', 0, 1_000],
    ['at its start the window is open already, and its end is next', 1_000, 5_000],
    ['within it, its end', 4_999, 5_000],
    ['a window that is still to come, after one that has gone', 5_000, 7_000],
    ['none after the last', 9_000, null],
  ])('%s', (_, nowMs, edgeMs) => {
    const world = new World();
    const quotas = {
      web: { cap: 5, from: 1_000, until: 5_000 },
      market: { cap: 5, from: 7_000, until: 9_000 },
      till: { cap: 5 },
    };
    world.do(0, policy({ quotas }));
    expect(nextEdgeMs(world.stock, world.network, { nowMs, waitingSinceMs: null })).toBe(edgeMs);
  });

  test.each([
    ['an item that nobody counted has none', false, null, null, null],
    ['a count is of an age that a channel does not bear any longer', true, null, null, 101_000],
    ['a posting has waited too long, if that is sooner', true, 2_000, null, 62_000],
    ['the feed was silent too long, if that is sooner still', true, 2_000, 3_000, 33_000],
  ])('%s', (_, isCounted, waitingSinceMs, feedSinceMs, edgeMs) => {
    const world = new World({
      network: {
        ...NETWORK,
        channels: [seller('web', null, { confidence: wary }), seller('till', ['store'])],
        trouble: { feedSinceMs, laneSinceMs: null },
      },
    });
    world.do(1_000, isCounted ? stockTake(9, 1_000) : receive(9));
    expect(nextEdgeMs(world.stock, world.network, { nowMs: 1_000, waitingSinceMs })).toBe(edgeMs);
  });

  test('it may be asked for after another moment than now', () => {
    const world = new World();
    world.do(0, policy({ quotas: { web: { cap: 5, from: 1_000, until: 5_000 } } }));
    const moment = { nowMs: 6_000, waitingSinceMs: null };
    expect([500, 1_000, 5_000].map((afterMs) => nextEdgeMs(world.stock, world.network, moment, afterMs))).toEqual([
      1_000,
      5_000,
      null,
    ]);
  });
});

test('[R39] the first of some moments is one of those that there are', () => {
  expect([earliest(), earliest(null), earliest(5, null, 3), earliest(null, 0)]).toEqual([null, null, 3, 0]);
});
