import { describe, expect, test } from 'vitest';
import { commit, receive, reconcile, reserve, stockTake } from '../test/story/orders.ts';
import { acknowledge, ats, atsAt } from '../test/story/questions.ts';
import { place, seller, story } from '../test/story/story.ts';
import { doubtsOf, mistrusting, shrunkOf } from './confidence.ts';
import type { Confidence, Network, Trouble } from './network.ts';

const network = (confidence: Confidence): Network => ({
  version: 1,
  locations: [place('dc', 1), place('store', 2)],
  channels: [seller('web', null, { confidence }), seller('till', ['store'])],
});
const onCounts = network({ countAgeSeconds: 100, erpSilenceSeconds: null, shrinkPercent: 25 });
const onErp = network({ countAgeSeconds: null, erpSilenceSeconds: 60, shrinkPercent: 100 });

describe('[R27d] a channel that wants counts', () => {
  story(
    'offers less from the age on that it bears, and trusts a new count at once',
    [
      [0, receive(10)],
      [0, ats('web'), 7],
      [1_000, stockTake(10, 1_000)],
      [1_000, ats('web'), 10],
      [100_999, ats('web'), 10],
      [101_000, ats('web'), 7],
      [101_000, stockTake(9, 60_000)],
      [101_000, ats('web'), 9],
      [159_999, ats('web'), 9],
      [160_000, ats('web'), 6],
    ],
    { network: onCounts },
  );

  story(
    'goes by the newest count, whichever came last and whoever found it',
    [
      [0, receive(10)],
      [50_000, stockTake(10, 50_000)],
      [60_000, stockTake(0, 20_000, { at: 'store' })],
      [149_999, ats('web'), 10],
      [150_000, ats('web'), 7],
      [150_000, reconcile(0, 0, { holds: { mark: 1 }, asOfMs: 140_000 }), 'applied'],
      [150_000, reconcile(0, 0, { at: 'store', holds: { mark: 1 }, asOfMs: 130_000 }), 'applied'],
      [239_999, ats('web'), 10],
      [240_000, ats('web'), 7],
    ],
    { network: onCounts },
  );

  story(
    'is admitted as little as it is shown, everywhere and at one place, and nobody else is',
    [
      [0, receive(6, 'dc')],
      [0, receive(6, 'store')],
      [0, ats('web'), 9],
      [0, atsAt('store', 'web'), 6],
      [0, ats('till'), 6],
      [0, reserve('a', 10), { code: 'insufficient_stock', lines: [{ line: 1, requested: 10, available: 9 }] }],
      [0, reserve('b', 6, { at: 'store' })],
      [0, ats('web'), 4],
    ],
    { network: onCounts },
  );
});

describe('[R27d] a channel that wants to hear of the ERP', () => {
  story(
    'offers less once a posting waited too long, until it is confirmed',
    [
      [0, receive(10)],
      [0, acknowledge(1, 1)],
      [1_000, reserve('a', 2)],
      [1_000, commit('a')],
      [60_999, ats('web'), 8],
      [61_000, ats('web'), 0],
      [61_000, reserve('b', 1), 'insufficient_stock'],
      [70_000, acknowledge(3, 2)],
      [70_000, ats('web'), 8],
    ],
    { network: onErp },
  );
});

describe('[R27d] what is left out', () => {
  const unsure = { asOfMs: 0, countedAtMs: null, waitingSinceMs: null };
  const web = (shrinkPercent: number) =>
    seller('web', null, { confidence: { countAgeSeconds: 1, erpSilenceSeconds: null, shrinkPercent } });

  test.each([
    [10, 25, 3],
    [10, 30, 3],
    [1, 1, 1],
    [100, 7, 7],
    [9_000_000_000_000, 29, 2_610_000_000_000],
    [10, 100, 10],
    [0, 50, 0],
    [-5, 50, 0],
  ])('of %i units at %i percent is %i, rounded up', (units, percent, shrunk) => {
    expect(shrunkOf(web(percent), unsure, units)).toBe(shrunk);
  });

  test('is nothing for who set no policy, nor where a number was told before there was one', () => {
    expect(shrunkOf(seller('app', null), unsure, 10)).toBe(0);
    expect(shrunkOf(seller('app', null, { confidence: null }), unsure, 10)).toBe(0);
    expect(shrunkOf(web(50), undefined, 10)).toBe(0);
  });
});

describe('[R27d] a channel that wants to know that the ERP and we hear of each other', () => {
  const wary: Confidence = {
    countAgeSeconds: null,
    erpSilenceSeconds: null,
    feedLagSeconds: 300,
    laneOpenSeconds: 60,
    shrinkPercent: 50,
  };
  const troubled = (trouble: Trouble | null): Network => ({ ...network(wary), trouble });

  story(
    'offers less once the feed lags for as long as it bears, and as it did when it no longer does',
    [
      [0, receive(10)],
      [299_999, ats('web'), 10],
      [300_000, ats('web'), 5],
      [300_000, reserve('a', 6), 'insufficient_stock'],
      [300_000, ats('till'), 0],
    ],
    { network: troubled({ feedSinceMs: 0, laneSinceMs: null }) },
  );

  story(
    'offers less once the ERP is left alone for as long as it bears',
    [
      [0, receive(10)],
      [60_999, ats('web'), 10],
      [61_000, ats('web'), 5],
    ],
    { network: troubled({ feedSinceMs: null, laneSinceMs: 1_000 }) },
  );

  test('says everything that it doubts, and what it does not ask about leaves it calm', () => {
    const evidence = { asOfMs: 900_000, countedAtMs: null, waitingSinceMs: 0 };
    const trouble = { feedSinceMs: 0, laneSinceMs: 0 };
    const doubts = (confidence: Confidence) => doubtsOf(seller('web', null, { confidence }), evidence, trouble);
    expect(doubts(wary)).toEqual(['feed_lag', 'lane_open']);
    expect(doubts({ ...wary, countAgeSeconds: 1, erpSilenceSeconds: 900 })).toEqual([
      'count_age',
      'erp_silence',
      'feed_lag',
      'lane_open',
    ]);
    expect(doubts({ countAgeSeconds: 1, erpSilenceSeconds: null, shrinkPercent: 50 })).toEqual(['count_age']);
    expect(doubts({ countAgeSeconds: null, erpSilenceSeconds: 901, shrinkPercent: 50 })).toEqual([]);
  });
});

test('[R27d] only the channels whose wishes are not met mistrust a number, and only as long as that is so', () => {
  const uncounted = { asOfMs: 100_000, countedAtMs: null, waitingSinceMs: null };
  expect(mistrusting(onCounts, uncounted)).toEqual(['web']);
  expect(mistrusting(onCounts, { ...uncounted, countedAtMs: 1 })).toEqual([]);
  expect(mistrusting(onErp, { ...uncounted, waitingSinceMs: 40_000 })).toEqual(['web']);
  const lagging = network({ countAgeSeconds: null, erpSilenceSeconds: null, feedLagSeconds: 10, shrinkPercent: 1 });
  expect(mistrusting(lagging, uncounted)).toEqual([]);
  expect(mistrusting({ ...lagging, trouble: { feedSinceMs: 90_000, laneSinceMs: null } }, uncounted)).toEqual(['web']);
});
