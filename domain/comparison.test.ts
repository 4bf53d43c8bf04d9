import { describe, expect, test } from 'vitest';
import { location, source } from '../test/story/ids.ts';
import { adjust, commit, moved, receive, reserve, takeOrder } from '../test/story/orders.ts';
import { World } from '../test/story/story.ts';
import { compareReadings, differs, factsLately } from './comparison.ts';
import type { StockStatus } from './stock.ts';
import type { Variance } from './variance.ts';

describe('[R36] what is compared with the books of an item', () => {
  const reading = (at: string, quantity: number, status: StockStatus = 'sellable') =>
    ({ source: source('erp'), location: location(at), status, quantity, meaning: 'on_hand', holds: { mark: 1 } }) as const;

  test('is every place that was read, in the order of the readings', () => {
    const world = new World();
    world.do(0, moved('received', 5, { books: 'erp', mark: 1 }));
    const { places } = compareReadings(world.stock, [reading('store', 2), reading('dc', 4)], world.books);
    expect(places).toMatchObject([{ variance: 2 }, { variance: -1 }]);
  });

  test('leaves out, and names, places that nobody read and where something is or is owed', () => {
    const world = new World();
    world.do(0, receive(5, 'dc'));
    world.do(0, moved('received', 2, { at: 'dc', status: 'damaged' }));
    world.do(0, receive(3, 'warehouse'));
    world.do(0, adjust(-3, 'warehouse'));
    world.do(0, takeOrder('m', 1, { at: 'store' }));
    world.do(0, reserve('a', 1));
    world.do(0, commit('a'));
    const unread = (...readings: Parameters<typeof compareReadings>[1]) =>
      compareReadings(world.stock, readings, world.books).unread;
    expect(unread()).toEqual([
      { location: 'dc', status: 'sellable' },
      { location: 'dc', status: 'damaged' },
      { location: 'store', status: 'sellable' },
    ]);
    expect(unread(reading('dc', 9), reading('store', 9))).toEqual([{ location: 'dc', status: 'damaged' }]);
  });

  test.each<readonly [string, readonly Variance[], boolean]>([
    ['nothing was read', [], false],
    ['all is equal', [{ outcome: 'known', variance: 0, booked: 5 }], false],
    [
      'one of them is more',
      [
        { outcome: 'known', variance: 0, booked: 5 },
        { outcome: 'known', variance: 1, booked: 5 },
      ],
      true,
    ],
    ['one of them is less', [{ outcome: 'known', variance: -1, booked: 5 }], true],
    ['nobody can say yet', [{ outcome: 'deferred' }, { outcome: 'stale' }], false],
  ])('differs or not where %s', (_, places, answer) => {
    expect(differs({ places })).toBe(answer);
  });
});

test('[R36] evidence is what this source told of its own, the newest first, and no more than is wanted', () => {
  const world = new World();
  for (const id of ['1', '2', '3']) world.do(0, moved('received', 1, { books: 'erp', id }));
  world.do(0, takeOrder('4', 1, { books: 'erp', at: 'dc' }));
  world.do(0, receive(5));
  world.do(0, moved('received', 1, { books: 'erp', source: 'other erp', id: '5' }));
  const newestFirst = world.books.entries.toReversed();
  const told = (max: number) => factsLately(newestFirst, source('erp'), max).map(({ id }) => id);
  expect([told(9), told(2), told(0)]).toEqual([['4', '3', '2', '1'], ['4', '3'], []]);
  expect(factsLately(newestFirst, source('erp'), 2).map(({ lines }) => lines)).toEqual([
    [{ location: 'dc', status: 'sellable', onHand: 0, committed: 1 }],
    [{ location: 'dc', status: 'sellable', onHand: 1, committed: 0 }],
  ]);
});
