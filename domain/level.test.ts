import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { channel, location, sku } from '../test/story/ids.ts';
import { naiveAts } from '../test/model/naive-offer.ts';
import { arbitraryShop } from '../test/model/shops.ts';
import { place, seller } from '../test/story/story.ts';
import type { Kit } from './kit.ts';
import { levelOf, type ItemLevel } from './level.ts';
import type { Network, Shows } from './network.ts';
import type { Terms } from './offer.ts';

const MARKET = channel('market');
const KIT: Kit = { status: 'active', lowStockAt: 5, stopSell: false };

describe('[R85] what a channel is shown of an item', () => {
  test.each<{ name: string; terms: Partial<Terms>; shows?: Shows; level: Omit<ItemLevel, 'status'> }>([
    { name: 'is what it may sell', terms: at({ dc: 7, store: 4 }), level: shown(11, { dc: 7, store: 4 }) },
    { name: 'is no more than so many', terms: at({ dc: 7, store: 4 }), shows: upTo(9), level: shown(9, { dc: 7, store: 2 }) },
    { name: 'is not made more by that', terms: at({ dc: 3 }), shows: upTo(9), level: shown(3, { dc: 3 }) },
    { name: 'stays nothing once it is sold out', terms: at({ dc: 0 }), shows: upTo(9), level: shown(0, { dc: 0 }) },
    {
      name: 'has no place for what is backordered',
      terms: { ...at({ dc: 3 }), backorderLimit: 5 },
      level: shown(8, { dc: 3 }),
    },
    {
      name: 'is less at the places that come last, where a cap allows less than they have',
      terms: { ...at({ dc: 7, store: 4 }), quotas: [{ channel: MARKET, protected: 0, cap: 8, consumed: 0 }] },
      level: shown(8, { dc: 7, store: 1 }),
    },
    { name: 'is nothing while the item is stopped', terms: { ...at({ dc: 7 }), stopSell: true }, level: shown(0, { dc: 0 }) },
  ])('$name', ({ terms, shows = null, level }) => {
    expect(levelOf(plain(terms), network(shows), MARKET)).toMatchObject(level);
  });

  test('speaks in its word of what may be sold, however little of it is shown', () => {
    expect(levelOf(plain(at({ dc: 40 })), network(upTo(2)), MARKET)).toMatchObject({ quantity: 2, status: 'in_stock' });
  });

  test('is of a kit what can be made of its parts, at each place and in all', () => {
    const parts = [
      { units: 2, snapshot: snapshot(at({ dc: 9, store: 4 })) },
      { units: 1, snapshot: snapshot(at({ dc: 3, store: 9 })) },
    ];
    const kit = { sku: sku('SET'), kit: KIT, parts };
    expect(levelOf(kit, network(null), MARKET)).toMatchObject(shown(6, { dc: 3, store: 2 }));
    expect(levelOf(kit, network(upTo(4)), MARKET)).toMatchObject(shown(4, { dc: 3, store: 1 }));
    expect(levelOf({ ...kit, kit: { ...KIT, stopSell: true } }, network(null), MARKET)).toMatchObject(
      shown(0, { dc: 0, store: 0 }),
    );
  });

  test('tells nothing of a place that stopped selling, or has not all that a kit is made of, and does not fall silent about it', () => {
    const both = network(null);
    const stopped = both.locations.map((one) => (one.id === 'store' ? { ...one, stopSell: true } : one));
    expect(levelOf(plain(at({ dc: 7, store: 4 })), { ...both, locations: stopped }, MARKET)).toMatchObject(
      shown(7, { dc: 7, store: 0 }),
    );
    const parts = [
      { units: 1, snapshot: snapshot(at({ dc: 9, store: 4 })) },
      { units: 1, snapshot: snapshot(at({ dc: 3 })) },
    ];
    expect(levelOf({ sku: sku('SET'), kit: KIT, parts }, both, MARKET)).toMatchObject(shown(3, { dc: 3, store: 0 }));
  });

  test('is nothing to a channel that nobody knows', () => {
    expect(levelOf(plain(at({ dc: 9 })), network(null), channel('nobody'))).toMatchObject({ quantity: 0, places: [] });
  });

  test('[I4] is never above what it may sell nor above the band, and its places together never above it, whatever the shop', () => {
    fc.assert(
      fc.property(
        arbitraryShop,
        fc.option(fc.integer({ min: 1, max: 9 }), { nil: null }),
        ({ terms, network: known }, atMost) => {
          const channels = known.channels.map((one) => ({ ...one, shows: { meaning: 'available' as const, atMost } }));
          for (const { id } of channels) {
            const level = levelOf(plain(terms), { ...known, channels }, id);
            expect(level.quantity).toBe(Math.min(naiveAts(terms, known, id), atMost ?? Infinity));
            expect(level.places.reduce((total, { quantity }) => total + quantity, 0)).toBeLessThanOrEqual(level.quantity);
            for (const { quantity } of level.places) expect(quantity).toBeGreaterThanOrEqual(0);
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

function network(shows: Shows | null): Network {
  return { version: 1, locations: [place('dc', 1), place('store', 2)], channels: [seller('market', null, { shows })] };
}

function upTo(atMost: number): Shows {
  return { meaning: 'available', atMost };
}

function plain(terms: Partial<Terms>) {
  return { sku: sku('TEA'), kit: null, parts: [{ units: 1, snapshot: snapshot(terms) }] };
}

function snapshot(terms: Partial<Terms>) {
  const none = { places: [], backordered: 0, backorderLimit: 0, lowStockAt: 5, buffers: [], quotas: [], stopSell: false };
  return { status: 'active', terms: { ...none, ...terms } } as const;
}

function at(sellable: Readonly<Record<string, number>>): Pick<Terms, 'places'> {
  const nothing = { reserved: 0, committed: 0, safetyStock: 0 };
  return { places: Object.entries(sellable).map(([id, units]) => ({ location: location(id), sellable: units, ...nothing })) };
}

function shown(quantity: number, places: Readonly<Record<string, number>>): Omit<ItemLevel, 'status'> {
  return { quantity, places: Object.entries(places).map(([id, units]) => ({ location: location(id), quantity: units })) };
}
