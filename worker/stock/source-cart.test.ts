import { describe, expect, test } from 'vitest';
import { channel, location, sku } from '../../test/story/ids.ts';
import type { Sku } from '../../domain/ids.ts';
import type { Network } from '../../domain/network.ts';
import { Refused } from '../refused.ts';
import type { Found, Snapshots } from '../cache/snapshots.ts';
import { sourceCart, type SourcedLine } from './source-cart.ts';

const TEA = sku('TEA');
const MUG = sku('MUG');
const [DC, STORE] = [location('dc'), location('store')];
const NETWORK: Network = {
  version: 1,
  locations: [
    { id: STORE, priority: 2, stopSell: false },
    { id: DC, priority: 1, stopSell: false },
  ],
  channels: [
    { id: channel('web'), locations: null, buffer: 0, class: 1, stopSell: false },
    { id: channel('till'), locations: [STORE], buffer: 0, class: 1, stopSell: false },
  ],
};

const cart = (at: typeof DC | null = null): readonly SourcedLine[] => [
  { line: 1, quantity: 2, at, parts: [{ sku: TEA, units: 1 }] },
  { line: 2, quantity: 1, at, parts: [{ sku: MUG, units: 3 }] },
];

describe('a cart that may be split', () => {
  test('[R22b] prefers the one location that has everything, by what is cached', async () => {
    const seen = new Seen({ TEA: [5, 2], MUG: [1, 3] });
    expect(await ask(seen, cart())).toEqual({ prefer: [STORE], candidates: [] });
    expect(seen.asked).toEqual(['cached TEA', 'cached MUG']);
  });

  test('asks nobody where there is nothing to choose', async () => {
    const seen = new Seen({});
    expect(await ask(seen, cart(STORE))).toEqual({ prefer: [], candidates: [] });
    expect(await ask(seen, cart(), 'allowed', 'till')).toEqual({ prefer: [], candidates: [] });
    expect(seen.asked).toEqual([]);
  });

  test('has its wish without an item that cannot be seen now', async () => {
    expect(await ask(new Seen({ TEA: [1, 2] }, 'overloaded'), cart())).toMatchObject({ prefer: [STORE] });
    expect(await ask(new Seen({ TEA: [1, 2] }, 'broken'), cart())).toMatchObject({ prefer: [STORE] });
  });
});

describe('a cart that may not be split', () => {
  test('[R22b] tries every location that has everything, as the objects say', async () => {
    const seen = new Seen({ TEA: [5, 2], MUG: [3, 3] });
    expect(await ask(seen, cart(), 'never')).toEqual({ prefer: [], candidates: [DC, STORE] });
    expect(seen.asked).toEqual(['strong TEA', 'strong MUG']);
  });

  test('[R22b] tries the location that has most where none has everything', async () => {
    expect(await ask(new Seen({ TEA: [5, 2], MUG: [0, 1] }), cart(), 'never')).toMatchObject({ candidates: [STORE] });
    expect(await ask(new Seen({ TEA: [0, 0], MUG: [0, 0] }), cart(), 'never')).toMatchObject({ candidates: [DC] });
  });

  test('asks nobody where the location is known', async () => {
    const seen = new Seen({});
    expect(await ask(seen, cart(STORE), 'never')).toMatchObject({ candidates: [STORE] });
    expect(await ask(seen, cart(), 'never', 'till')).toMatchObject({ candidates: [STORE] });
    expect(seen.asked).toEqual([]);
  });

  test('[R9] does not take an item that cannot be seen now for one that is nowhere', async () => {
    expect(await ask(new Seen({ TEA: [5, 2] }, 'overloaded'), cart(), 'never')).toMatchObject({ code: 'overloaded' });
  });
});

async function ask(seen: Seen, lines: readonly SourcedLine[], split: 'allowed' | 'never' = 'allowed', seller = 'web') {
  return sourceCart(lines, { channel: channel(seller), split }, { snapshots: seen, network: NETWORK });
}

/** What there is at dc and store; an item that is not listed is in trouble. */
class Seen implements Pick<Snapshots, 'cached' | 'strong'> {
  readonly asked: string[] = [];
  readonly #stock: Readonly<Record<string, readonly [number, number]>>;
  readonly #trouble: 'overloaded' | 'broken';

  constructor(stock: Readonly<Record<string, readonly [number, number]>>, trouble: 'overloaded' | 'broken' = 'overloaded') {
    this.#stock = stock;
    this.#trouble = trouble;
  }

  cached = async (one: Sku) => this.#look('cached', one);
  strong = async (one: Sku) => this.#look('strong', one);

  #look(how: string, one: Sku): Found | Refused {
    this.asked.push(`${how} ${one}`);
    const stock = this.#stock[one];
    if (stock === undefined && this.#trouble === 'broken') throw new Error('no answer');
    if (stock === undefined) return new Refused('overloaded', one);
    const places = [DC, STORE].map((place, index) => ({
      location: place,
      sellable: stock[index] ?? 0,
      reserved: 0,
      committed: 0,
      safetyStock: 0,
    }));
    const terms = { places, backordered: 0, backorderLimit: 0, lowStockAt: 5, buffers: [], quotas: [], stopSell: false };
    const snapshot = { sku: one, status: 'active' as const, terms, sequence: 1, asOfMs: 0, freshForMs: 0 };
    return { snapshot, askedAtMs: 0, source: 'object' };
  }
}
