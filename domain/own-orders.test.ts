import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { channel, sku } from '../test/story/ids.ts';
import { cancel, fulfill, receive, release, reserve, takeOrder } from '../test/story/orders.ts';
import { NETWORK, seller, World } from '../test/story/story.ts';
import { levelOf } from './level.ts';
import { withOwed } from './owed.ts';
import { termsOf } from './terms.ts';

const MARKET = channel('market');
const network = {
  ...NETWORK,
  channels: [seller('web', null), seller('market', null, { shows: { meaning: 'input', atMost: null } })],
};

type Doing = 'order' | 'hear' | 'cancel there' | 'cancel here' | 'ship' | 'hear of it' | 'basket' | 'give up' | 'receive';
const DOINGS: readonly Doing[] = [
  'order',
  'order',
  'hear',
  'hear',
  'cancel there',
  'cancel here',
  'ship',
  'hear of it',
  'basket',
  'basket',
  'give up',
  'receive',
];

interface Order {
  readonly id: string;
  readonly units: number;
  /** Here: unheard, then owed, then shipped or cancelled. */
  here: 'unheard' | 'owed' | 'gone' | 'cancelled';
  /** There: open until it hears of the shipment or the cancellation, or cancels by itself. */
  isOpenThere: boolean;
}

/** A market that takes its open orders off the number that it was told, and sells as much as is left. */
class Market {
  readonly world = new World({ network });
  readonly orders: Order[] = [];
  readonly baskets: { readonly id: string; readonly units: number }[] = [];
  onHand = 0;
  sold = 0;
  #now = 0;

  told(): number {
    const { stock } = this.world;
    const terms = withOwed(termsOf(stock, { nowMs: this.#now, waitingSinceMs: null }), stock, network);
    const item = { sku: sku('TEA'), kit: null, parts: [{ units: 1, snapshot: { status: 'active', terms } as const }] };
    return levelOf(item, network, MARKET).quantity;
  }

  offers(): number {
    return Math.max(0, this.told() - this.#units(({ isOpenThere }) => isOpenThere));
  }

  /** What nobody was promised, by whoever promised it, and wherever it was called off. */
  free(): number {
    const promised = this.#units(({ here, isOpenThere }) => (here === 'unheard' || here === 'owed') && isOpenThere);
    return this.onHand - promised - this.baskets.reduce((sum, { units }) => sum + units, 0);
  }

  do(doing: Doing, pick: number, units: number): void {
    this.#now += 1;
    const id = `o-${this.#now}`;
    const any = (fits: (order: Order) => boolean): Order | undefined => {
      const found = this.orders.filter(fits);
      return found[pick % Math.max(1, found.length)];
    };
    switch (doing) {
      case 'receive':
        this.onHand += units;
        return this.#ask(receive(units));
      case 'order': {
        const sold = Math.min(units, this.offers());
        if (sold === 0) return;
        this.sold += 1;
        this.orders.push({ id, units: sold, here: 'unheard', isOpenThere: true });
        return;
      }
      case 'hear': {
        const order = any(({ here }) => here === 'unheard');
        if (order === undefined) return;
        order.here = 'owed';
        return this.#ask(takeOrder(order.id, order.units, { channel: 'market' }));
      }
      case 'cancel there': {
        const order = any(({ here, isOpenThere }) => isOpenThere && here !== 'gone');
        if (order !== undefined) order.isOpenThere = false;
        return;
      }
      case 'cancel here': {
        const order = any(({ here, isOpenThere }) => here === 'owed' && !isOpenThere);
        if (order === undefined) return;
        order.here = 'cancelled';
        return this.#ask(cancel(order.id));
      }
      case 'ship': {
        const order = any(({ here, isOpenThere, units: asked }) => here === 'owed' && isOpenThere && asked <= this.onHand);
        if (order === undefined || !this.#ships(order.id)) return;
        order.here = 'gone';
        this.onHand -= order.units;
        return;
      }
      case 'hear of it': {
        const order = any(({ here, isOpenThere }) => here === 'gone' && isOpenThere);
        if (order !== undefined) order.isOpenThere = false;
        return;
      }
      case 'basket': {
        const { answer } = this.world.do(this.#now, reserve(id, units, { ttlMs: 86_400_000 }));
        if (answer.accepted) this.baskets.push({ id, units });
        return;
      }
      case 'give up': {
        const [basket] = this.baskets.splice(pick % Math.max(1, this.baskets.length), 1);
        if (basket !== undefined) this.#ask(release(basket.id));
        return;
      }
    }
  }

  #units(of: (order: Order) => boolean): number {
    return this.orders.filter(of).reduce((sum, { units }) => sum + units, 0);
  }

  #ask(command: Parameters<World['do']>[1]): void {
    expect(this.world.do(this.#now, command).answer.accepted).toBe(true);
  }

  #ships(id: string): boolean {
    return this.world.do(this.#now, fulfill(id)).answer.accepted;
  }
}

test('[R86] told what is true now, a market that counts its own orders never offers a unit that is not free, whoever heard of what', () => {
  let sold = 0;
  let exact = 0;
  let met = 0;
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom(...DOINGS), fc.nat({ max: 99 }), fc.integer({ min: 1, max: 6 })), {
        minLength: 5,
        maxLength: 60,
      }),
      (steps) => {
        const market = new Market();
        market.do('receive', 0, 10);
        for (const [doing, pick, units] of steps) {
          market.do(doing, pick, units);
          expect(market.offers()).toBeLessThanOrEqual(Math.max(0, market.free()));
          met += 1;
          if (market.offers() === Math.max(0, market.free())) exact += 1;
        }
        sold += market.sold;
      },
    ),
    { numRuns: 400 },
  );
  // Nor does it leave much unsold: only while it has not heard of what left, or we of what it called off.
  expect(sold).toBeGreaterThan(500);
  expect(exact / met).toBeGreaterThan(0.5);
});
