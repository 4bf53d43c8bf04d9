import { describe, expect, test } from 'vitest';
import { policy, receive, reserve } from '../test/story/orders.ts';
import { NETWORK, World } from '../test/story/story.ts';
import { availabilityStatus, shownByChannel, type AvailabilityStatus } from './label.ts';
import type { Item } from './stock.ts';
import { termsOf } from './terms.ts';

describe('[R49] the word that a channel shows', () => {
  const WORDS: readonly (readonly [Item['status'], availableToSell: number, firm: number, AvailabilityStatus])[] = [
    ['active', 4, 4, 'in_stock'],
    ['active', 3, 3, 'low_stock'],
    ['active', 1, 1, 'low_stock'],
    ['active', 4, 1, 'in_stock'],
    ['active', 4, 0, 'backorder'],
    ['active', 1, 0, 'backorder'],
    ['active', 0, 0, 'out_of_stock'],
    ['preorder', 4, 4, 'preorder'],
    ['preorder', 0, 0, 'preorder'],
    ['discontinued', 4, 4, 'discontinued'],
    ['discontinued', 0, 0, 'discontinued'],
  ];
  test.each(WORDS)(
    'of an item that is %s and of which there are %i, %i of them placed, is %s',
    (status, availableToSell, firm, word) => {
      expect(availabilityStatus({ status, lowStockAt: 3 }, { availableToSell, firm })).toBe(word);
    },
  );

  test('stands beside the number of that channel, by the mark of the item', () => {
    const world = new World();
    world.do(0, receive(3, 'dc'));
    world.do(0, receive(9, 'store'));
    world.do(0, reserve('a', 3, { at: 'dc' }));
    world.do(0, policy({ lowStockAt: 9 }));
    const terms = termsOf(world.stock, { nowMs: 0, waitingSinceMs: null });
    expect([...shownByChannel({ status: 'active', terms }, NETWORK)]).toEqual([
      ['web', { status: 'low_stock', availableToSell: 9 }],
      ['market', { status: 'out_of_stock', availableToSell: 0 }],
      ['till', { status: 'low_stock', availableToSell: 9 }],
    ]);
  });
});
