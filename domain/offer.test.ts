import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { channel, location } from '../test/story/ids.ts';
import { naiveOffer } from '../test/model/naive-offer.ts';
import { arbitraryShop } from '../test/model/shops.ts';
import { place, seller } from '../test/story/story.ts';
import { termsWith } from '../test/story/terms.ts';
import type { Channel, Location, Network } from './network.ts';
import { offeredAt, offeredAtOnePlace } from '../test/model/offered.ts';
import { offer, type PlaceTerms, type Quota, type Terms } from './offer.ts';

test('[R27] [I4] the offer is the formula of the rule, whatever the shop', () => {
  fc.assert(
    fc.property(arbitraryShop, ({ terms, network }) => {
      for (const { id } of network.channels) {
        const offered = offer(terms, network, id);
        const places = offered.places.map((one) => ({ ...one, offered: offeredAt(offered, one.location) }));
        expect({
          any: offered.availableToSell,
          one: offeredAtOnePlace(offered),
          places: new Map(places.map((one) => [one.location, one.offered])),
        }).toEqual(naiveOffer(terms, network, id));
        const { stock, withheld, debt, backordered, buffer, shrunk, backorderLimit, cap, consumed } = offered;
        const explained = stock - withheld - debt - backordered - buffer - shrunk + backorderLimit;
        const sells = !terms.stopSell && network.channels.some((one) => one.id === id && !one.stopSell);
        expect(offered.availableToSell).toBe(sells ? Math.max(0, Math.min(explained, (cap ?? Infinity) - consumed)) : 0);
      }
    }),
    { numRuns: 2_000 },
  );
});

test('[R27] what a channel may sell can be placed without touching what others protect', () => {
  fc.assert(
    fc.property(arbitraryShop, ({ terms, network }) => {
      for (const { id } of network.channels) {
        const { firm, places } = offer(terms, network, id);
        expect(firm).toBeLessThanOrEqual(places.reduce((total, one) => total + one.available, 0));
        for (const one of places) expect(one.available).toBeGreaterThanOrEqual(0);
      }
    }),
    { numRuns: 1_000 },
  );
});

test('a channel that nobody knows is offered nothing', () => {
  expect(offer(termsWith({ dc: 9 }), shop({}), channel('nobody'))).toMatchObject({ availableToSell: 0, firm: 0, places: [] });
});

describe('[R27] buffers, caps, debt and backorder', () => {
  test.each([
    { name: 'all that is free', terms: {}, ats: 10 },
    { name: 'without what the planner withholds', terms: { places: [at('dc', 10, { safetyStock: 4 })] }, ats: 6 },
    { name: 'nothing where safety stock is more than there is', terms: { places: [at('dc', 3, { safetyStock: 4 })] }, ats: 0 },
    { name: 'without what is reserved and committed', terms: { places: [at('dc', 10, { reserved: 3, committed: 2 })] }, ats: 5 },
    { name: "without the channel's buffer", terms: {}, web: { buffer: 3 }, ats: 7 },
    {
      name: "without the item's buffer, which replaces the channel's",
      terms: { buffers: [{ channel: channel('web'), quantity: 1 }] },
      web: { buffer: 3 },
      ats: 9,
    },
    {
      name: "not even a buffer of the item that is 0 where the channel's is more",
      terms: { buffers: [{ channel: channel('web'), quantity: 0 }] },
      web: { buffer: 3 },
      ats: 10,
    },
    { name: 'nothing where the buffer is more than there is', terms: {}, web: { buffer: 11 }, ats: 0 },
    { name: 'the backorder limit on top, untouched by a buffer', terms: { backorderLimit: 5 }, web: { buffer: 11 }, ats: 5 },
    { name: 'less what is backordered already', terms: { places: [at('dc', 0)], backorderLimit: 5, backordered: 2 }, ats: 3 },
    { name: 'the debt of one place lowers the sum', terms: { places: [at('dc', 10), at('store', -4)] }, ats: 6 },
    { name: 'debt may use up the backorder limit', terms: { places: [at('dc', 2), at('store', -4)], backorderLimit: 5 }, ats: 3 },
    { name: 'nothing while debt is more than there is', terms: { places: [at('dc', 2), at('store', -4)] }, ats: 0 },
    { name: 'safety stock hides no debt', terms: { places: [at('dc', -1, { safetyStock: 4 }), at('store', 4)] }, ats: 3 },
    { name: 'no more than the cap', terms: { quotas: [quota('web', { cap: 4 })] }, ats: 4 },
    { name: 'what was consumed counts against the cap', terms: { quotas: [quota('web', { cap: 4, consumed: 3 })] }, ats: 1 },
    {
      name: 'nothing when the cap is overrun',
      terms: { quotas: [quota('web', { cap: 4, consumed: 5 })], backorderLimit: 9 },
      ats: 0,
    },
    {
      name: 'a cap binds backorders too',
      terms: { places: [at('dc', 1)], backorderLimit: 9, quotas: [quota('web', { cap: 4 })] },
      ats: 4,
    },
    { name: 'nothing while the item is stopped', terms: { stopSell: true, backorderLimit: 9 }, ats: 0 },
    { name: 'nothing while the channel is stopped', terms: { backorderLimit: 9 }, web: { stopSell: true }, ats: 0 },
  ] as const)('$name', ({ terms, ats, ...rest }) => {
    const web = 'web' in rest ? rest.web : {};
    expect(offer({ ...termsWith({ dc: 10 }), ...terms }, shop(web), channel('web')).availableToSell).toBe(ats);
  });
});

describe('[R27] at one place, and at one place only', () => {
  const terms = termsWith({ dc: 3, store: 5 });
  test.each([
    { name: 'what is there', more: {}, dc: 3, store: 5, one: 5 },
    { name: 'no backorder', more: { backorderLimit: 9 }, dc: 3, store: 5, one: 5 },
    { name: 'no more than the channel may have', more: { quotas: [quota('web', { cap: 4 })] }, dc: 3, store: 4, one: 4 },
    {
      name: 'no more than is left of the buffer',
      more: { buffers: [{ channel: channel('web'), quantity: 6 }] },
      dc: 2,
      store: 2,
      one: 2,
    },
    { name: 'nothing while as much is backordered', more: { backordered: 8, backorderLimit: 9 }, dc: 0, store: 0, one: 0 },
    {
      name: 'less while another place is in debt',
      more: { places: [at('dc', 3), at('store', 5), at('warehouse', -6)] },
      dc: 2,
      store: 2,
      one: 2,
    },
    { name: 'nothing at the place in debt', more: { places: [at('dc', -1), at('store', 5)] }, dc: 0, store: 4, one: 4 },
  ])('$name', ({ more, dc, store, one }) => {
    const offered = offer({ ...terms, ...more }, shop({}), channel('web'));
    expect([offeredAt(offered, location('dc')), offeredAt(offered, location('store')), offeredAtOnePlace(offered)]).toEqual([
      dc,
      store,
      one,
    ]);
  });

  test('a place that does not serve the channel offers nothing', () => {
    expect(offeredAt(offer(terms, shop({}, ['dc']), channel('web')), location('store'))).toBe(0);
  });

  test('the places stand in the order in which they are asked: by priority, those of one priority by id', () => {
    const locations = [place('store', 2), place('warehouse', 1), place('dc', 2)];
    const { places } = offer(termsWith({ dc: 1, store: 1, warehouse: 1 }), { ...shop({}), locations }, channel('web'));
    expect(places.map((one) => one.location)).toEqual(['warehouse', 'dc', 'store']);
  });

  test('a place that stopped selling serves nobody', () => {
    const network = { ...shop({}), locations: [place('dc', 1, true), place('store', 2), place('warehouse', 3)] };
    expect(offer(terms, network, channel('web')).availableToSell).toBe(5);
  });
});

describe('[R27] what is withheld for other channels', () => {
  const dcAndStore = termsWith({ dc: 10, store: 10 });
  const market = seller('market', null, { class: 1 });
  const tables: readonly {
    name: string;
    channels: readonly Channel[];
    quotas: readonly Quota[];
    terms?: Partial<Terms>;
    withheld: object;
  }[] = [
    {
      name: 'the unused part of a protected quota',
      channels: [market],
      quotas: [quota('market', { protected: 8, consumed: 3 })],
      withheld: { dc: 5, store: 0 },
    },
    {
      name: 'nothing once the quota is used up',
      channels: [market],
      quotas: [quota('market', { protected: 3, consumed: 3 })],
      withheld: { dc: 0, store: 0 },
    },
    {
      name: 'first where the fewest channels are served',
      channels: [seller('market', null), seller('dc-shop', ['dc'])],
      quotas: [quota('market', { protected: 4 })],
      withheld: { dc: 0, store: 4 },
    },
    {
      name: 'then by priority',
      channels: [market],
      quotas: [quota('market', { protected: 14 })],
      withheld: { dc: 10, store: 4 },
    },
    {
      name: 'only at its own places',
      channels: [seller('market', ['store'])],
      quotas: [quota('market', { protected: 14 })],
      withheld: { dc: 0, store: 10 },
    },
    {
      name: 'never more than is free',
      channels: [market],
      quotas: [quota('market', { protected: 99 })],
      terms: { places: [at('dc', 10, { safetyStock: 4 }), at('store', -2)] },
      withheld: { dc: 6, store: 0 },
    },
    {
      name: 'the smaller class takes first',
      channels: [seller('late', ['dc'], { class: 2 }), seller('early', null, { class: 1 })],
      quotas: [quota('early', { protected: 10 }), quota('late', { protected: 10 })],
      withheld: { dc: 10, store: 10 },
    },
    {
      name: 'in one class the id decides',
      channels: [seller('b', ['dc']), seller('a', ['dc'])],
      quotas: [quota('a', { protected: 7 }), quota('b', { protected: 7 })],
      withheld: { dc: 10, store: 0 },
    },
    { name: "not one's own quota", channels: [], quotas: [quota('web', { protected: 10 })], withheld: { dc: 0, store: 0 } },
  ];
  test.each(tables)('$name', ({ channels, quotas, terms = {}, withheld }) => {
    const network = { ...shop({}), channels: [seller('web', null), ...channels] };
    const { places } = offer({ ...dcAndStore, ...terms, quotas }, network, channel('web'));
    expect(Object.fromEntries(places.map((one) => [one.location, one.withheld]))).toEqual(withheld);
  });

  test('a channel that takes last finds what the others left', () => {
    const network = {
      ...shop({}),
      channels: [seller('web', null), seller('picky', ['dc'], { class: 2 }), seller('easy', null, { class: 1 })],
    };
    const quotas = [quota('picky', { protected: 10 }), quota('easy', { protected: 5 })];
    // `easy` takes from the store, which fewer channels share, so `picky` still finds the dc full.
    expect(offer({ ...dcAndStore, quotas }, network, channel('web'))).toMatchObject({ availableToSell: 5, withheld: 15 });
  });
});

function shop(web: Partial<Channel>, locations: readonly string[] | null = null): Network {
  const places: readonly Location[] = [place('dc', 1), place('store', 2), place('warehouse', 3)];
  return { version: 1, locations: places, channels: [seller('web', locations, web)] };
}

function at(id: string, sellable: number, more: Partial<PlaceTerms> = {}): PlaceTerms {
  return { reserved: 0, committed: 0, safetyStock: 0, ...more, location: location(id), sellable };
}

function quota(id: string, more: Partial<Quota>): Quota {
  return { protected: 0, cap: null, consumed: 0, ...more, channel: channel(id) };
}
