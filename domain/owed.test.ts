import { describe, expect, test } from 'vitest';
import { channel, location, reservationId, sku } from '../test/story/ids.ts';
import { cancel, commit, fulfill, moved, receive, reserve, takeOrder } from '../test/story/orders.ts';
import { ats, shown, shownAt } from '../test/story/questions.ts';
import { NETWORK, place, seller, story, World } from '../test/story/story.ts';
import type { Command } from './command.ts';
import type { Kit } from './kit.ts';
import { levelOf } from './level.ts';
import { OWED_PLACES_TOLD_MAX, OWED_TOLD_MAX } from './limits.ts';
import type { Network } from './network.ts';
import { withOwed, type SoldAs } from './owed.ts';
import { termsOf } from './terms.ts';

/** `market` takes its own open orders off the number that it is told; `web` does not. Both sell from everywhere. */
const network: Network = {
  ...NETWORK,
  channels: [seller('web', null), seller('market', null, { shows: { meaning: 'input', atMost: null } })],
};
const MARKET = { channel: 'market' };

/**
 * What the market then offers its buyers is what it was told less the orders that it has open itself. Behind each line: what
 * it offers, which must never be more than there is for it.
 */
describe('[R86] what a channel is told that counts its own open orders', () => {
  story(
    'an order of its own is taken off by itself until we hear of it, and then stays in the number',
    [
      [0, receive(10)],
      [1, shown('market'), 10], // 10 open 0, offers 10
      // It takes an order of 4 that we do not know of: 10 − 4, offers 6.
      [2, shown('market'), 10],
      [3, takeOrder('a', 4, MARKET)],
      [4, ats('market'), 6],
      [5, shown('market'), 10], // 10 − 4, offers 6
    ],
    { network },
  );

  story(
    'what is shipped is in nobody’s order any more',
    [
      [0, receive(10)],
      [1, takeOrder('a', 4, MARKET)],
      [2, fulfill('a', 3)],
      [3, ats('market'), 6],
      [4, shown('market'), 7], // 7 − 1, offers 6; until it hears of the shipment 7 − 4, offers 3
    ],
    { network },
  );

  story(
    'what the warehouse says it shipped counts as well',
    [
      [0, receive(10)],
      [1, takeOrder('a', 4, MARKET)],
      [2, moved('shipped', 4, { orderRef: 'order-a' })],
      [3, shown('market'), 6],
    ],
    { network },
  );

  story(
    'what is cancelled may be sold again, to whomever',
    [
      [0, receive(10)],
      [1, takeOrder('a', 4, MARKET)],
      [2, cancel('a')],
      [3, ats('market'), 10],
      [4, shown('market'), 10], // 10 − 0; until it hears of it 10 − 4, offers 6
    ],
    { network },
  );

  story(
    'a basket in our own shop is none of its orders, nor is what the shop sold',
    [
      [0, receive(10)],
      [1, reserve('basket', 3)],
      [2, shown('market'), 7],
      [3, commit('basket')],
      [4, shown('market'), 7],
      [5, fulfill('basket')],
      [6, shown('market'), 7],
    ],
    { network },
  );

  story(
    'its own reservation is an order once it is committed, and not before',
    [
      [0, receive(10)],
      [1, reserve('a', 4, MARKET)],
      [2, shown('market'), 6],
      [3, commit('a', 3)],
      [4, ats('market'), 7],
      [5, shown('market'), 10],
    ],
    { network },
  );

  story(
    'the units that the last buyer gets are sold out for everybody, whatever it has open',
    [
      [0, receive(4)],
      [1, takeOrder('a', 4, MARKET)],
      [2, ats('market'), 0],
      // Told 4, it would offer units again once it lost an order of which we have not heard.
      [3, shown('market'), 0],
      [4, receive(1)],
      [5, shown('market'), 5],
    ],
    { network },
  );

  story(
    'more orders than there is leave nothing to offer until all of them can be met',
    [
      [0, receive(4)],
      [1, takeOrder('a', 7, MARKET)],
      [2, shown('market'), 0],
      [3, receive(3)],
      [4, shown('market'), 0],
      [5, receive(1)],
      [6, shown('market'), 8], // 8 − 7, offers 1
    ],
    { network },
  );

  story(
    'others are told what they may sell',
    [
      [0, receive(10)],
      [1, takeOrder('a', 4)],
      [2, shown('web'), 6],
      [3, shown('market'), 6],
    ],
    { network },
  );

  story(
    'a band bounds what it may offer, and its own orders come on top',
    [
      [0, receive(20)],
      [1, takeOrder('a', 4, MARKET)],
      [2, shown('market'), 9], // 9 − 4, offers 5
      [3, fulfill('a')],
      [4, shown('market'), 5],
    ],
    { network: { ...network, channels: [seller('market', null, { shows: { meaning: 'input', atMost: 5 } })] } },
  );

  story(
    'at a place only orders count that named it: elsewhere they would make room that is not there',
    [
      [0, receive(10, 'dc')],
      [1, receive(5, 'store')],
      [2, takeOrder('a', 4, { ...MARKET, at: 'store' })],
      [3, shownAt('market'), { dc: 10, store: 5 }],
      [4, takeOrder('b', 3, MARKET)],
      [5, shown('market'), 15],
      [6, shownAt('market'), { dc: 7, store: 5 }],
    ],
    { network },
  );

  story(
    'taken off the sum of all places, an order is at the first that has something, wherever it is met from',
    [
      [0, receive(10, 'dc')],
      [1, receive(5, 'store')],
      [2, takeOrder('a', 3, MARKET)],
      [3, takeOrder('b', 1, { ...MARKET, at: 'store' })],
      [4, shownAt('market'), { dc: 7 + 3, store: 4 + 1 }],
      [5, reserve('all', 7, { at: 'dc' })],
      [6, shown('market'), 8],
      [7, shownAt('market'), { store: 4 + 4 }],
    ],
    {
      network: {
        ...network,
        channels: [
          seller('web', null),
          seller('market', null, { shows: { meaning: 'input', atMost: null, takesOff: 'in_all' } }),
        ],
      },
    },
  );

  story(
    'where it sells from one place, all its orders are there',
    [
      [0, receive(10, 'dc')],
      [1, takeOrder('a', 4, MARKET)],
      [2, shownAt('market'), { dc: 10 }],
    ],
    { network: { ...network, channels: [seller('market', ['dc'], { shows: { meaning: 'input', atMost: null } })] } },
  );
});

describe('[R86] [R22c] what was sold as a kit is of the kit, and of none of its parts', () => {
  const KIT: Kit = { status: 'active', lowStockAt: 5, stopSell: false };
  const [TEA, BOX] = [sku('TEA'), sku('BOX')];

  test('the kit’s number holds its open orders, the part’s only its own', () => {
    const world = new World({ network });
    world.do(0, receive(20));
    world.do(1, soldAs({ sku: BOX, units: 3 }, takeOrder('cart.one', 6, MARKET)));
    world.do(2, soldAs({ sku: TEA, units: 1 }, takeOrder('cart.two', 4, MARKET)));
    world.do(3, takeOrder('plain', 1, MARKET));
    // 9 left to sell: three boxes, and two that are on their way.
    expect([levelOfTea(world), levelOfBox(world)]).toEqual([9 + 4 + 1, 3 + 2]);
    world.do(4, fulfill('cart.one', 3));
    expect([levelOfTea(world), levelOfBox(world)]).toEqual([9 + 4 + 1, 3 + 1]);
    // Of a box that is sent in part nothing is open, so that it can be told too little, and never too much.
    world.do(5, fulfill('cart.one', 1));
    expect(levelOfBox(world)).toBe(3);
  });

  test('a reservation says so as an order does', () => {
    const world = new World({ network });
    world.do(0, receive(20));
    world.do(1, soldAs({ sku: BOX, units: 3 }, reserve('cart.one', 6, MARKET)));
    world.do(2, commit('cart.one'));
    expect([levelOfTea(world), levelOfBox(world)]).toEqual([14, 4 + 2]);
  });

  test('[R40] a cart’s line of old, which does not say what it was sold as, counts for neither', () => {
    const world = new World({ network });
    world.do(0, receive(20));
    world.do(1, takeOrder('cart.one', 6, MARKET));
    expect([levelOfTea(world), levelOfBox(world)]).toEqual([14, 4]);
  });

  test('of a kit of several parts as many are open as the part has that has least', () => {
    const world = new World({ network });
    world.do(0, receive(20));
    world.do(1, soldAs({ sku: BOX, units: 3 }, takeOrder('cart.one', 6, MARKET)));
    const tea = { units: 3, snapshot: snapshotOf(world) };
    const owed = [{ channel: channel('market'), kit: BOX, quantity: 1, places: [{ location: location('dc'), quantity: 1 }] }];
    const mug = { units: 1, snapshot: { ...tea.snapshot, terms: { ...tea.snapshot.terms, owed } } };
    expect(levelOf({ sku: BOX, kit: KIT, parts: [tea, mug] }, network, channel('market')).quantity).toBe(4 + 1);
    const cup = { units: 1, snapshot: { ...tea.snapshot, terms: { ...tea.snapshot.terms, owed: [] } } };
    expect(levelOf({ sku: BOX, kit: KIT, parts: [tea, mug, cup] }, network, channel('market')).quantity).toBe(4);
  });

  function levelOfTea(world: World): number {
    return levelOf({ sku: TEA, kit: null, parts: [{ units: 1, snapshot: snapshotOf(world) }] }, network, channel('market'))
      .quantity;
  }

  function levelOfBox(world: World): number {
    return levelOf({ sku: BOX, kit: KIT, parts: [{ units: 3, snapshot: snapshotOf(world) }] }, network, channel('market'))
      .quantity;
  }
});

test('[R86] who counts no orders of its own is told of none: a message is paid by its size', () => {
  const world = new World({ network });
  world.do(0, receive(5));
  world.do(1, takeOrder('a', 1));
  world.do(2, takeOrder('b', 2, MARKET));
  expect(snapshotOf(world).terms.owed).toEqual([{ channel: 'market', quantity: 2, places: [] }]);
  world.network = { ...network, channels: [seller('web', null)] };
  expect('owed' in snapshotOf(world).terms).toBe(false);
});

test('[R86] a place that only now became the only one has all that is open', () => {
  const world = new World({ network });
  world.do(0, receive(5));
  world.do(1, takeOrder('a', 2, MARKET));
  const at = (network: Network) =>
    levelOf({ sku: sku('TEA'), kit: null, parts: [{ units: 1, snapshot: snapshotOf(world) }] }, network, channel('market'))
      .places[0]?.quantity;
  expect([at(network), at({ ...network, locations: [place('dc', 1)] })]).toEqual([3, 5]);
});

function snapshotOf({ stock, network: known }: World) {
  const terms = withOwed(termsOf(stock, { nowMs: stock.lastNowMs, waitingSinceMs: null }), stock, known);
  return { status: 'active', terms } as const;
}

/** As a cart asks, which sees what its lines are of. */
function soldAs(as: SoldAs, command: Command): Command {
  if (command.type !== 'take_order' && command.type !== 'reserve') return command;
  const { reservation } = command;
  return { ...command, reservation: reservationId(reservation), lines: command.lines.map((line) => ({ ...line, soldAs: as })) };
}

describe('[R86] what a snapshot tells of own open orders is bounded', () => {
  test(`by ${OWED_TOLD_MAX} things that they were sold as, the item itself before all`, () => {
    const world = new World({ network });
    world.do(0, receive(1_000));
    for (let kit = 0; kit < OWED_TOLD_MAX; kit += 1) {
      const box = sku(`BOX-${String(kit).padStart(3, '0')}`);
      world.do(1, soldAs({ sku: box, units: 1 }, takeOrder(`cart.${kit}`, 1, MARKET)));
    }
    expect(toldKits(world)).toHaveLength(OWED_TOLD_MAX);
    world.do(2, takeOrder('plain', 1, MARKET));
    expect(toldKits(world)).toHaveLength(OWED_TOLD_MAX);
    expect([toldKits(world)[0], toldKits(world).at(-1)]).toEqual([undefined, 'BOX-098']);
  });

  test(`by ${OWED_PLACES_TOLD_MAX} places: of what is beyond, only the sum is told`, () => {
    const world = new World({ network });
    const orders = (box: string, from: number, many: number): void => {
      for (let at = from; at < from + many; at += 1) {
        const order = takeOrder(`cart.${box}.${at}`, 1, { ...MARKET, at: `place-${at}` });
        world.do(1, soldAs({ sku: sku(box), units: 1 }, order));
      }
    };
    orders('A', 0, OWED_PLACES_TOLD_MAX - 1);
    orders('B', 0, 1);
    expect(snapshotOf(world).terms.owed?.map(({ places }) => places.length)).toEqual([OWED_PLACES_TOLD_MAX - 1, 1]);
    orders('B', 1, 1);
    expect(snapshotOf(world).terms.owed?.map(({ quantity, places }) => [quantity, places.length])).toEqual([
      [OWED_PLACES_TOLD_MAX - 1, OWED_PLACES_TOLD_MAX - 1],
      [2, 0],
    ]);
  });

  function toldKits(world: World): readonly (string | undefined)[] {
    return (snapshotOf(world).terms.owed ?? []).map(({ kit }) => kit);
  }
});
