import type { ChannelId, LocationId, ReservationId } from './ids.ts';
import { channelOf, compareText, locationsOf, serves, type Channel, type Network } from './network.ts';
import { offer, type Offer, type PlaceTerms, type Terms } from './offer.ts';
import type { Surroundings } from './placement.ts';
import { backorderedOf, byAge } from './reservation.ts';
import type { Receipt, Reservation, Stock } from './stock.ts';
import { placeTermsOf } from './terms.ts';

/** By when everything is expected that the reservation waits for; null: it waits for nothing, or for what nobody announced. */
export function promisedAtMs(stock: Stock, reservation: Reservation, context: Surroundings): number | null {
  if (backorderedIn(reservation) === 0) return null;
  return promisedDates(stock, context, reservation.id).get(reservation.id) ?? null;
}

/**
 * By when each reservation that waits is expected to have everything. Receipts are given out in the order in which they
 * come, the oldest reservation first, as units are placed when they are there (R27); what a place itself lacks comes
 * before. A date that has passed promises nothing.
 */
export function promisedDates(stock: Stock, context: Surroundings, last?: ReservationId): ReadonlyMap<ReservationId, number> {
  const dates = new Map<ReservationId, number>();
  const coming = free(stock, context.nowMs);
  if (coming.length === 0) return dates;
  const places = placesByChannel(context.network);
  let first = 0;
  for (const reservation of waiting(stock)) {
    // What is given out to the last unit is not looked at again: thousands may wait.
    while (coming[first]?.left === 0) first += 1;
    const served = places.get(reservation.channel);
    let missing = backorderedIn(reservation);
    for (let index = first; index < coming.length && missing > 0; index += 1) {
      const receipt = coming[index];
      if (receipt === undefined || served?.has(receipt.location) !== true) continue;
      const taken = Math.min(missing, receipt.left);
      receipt.left -= taken;
      missing -= taken;
      if (missing === 0) dates.set(reservation.id, receipt.expectedAtMs);
    }
    if (reservation.id === last || first === coming.length) break;
  }
  return dates;
}

function placesByChannel(network: Network): ReadonlyMap<ChannelId, ReadonlySet<LocationId>> {
  return new Map(network.channels.map((one) => [one.id, new Set(locationsOf(network, one).map(({ id }) => id))]));
}

type Coming = Receipt & { left: number };

/** What will be free of each receipt, in the order in which they come. */
function free(stock: Stock, nowMs: number): readonly Coming[] {
  const gaps = new Map<LocationId, number>();
  return inTime(stock.item?.receipts ?? [], nowMs).map((receipt) => {
    const { location } = receipt;
    const gap = gaps.get(location) ?? gapOf(placeTermsOf(stock, location));
    const kept = Math.min(gap, receipt.quantity);
    gaps.set(location, gap - kept);
    return { ...receipt, left: receipt.quantity - kept };
  });
}

function inTime<Due extends Receipt>(receipts: readonly Due[], nowMs: number): readonly Due[] {
  return receipts
    .filter(({ expectedAtMs }) => expectedAtMs > nowMs)
    .toSorted((a, b) => a.expectedAtMs - b.expectedAtMs || compareText(a.location, b.location));
}

/** Units that a place lacks until its safety stock is whole. */
function gapOf({ sellable, reserved, committed, safetyStock }: PlaceTerms): number {
  return Math.max(0, reserved + committed + safetyStock - sellable);
}

function waiting(stock: Stock): readonly Reservation[] {
  return [...stock.waiting].flatMap((id) => stock.live.get(id) ?? []).sort(byAge);
}

export function backorderedIn({ lines }: Pick<Reservation, 'lines'>): number {
  return lines.reduce((total, line) => total + backorderedOf(line), 0);
}

function servesFrom(channel: Channel, at: LocationId, { locations }: Network): boolean {
  return locations.some((location) => location.id === at && serves(channel, location));
}

/** A receipt with the terms of the place that it comes to, also where that is empty now. */
export interface ExpectedReceipt extends Receipt {
  readonly safetyStock: number;
}

export function expectedReceipts(stock: Stock, nowMs: number): readonly ExpectedReceipt[] {
  return inTime(stock.item?.receipts ?? [], nowMs).map((receipt) => {
    return { ...receipt, safetyStock: placeTermsOf(stock, receipt.location).safetyStock };
  });
}

/** What a channel could sell at each date if nothing happened but the receipts up to then (ATP). */
export function availableToPromise(
  terms: Terms,
  receipts: readonly ExpectedReceipt[],
  network: Network,
  channel: ChannelId,
): readonly { readonly expectedAtMs: number; readonly quantity: number }[] {
  return datesOf(receipts, network, channel).map((expectedAtMs) => {
    return { expectedAtMs, quantity: offerBy(expectedAtMs, terms, receipts, network, channel).availableToSell };
  });
}

/** Each date on which something comes to where the channel sells from, in order. */
export function datesOf(receipts: readonly ExpectedReceipt[], network: Network, id: ChannelId): readonly number[] {
  const channel = channelOf(network, id);
  if (channel === undefined) return [];
  const here = receipts.filter(({ location }) => servesFrom(channel, location, network));
  return [...new Set(here.map(({ expectedAtMs }) => expectedAtMs))].toSorted((a, b) => a - b);
}

export function offerBy(
  atMs: number,
  terms: Terms,
  receipts: readonly ExpectedReceipt[],
  network: Network,
  channel: ChannelId,
): Offer {
  const arrived = receipts.filter(({ expectedAtMs }) => expectedAtMs <= atMs);
  return offer(withArrived(terms, arrived), network, channel);
}

function withArrived(terms: Terms, receipts: readonly ExpectedReceipt[]): Terms {
  const places = new Map(terms.places.map((place) => [place.location, place]));
  for (const { location, quantity, safetyStock } of receipts) {
    const place = places.get(location) ?? { location, sellable: 0, reserved: 0, committed: 0, safetyStock };
    places.set(location, { ...place, sellable: place.sellable + quantity });
  }
  return { ...terms, places: [...places.values()] };
}
