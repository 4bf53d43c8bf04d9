import { describe, expect, test } from 'vitest';
import { channel, location } from '../test/story/ids.ts';
import { place, seller } from '../test/story/story.ts';
import { termsWith } from '../test/story/terms.ts';
import type { Answer } from './command.ts';
import type { Network } from './network.ts';
import { offer } from './offer.ts';
import { grantsNothing, saysSoldOut } from './sold-out.ts';

const DC = location('dc');
const NETWORK: Network = { version: 1, locations: [place('dc', 1), place('store', 2)], channels: [seller('web', null)] };

describe('[R91] nothing is granted', () => {
  test.each([
    ['where nothing is left', { dc: 0, store: 0 }, null, true],
    ['at a place where nothing is left, though another has some', { dc: 0, store: 3 }, DC, true],
    ['but something, where less is left than is asked', { dc: 1, store: 0 }, null, false],
    ['but something, at the place that is asked for', { dc: 1, store: 0 }, DC, false],
  ])('%s', (_, netAt, at, nothing) => {
    const offered = offer(termsWith(netAt), NETWORK, channel('web'));
    expect(grantsNothing(offered, [{ line: 1, quantity: 2, at }], 'allowed')).toBe(nothing);
  });

  test('unless one of several lines is', () => {
    const offered = offer(termsWith({ dc: 0, store: 3 }), NETWORK, channel('web'));
    const wishes = [
      { line: 1, quantity: 1, at: DC },
      { line: 2, quantity: 1, at: location('store') },
    ];
    expect(grantsNothing(offered, wishes, 'allowed')).toBe(false);
  });
});

describe('[R91] an answer teaches that all is sold', () => {
  const refused = (...available: readonly number[]): Answer => ({
    accepted: false,
    rejection: {
      code: 'insufficient_stock',
      lines: available.map((left, index) => ({ line: index + 1, requested: 5, available: left })),
    },
  });

  test.each<[string, Answer, boolean]>([
    ['where nothing was left for any line', refused(0, 0), true],
    ['not where something was', refused(0, 1), false],
    ['not where it was refused for another reason', { accepted: false, rejection: { code: 'reservation_not_found' } }, false],
    ['not where it was granted', { accepted: true, reservation: null, fact: null, promisedAtMs: null }, false],
  ])('%s', (_, answer, teaches) => {
    expect(saysSoldOut(answer)).toBe(teaches);
  });
});
