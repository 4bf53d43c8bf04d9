import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ROOT } from '../test/source-files.ts';
import { channel, location } from '../test/story/ids.ts';
import { grant } from './grant.ts';
import type { LocationId } from './ids.ts';
import { EXACT_PLACES_MAX } from './limits.ts';
import { offer, type Offer } from './offer.ts';
import { fewestParcels } from './parcels.ts';
import type { Wish } from './purse.ts';
import { onePlaceFor, preferredPlaces, type ItemWishes } from './sourcing.ts';

const PLACES = ['dc', 'hub', 'store', 'popup'].map(location);
const [ALLOWED = [], NEVER = []] = tablesOf(readFileSync(path.join(ROOT, 'docs/sourcing.md'), 'utf8'));

describe('the cases of docs/sourcing.md', () => {
  test.each(ALLOWED)('[R22b] split allowed: $case', ({ there, asked, from }) => {
    const cart = cartOf(there, asked);
    expect(written(cart, grantEach(cart))).toBe(from);
  });

  test.each(NEVER)('[R22b] split never: $case', ({ there, asked, from }) => {
    const { candidates, most } = onePlaceFor(itemsOf(cartOf(there, asked)), PLACES);
    const nowhere = most === null ? 'nowhere' : `nowhere, most at ${most}`;
    expect(candidates.length > 0 ? candidates.join(', else ') : nowhere).toBe(from);
  });

  test('there are some of each', () => expect([ALLOWED.length > 10, NEVER.length > 5]).toEqual([true, true]));
});

const arbitraryCart = fc
  .array(
    fc.record({
      stock: fc.tuple(...PLACES.map(() => fc.integer({ min: 0, max: 4 }))),
      buffer: fc.constantFrom(0, 0, 0, 2),
      backorderLimit: fc.constantFrom(0, 0, 2),
      wishes: fc.array(
        fc.record({ quantity: fc.integer({ min: 1, max: 5 }), at: fc.constantFrom(null, null, null, null, ...PLACES) }),
        { minLength: 1, maxLength: 3 },
      ),
    }),
    { minLength: 1, maxLength: 5 },
  )
  .map((items): Cart =>
    items.map(({ stock, wishes, ...terms }, index) => ({
      name: `item ${index}`,
      offered: offerOf(new Map(PLACES.map((place, at) => [place, stock[at] ?? 0])), terms),
      wishes: wishes.map((wish, line) => ({ line: index * 10 + line, ...wish })),
    })),
  );

test('[R22b] what a cart gets does not depend on where it prefers to get it from', () => {
  fc.assert(
    fc.property(arbitraryCart, fc.subarray(PLACES), (cart, anything) => {
      for (const { offered, wishes } of cart) {
        const units = (prefer: readonly LocationId[]) =>
          grant(offered, wishes, 'allowed', { prefer, only: null }).units.map(({ quantity }) => quantity);
        expect(units(preferredPlaces(itemsOf(cart), PLACES))).toEqual(units([]));
        expect(units(anything)).toEqual(units([]));
      }
    }),
    { numRuns: 2_000 },
  );
});

test('[R22b] a cart comes from one place for all, else in as few parcels as trying every set of places finds', () => {
  let several = 0;
  fc.assert(
    fc.property(arbitraryCart, (cart) => {
      const grants = grantEach(cart);
      if (grants.some(({ short }) => short.length > 0)) return;
      const { free, named } = parcelsOf(cart, grants);
      const best = naivelyBest(cart, named);
      expect([...free].toSorted().join()).toBe([...best].toSorted().join());
      if (best.size > 1) several += 1;
    }),
    { numRuns: 5_000 },
  );
  expect(several).toBeGreaterThan(100);
});

test('[R22b] an unsplit cart finds every place that can give all of it, and no other', () => {
  fc.assert(
    fc.property(arbitraryCart, (cart) => {
      const { candidates, most } = onePlaceFor(itemsOf(cart), PLACES);
      const gives = (only: LocationId) =>
        cart.every(({ offered, wishes }) => grant(offered, wishes, 'never', { prefer: [], only }).short.length === 0);
      expect(candidates).toEqual(PLACES.filter(gives));
      const units = (only: LocationId) =>
        cart.flatMap(({ offered, wishes }) => grant(offered, wishes, 'never', { prefer: [], only }).units);
      const named = cart.some(({ wishes }) => wishes.some(({ at }) => at !== null));
      const largest = Math.max(...PLACES.map((place) => sum(units(place))));
      if (!named && largest > 0 && candidates.length === 0) expect(most === null ? null : sum(units(most))).toBe(largest);
    }),
    { numRuns: 2_000 },
  );
});

test('[R22b] a reservation of one item follows the same rules as a cart of one', () => {
  fc.assert(
    fc.property(arbitraryCart, (cart) => {
      for (const item of cart) {
        const prefer = preferredPlaces(itemsOf([item]), PLACES);
        expect(grant(item.offered, item.wishes, 'allowed')).toEqual(
          grant(item.offered, item.wishes, 'allowed', { prefer, only: null }),
        );
        const { candidates, most } = onePlaceFor(itemsOf([item]), PLACES);
        const only = candidates[0] ?? most;
        expect(grant(item.offered, item.wishes, 'never')).toEqual(
          grant(item.offered, item.wishes, 'never', { prefer: [], only }),
        );
      }
    }),
    { numRuns: 2_000 },
  );
});

test('[R22b] over more locations than are all tried, parcels are few and none is needless', () => {
  const places = Array.from({ length: EXACT_PLACES_MAX + 2 }, (_, index) => location(`place ${index}`));
  const arbitraryNeed = fc.record({
    units: fc.integer({ min: 4, max: 9 }),
    at: fc.tuple(...places.map(() => fc.integer({ min: 0, max: 3 }))),
  });
  let greedy = 0;
  fc.assert(
    fc.property(fc.array(arbitraryNeed, { minLength: 2, maxLength: 4 }), (asked) => {
      const needs = asked.map(({ units, at }) => ({
        units: Math.min(units, sumOf(at)),
        at: new Map(places.map((place, index) => [place, at[index] ?? 0])),
      }));
      const suffice = (set: readonly LocationId[]) =>
        needs.every(({ units, at }) => sumOf(set.map((place) => at.get(place) ?? 0)) >= units);
      const chosen = fewestParcels(needs, places);
      expect(suffice(chosen)).toBe(true);
      if (chosen.length < 2) return;
      for (const place of chosen) expect(suffice(chosen.filter((one) => one !== place))).toBe(false);
      const most = Math.max(...places.map((place) => sumOf(needs.map(({ units, at }) => Math.min(units, at.get(place) ?? 0)))));
      const fewest = Math.min(...setsOf(places).flatMap((set) => (suffice(set) ? [set.length] : [])));
      expect(chosen.length).toBeLessThanOrEqual(fewest * (1 + Math.log(most)));
      if (chosen.length > fewest) greedy += 1;
    }),
    { numRuns: 60 },
  );
  console.info(`of 60 carts over ${places.length} places, ${greedy} took more parcels than the fewest`);
});

test.each([EXACT_PLACES_MAX, 300])('[R22b] a cart of 1,000 items over %i places is sourced within bounds', (count) => {
  const places = Array.from({ length: count }, (_, index) => location(`place ${index}`));
  const items = Array.from({ length: 1_000 }, (_, index) => {
    const stock = new Map(places.map((place, at) => [place, (index * 7 + at * 13 + ((index * at) % 11)) % 5]));
    return { offered: offerOf(stock, { buffer: 0, backorderLimit: 0 }), wishes: [{ line: index + 1, quantity: 9, at: null }] };
  });
  const before = process.cpuUsage();
  const prefer = preferredPlaces(items, places);
  const { candidates } = onePlaceFor(items, places);
  const { user } = process.cpuUsage(before);
  const tookMs = user / 1_000;
  console.info(`sourcing 1,000 items over ${count} places: ${tookMs.toFixed(0)} ms, ${prefer.length} parcels`);
  expect(candidates).toEqual([]);
  for (const { offered, wishes } of items) expect(grant(offered, wishes, 'allowed', { prefer, only: null }).short).toEqual([]);
  // Fifty times what it takes of a processor: it says that nothing grows with the square, not how fast or busy the machine is.
  expect(tookMs).toBeLessThan(5_000);
});

type Cart = readonly (ItemWishes & { readonly name: string })[];
type Grants = readonly ReturnType<typeof grant>[];

function itemsOf(cart: Cart): readonly ItemWishes[] {
  return cart.map(({ offered, wishes }) => ({ offered, wishes }));
}

function grantEach(cart: Cart): Grants {
  const prefer = preferredPlaces(itemsOf(cart), PLACES);
  return cart.map(({ offered, wishes }) => grant(offered, wishes, 'allowed', { prefer, only: null }));
}

function offerOf(
  stock: ReadonlyMap<LocationId, number>,
  terms: { readonly buffer: number; readonly backorderLimit: number },
): Offer {
  const places = [...stock.keys()];
  const network = {
    version: 1,
    locations: places.map((id, index) => ({ id, priority: index, stopSell: false })),
    channels: [{ id: channel('web'), locations: null, buffer: terms.buffer, class: 1, stopSell: false }],
  };
  const of = [...stock].map(([id, sellable]) => ({ location: id, sellable, reserved: 0, committed: 0, safetyStock: 0 }));
  const { backorderLimit } = terms;
  const nothingElse = { backordered: 0, lowStockAt: 0, buffers: [], quotas: [], stopSell: false };
  return offer({ places: of, backorderLimit, ...nothingElse }, network, channel('web'));
}

/** Rules 2 to 4 as the document states them, by trying everything. */
function naivelyBest(cart: Cart, named: ReadonlySet<LocationId>): ReadonlySet<LocationId> {
  const left = cart.map(({ offered, wishes }) => {
    const at = new Map(offered.places.map((place) => [place.location, place.available]));
    for (const wish of wishes) if (wish.at !== null) at.set(wish.at, (at.get(wish.at) ?? 0) - wish.quantity);
    const there = [...at.values()].reduce((total, one) => total + one, 0);
    return { at, units: Math.min(there, sum(wishes.filter((wish) => wish.at === null))) };
  });
  if (left.every(({ units }) => units === 0)) return new Set();
  const has = (set: readonly LocationId[]) =>
    left.every(({ at, units }) => set.reduce((total, place) => total + (at.get(place) ?? 0), 0) >= units);
  const one = [...PLACES.filter((place) => named.has(place)), ...PLACES].find((place) => has([place]));
  if (one !== undefined) return new Set([one].filter((place) => !named.has(place)));
  const more = PLACES.filter((place) => !named.has(place));
  const sets = setsOf(more);
  const rank = (set: readonly LocationId[]) => set.map((place) => PLACES.indexOf(place)).join();
  const able = sets.filter((set) => has([...named, ...set]));
  const [best = []] = able.toSorted((a, b) => a.length - b.length || (rank(a) < rank(b) ? -1 : 1));
  return new Set(best);
}

function setsOf(places: readonly LocationId[]): readonly (readonly LocationId[])[] {
  return Array.from({ length: 2 ** places.length }, (_, bits) => places.filter((_place, at) => (bits & (1 << at)) !== 0));
}

/** Parcels that only the lines without a name need, and those of the named ones. */
function parcelsOf(cart: Cart, grants: Grants) {
  const named = new Set(cart.flatMap(({ wishes }) => wishes.flatMap(({ at }) => at ?? [])));
  const all = grants.flatMap(({ units }) => units.flatMap(({ placed }) => placed.map((one) => one.location)));
  return { named, free: new Set(all.filter((place) => !named.has(place))) };
}

function sum(many: readonly { readonly quantity: number }[]): number {
  return many.reduce((total, { quantity }) => total + quantity, 0);
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

interface Row {
  readonly case: string;
  readonly there: string;
  readonly asked: string;
  readonly from: string;
}

function tablesOf(document: string): readonly (readonly Row[])[] {
  const rows = (section: string): readonly Row[] =>
    section
      .split('\n')
      .filter((line) => line.startsWith('|'))
      .slice(2)
      .map((line) => line.split('|').map((cell) => cell.trim()))
      .map(([, name = '', there = '', asked = '', from = '']) => ({ case: name, there, asked, from }));
  return document.split('\n### ').slice(1).map(rows);
}

/** `tea: dc 3, store 1 +2; mug: dc 1` and `tea 5; mug 1 at dc`. */
function cartOf(there: string, asked: string): Cart {
  const wishes = asked.split('; ').map((text, index) => {
    const [name = '', quantity = '', , at] = text.split(' ');
    return { name, line: index + 1, quantity: Number(quantity), at: at === undefined ? null : location(at) };
  });
  return there.split('; ').map((text) => {
    const [name = '', stock = ''] = text.split(': ');
    const [units = '', later = '0'] = stock.split(' +');
    const at = new Map(
      units
        .split(', ')
        .map((one) => one.split(' '))
        .map(([place = '', there_ = '']) => [place, Number(there_)]),
    );
    const all = new Map(PLACES.map((place) => [place, at.get(place) ?? 0]));
    const mine: readonly Wish[] = wishes.filter((wish) => wish.name === name);
    return { name, wishes: mine, offered: offerOf(all, { buffer: 0, backorderLimit: Number(later) }) };
  });
}

function written(cart: Cart, grants: Grants): string {
  const parts = grants.flatMap(({ units }, index) => {
    const at = new Map<string, number>();
    for (const { placed } of units) for (const one of placed) at.set(one.location, (at.get(one.location) ?? 0) + one.quantity);
    const later = sum(units) - [...at.values()].reduce((total, one) => total + one, 0);
    if (later > 0) at.set('later', later);
    return at.size === 0 ? [] : [`${cart[index]?.name}: ${[...at].map(([place, units_]) => `${place} ${units_}`).join(', ')}`];
  });
  const refused = grants.flatMap(({ short }) => short.map(({ line, available }) => `refused: line ${line} of ${available}`));
  return [...parts, ...refused].join('; ');
}
