import { expect } from 'vitest';
import type { Availability, Explanation } from '../contracts/availability.ts';
import type { Offer } from '../domain/offer.ts';

type Terms = Pick<
  Explanation,
  | 'available_to_sell'
  | 'stock'
  | 'withheld'
  | 'debt'
  | 'backordered'
  | 'buffer'
  | 'shrunk'
  | 'backorder_limit'
  | 'cap'
  | 'consumed'
  | 'stop_sell'
  | 'locations'
>;

/** [R27] The terms of an explanation come to the number that it explains; of a kit, so do those of each part. */
export function expectAddsUp(explained: Explanation): void {
  expect(sumOf(explained)).toBe(explained.available_to_sell);
  expectShowsAddsUp(explained);
  const { components, sku } = explained;
  if (components === null) return expectPlacesAddUp(sku, explained);
  for (const part of components) {
    expect([part.sku, sumOf(part)]).toEqual([part.sku, part.available_to_sell]);
    expectPlacesAddUp(part.sku, part);
  }
  const whole = Math.min(...components.map(({ available_to_sell, factor }) => Math.floor(available_to_sell / factor)));
  expect([sku, explained.available_to_sell]).toEqual([sku, explained.stop_sell ? 0 : whole]);
}

/** [R87] So does what the channel is shown, in all and at its places. */
function expectShowsAddsUp({ sku, available_to_sell, shows }: Explanation): void {
  const { meaning, at_most, own_open_orders, level, places } = shows;
  const told = Math.min(available_to_sell, at_most ?? available_to_sell);
  expect([sku, level]).toEqual([sku, told === 0 ? 0 : told + own_open_orders]);
  if (meaning === 'available')
    expect([own_open_orders, ...places.map((one) => one.own_open_orders)].every((n) => n === 0)).toBe(true);
  const ofPlaces = places.filter((one) => one.level > 0);
  expect(ofPlaces.reduce((sum, one) => sum + one.level, 0)).toBeLessThanOrEqual(level);
  expect(ofPlaces.reduce((sum, one) => sum + one.level - one.own_open_orders, 0)).toBeLessThanOrEqual(told);
}

/** A number that was read of the same moment is the one that is explained. */
function expectExplains(
  explained: Explanation,
  read: Pick<Availability, 'sku' | 'available_to_sell' | 'sequence' | 'as_of'>,
): void {
  expectAddsUp(explained);
  const same = explained.sequence === read.sequence && explained.as_of === read.as_of;
  if (same) expect([read.sku, explained.available_to_sell]).toEqual([read.sku, read.available_to_sell]);
}

/** What was read in one call of the API is held to its explanation, item by item, where it was a number at all. */
export async function expectReadAddsUp(
  path: string,
  asked: unknown,
  // oxlint-disable-next-line typescript/no-explicit-any -- what was read, whatever that is.
  { status, body }: { readonly status: number; readonly body: any },
  explain: (path: string) => Promise<Explanation>,
): Promise<void> {
  const read = readIn(path, asked);
  if (read === null || status !== 200 || typeof body !== 'object') return;
  for (const one of read.many ? body.items : [body]) {
    const explained = await explain(`/v1/availability/${encodeURIComponent(one.sku)}/explain?channel=${one.channel}`);
    if (read.inPart) expectAddsUp(explained);
    else expectExplains(explained, one);
  }
}

/** The same of an offer itself; `stopped`: the item or its channel sells nothing now. */
export function expectOfferAddsUp(offered: Offer, stopped: boolean): void {
  const { stock, withheld, debt, backordered, buffer, shrunk, backorderLimit, cap, consumed } = offered;
  const sum = stock - withheld - debt - backordered - buffer - shrunk + backorderLimit;
  expect(offered.availableToSell).toBe(stopped ? 0 : Math.max(0, Math.min(sum, (cap ?? Infinity) - consumed)));
}

/** Whether a call reads numbers: of one item or of many, and such that explain, which speaks of all places and of nobody, does not tell. */
function readIn(path: string, asked: unknown): { readonly many: boolean; readonly inPart: boolean } | null {
  const { pathname, searchParams } = new URL(path, 'http://holdfast');
  if (pathname === '/v1/availability/query') {
    return { many: true, inPart: typeof asked === 'object' && asked !== null && 'locations' in asked };
  }
  if (!/^\/v1\/availability\/[^/]+$/.test(pathname)) return null;
  return { many: false, inPart: searchParams.has('location') || searchParams.has('as_reservation') };
}

function sumOf({ stock, withheld, debt, backordered, buffer, shrunk, backorder_limit, cap, consumed, stop_sell }: Terms): number {
  const sum = stock - withheld - debt - backordered - buffer - shrunk + backorder_limit;
  return stop_sell ? 0 : Math.max(0, Math.min(sum, cap === null ? sum : cap - consumed));
}

/** What is explained of the locations comes to the terms of all: net, and what is left of it. */
function expectPlacesAddUp(sku: string, { stock, withheld, debt, locations }: Terms): void {
  let [safe, held, lacking] = [0, 0, 0];
  for (const one of locations) {
    expect([sku, one.location, one.net]).toEqual([sku, one.location, (one.on_hand.sellable ?? 0) - one.reserved - one.committed]);
    const left = Math.max(0, one.net - one.safety_stock);
    expect([sku, one.location, one.available]).toEqual([sku, one.location, left - one.withheld]);
    safe += left;
    held += one.withheld;
    lacking += Math.max(0, -one.net);
  }
  expect([sku, stock, withheld, debt]).toEqual([sku, safe, held, lacking]);
}
