import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arbitraryShop } from '../test/model/shops.ts';
import { channel, location } from '../test/story/ids.ts';
import { grant } from './grant.ts';
import type { LocationId } from './ids.ts';
import { offeredWhole, type Kit } from './kit.ts';
import { availabilityStatus } from './label.ts';
import { offer, type Offer } from './offer.ts';
import { EMPTY_NETWORK } from './network.ts';

const KIT: Kit = { status: 'active', lowStockAt: 5, stopSell: false };
const [DC, STORE, POPUP] = [location('dc'), location('store'), location('pop-up')];

const arbitraryKit = fc
  .tuple(
    arbitraryShop,
    fc.array(fc.record({ shop: arbitraryShop, units: fc.integer({ min: 1, max: 4 }) }), { minLength: 1, maxLength: 4 }),
  )
  .map(([{ network }, parts]) =>
    // All parts are sold by one shop, each with a stock of its own.
    parts.map(({ shop, units }) => ({ units, offered: offer(shop.terms, network, channel('web')) })),
  );

test('[R22c, I8] exactly as many kits are offered as all parts can be reserved for', () => {
  let some = 0;
  fc.assert(
    fc.property(arbitraryKit, (parts) => {
      const { availableToSell } = offeredWhole(parts, null, KIT);
      expect(availableToSell).toBe(most((kits) => parts.every(({ units, offered }) => fits(offered, kits * units, null))));
      if (availableToSell > 0) some += 1;
    }),
    { numRuns: 2_000 },
  );
  expect(some).toBeGreaterThan(50);
});

test('[R22c] from one location exactly as many kits are offered as all parts can be reserved for there', () => {
  fc.assert(
    fc.property(arbitraryKit, fc.constantFrom(DC, STORE, POPUP), (parts, at) => {
      const there = offeredWhole(parts, null, KIT).places.find((place) => place.location === at)?.availableToSell ?? 0;
      expect(there).toBe(most((kits) => parts.every(({ units, offered }) => fits(offered, kits * units, at))));
      expect(offeredWhole(parts, [at], KIT).availableToSell).toBe(there);
    }),
    { numRuns: 2_000 },
  );
});

test('[R22c] from two locations the parts may come from either', () => {
  const parts = [offered({ dc: 1 }), offered({ store: 1 })].map((one) => ({ units: 1, offered: one }));
  expect(offeredWhole(parts, [DC, STORE], KIT)).toMatchObject({ availableToSell: 1, places: [] });
  expect(offeredWhole(parts, [DC], KIT).availableToSell).toBe(0);
});

test('[R22c] each location at which all parts are is told with the kits that it can give, of those that were asked about', () => {
  const parts = [
    { units: 2, offered: offered({ dc: 9, store: 5 }) },
    { units: 1, offered: offered({ dc: 3, store: 9, annex: 9 }) },
  ];
  const [dc, store] = [
    { location: DC, availableToSell: 3 },
    { location: STORE, availableToSell: 2 },
  ];
  expect(offeredWhole(parts, null, KIT)).toEqual({ availableToSell: 7, firm: 7, places: [dc, store] });
  expect(offeredWhole(parts, [STORE], KIT)).toEqual({ availableToSell: 2, firm: 2, places: [store] });
  expect(offeredWhole(parts, [], KIT)).toEqual({ availableToSell: 0, firm: 0, places: [] });
});

test('[R22c] a kit that can be had only because a part may be backordered is itself backordered', () => {
  const parts = [
    { units: 2, offered: offered({ dc: 1 }, 3) },
    { units: 1, offered: offered({ dc: 9 }) },
  ];
  const whole = offeredWhole(parts, null, KIT);
  expect([whole, availabilityStatus(KIT, whole)]).toMatchObject([{ availableToSell: 2, firm: 0 }, 'backorder']);
});

test('[R22c] a stopped kit offers nothing, though its parts are there', () => {
  const parts = [{ units: 1, offered: offered({ dc: 9 }) }];
  expect(offeredWhole(parts, null, { ...KIT, stopSell: true })).toEqual({
    availableToSell: 0,
    firm: 0,
    places: [{ location: DC, availableToSell: 0 }],
  });
});

test('[R22c] what is no kit is one part of itself', () => {
  fc.assert(
    fc.property(arbitraryShop, ({ terms, network }) => {
      const one = offer(terms, network, channel('web'));
      expect(offeredWhole([{ units: 1, offered: one }], null, null)).toMatchObject({
        availableToSell: one.availableToSell,
        firm: one.firm,
      });
    }),
  );
});

function most(possible: (kits: number) => boolean): number {
  let kits = 0;
  while (possible(kits + 1)) kits += 1;
  return kits;
}

function fits(one: Offer, quantity: number, at: LocationId | null): boolean {
  return grant(one, [{ line: 1, quantity, at }], 'allowed').short.length === 0;
}

function offered(stock: Readonly<Record<string, number>>, backorderLimit = 0): Offer {
  const places = Object.entries(stock).map(([at, sellable]) => ({
    location: location(at),
    sellable,
    reserved: 0,
    committed: 0,
    safetyStock: 0,
  }));
  const network = {
    ...EMPTY_NETWORK,
    locations: [DC, STORE].map((id, priority) => ({ id, priority, stopSell: false })),
    channels: [{ id: channel('web'), locations: null, buffer: 0, class: 1, stopSell: false }],
  };
  const terms = { places, backorderLimit, backordered: 0, lowStockAt: 0, buffers: [], quotas: [], stopSell: false };
  return offer(terms, network, channel('web'));
}
