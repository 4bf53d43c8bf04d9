import type { Event } from '../../domain/event.ts';
import { levelOf, type ItemLevel } from '../../domain/level.ts';
import { offer, type Offer } from '../../domain/offer.ts';
import { withOwed } from '../../domain/owed.ts';
import { offeredAt, offeredAtOnePlace } from '../model/offered.ts';
import { availableToPromise, expectedReceipts, promisedAtMs } from '../../domain/promise.ts';
import { consumedUnder } from '../../domain/quotas.ts';
import { statusOf } from '../../domain/reservation.ts';
import { onHandAt, type Line, type StockStatus } from '../../domain/stock.ts';
import { termsOf } from '../../domain/terms.ts';
import { tidy } from '../../domain/turn.ts';
import { expectOfferAddsUp } from '../adds-up.ts';
import { ALL_IN_SIGHT } from './buyers.ts';
import { channel, location, reservationId } from './ids.ts';
import type { Question, World } from './story.ts';

/** What a channel may sell, as a reader is told: time passes first. */
export function ats(id = 'web'): Question {
  return { ask: (world, nowMs) => offered(world, nowMs, id).availableToSell };
}

export function atsAt(at: string, id = 'web'): Question {
  return { ask: (world, nowMs) => offeredAt(offered(world, nowMs, id), location(at)) };
}

/** What a channel is shown of the item. */
export function shown(id: string): Question {
  return { ask: (world, nowMs) => levelNow(world, nowMs, id).quantity };
}

/** The same at each place that has anything. */
export function shownAt(id: string): Question {
  return {
    ask: (world, nowMs) => {
      const there = levelNow(world, nowMs, id).places.filter(({ quantity }) => quantity > 0);
      return Object.fromEntries(there.map(({ location: at, quantity }) => [at, quantity]));
    },
  };
}

function levelNow(world: World, clockMs: number, id: string): ItemLevel {
  passTime(world, clockMs);
  const { stock, network, books } = world;
  const nowMs = Math.max(clockMs, stock.lastNowMs);
  const terms = withOwed(termsOf(stock, { nowMs, waitingSinceMs: books.waitingSinceMs() }), stock, network);
  const item = { sku: stock.sku, kit: null, parts: [{ units: 1, snapshot: { status: 'active', terms } as const }] };
  return levelOf(item, network, channel(id));
}

/** What a channel has consumed under its quota, whether that holds now or not. */
export function consumed(id: string): Question {
  return {
    ask: ({ stock }) => {
      const quota = stock.item?.policy.quotas.find((one) => one.channel === channel(id));
      return quota === undefined ? null : consumedUnder(stock, quota);
    },
  };
}

export function atsOfOnePlace(id = 'web'): Question {
  return { ask: (world, nowMs) => offeredAtOnePlace(offered(world, nowMs, id)) };
}

/** [R27] Whatever number is asked for, its terms add up to it. */
function offered(world: World, clockMs: number, id: string): Offer {
  passTime(world, clockMs);
  const nowMs = Math.max(clockMs, world.stock.lastNowMs);
  const terms = termsOf(world.stock, { nowMs, waitingSinceMs: world.books.waitingSinceMs() });
  const found = offer(terms, world.network, channel(id));
  const { channels } = world.network;
  expectOfferAddsUp(found, terms.stopSell || channels.some((one) => one.id === channel(id) && one.stopSell));
  return found;
}

function passTime(world: World, clockMs: number): readonly Event[] {
  const nowMs = Math.max(clockMs, world.stock.lastNowMs);
  const entries = tidy(world.stock, {
    nowMs,
    waitingSinceMs: world.books.waitingSinceMs(),
    network: world.network,
    books: world.books,
    buyers: ALL_IN_SIGHT,
    pinOutcomeMs: 0,
  });
  world.books.record(entries);
  return entries.map(({ event }) => event);
}

/** The alarm rings. */
export const alarm: Question = { ask: passTime };

export function status(id: string): Question {
  return { ask: ({ stock }) => statusOfReservation(stock.live.get(reservationId(id))) };
}

function statusOfReservation(reservation: Parameters<typeof statusOf>[0] | undefined) {
  return reservation === undefined ? 'unknown' : statusOf(reservation);
}

/** Units of a line by class, only those that are not 0. */
export function units(id: string, line = 1): Question {
  return {
    ask: ({ stock }) => {
      const found = stock.live.get(reservationId(id))?.lines.find((one) => one.line === line);
      return found === undefined ? {} : classes(found);
    },
  };
}

function classes({ open, owed, fulfilled, cancelled, released, expired }: Line): object {
  const all = { open, owed, fulfilled, cancelled, released, expired };
  return Object.fromEntries(Object.entries(all).filter(([, quantity]) => quantity > 0));
}

/** Where the units of a line are promised, by location. */
export function placesOf(id: string, line = 1): Question {
  return {
    ask: ({ stock }) => {
      const found = stock.live.get(reservationId(id))?.lines.find((one) => one.line === line);
      const all = [...(found?.openAt ?? []), ...(found?.owedAt ?? [])];
      return Object.fromEntries(all.map((placed) => [placed.location, placed.quantity]));
    },
  };
}

export function onHand(at = 'dc', of: StockStatus = 'sellable'): Question {
  return { ask: ({ stock }) => onHandAt(stock, { location: location(at), status: of }) };
}

/** By when a reservation that waits is expected to have everything. */
export function promised(id: string): Question {
  return {
    ask: ({ stock, network, books }, clockMs) => {
      const one = stock.live.get(reservationId(id));
      const nowMs = Math.max(clockMs, stock.lastNowMs);
      const context = { nowMs, waitingSinceMs: books.waitingSinceMs(), network };
      return (one && promisedAtMs(stock, one, context)) ?? 'no date';
    },
  };
}

/** What a channel could sell at each date, as [date, units]. */
export function toPromise(id = 'web'): Question {
  return {
    ask: ({ stock, network, books }, nowMs) => {
      const terms = termsOf(stock, { nowMs, waitingSinceMs: books.waitingSinceMs() });
      const dated = availableToPromise(terms, expectedReceipts(stock, nowMs), network, channel(id));
      return dated.map(({ expectedAtMs, quantity }) => [expectedAtMs, quantity]);
    },
  };
}

export const backordered: Question = { ask: ({ stock }) => stock.backordered };

/** Open cases, as [kind, units]. */
export const cases: Question = {
  ask: ({ stock }) => [...stock.cases.values()].map(({ about, difference }) => [about.kind, difference]),
};

/** The network changes from here on. */
export function sellThrough(network: World['network']): Question {
  return {
    ask: (world) => {
      world.network = network;
    },
  };
}

/** The posting of an entry leaves, and its answer is awaited. */
export function sendPosting(sequence: number): Question {
  return { ask: ({ books }) => entryOf(books.entries, sequence, (entry) => books.sent(entry)) };
}

/** The ERP answers: it holds the entry since this mark. */
export function acknowledge(sequence: number, mark: number | null): Question {
  return { ask: ({ books }, nowMs) => entryOf(books.entries, sequence, (entry) => books.posted(entry, mark, nowMs)) };
}

export function forgetPostingsUpTo(mark: number): Question {
  return {
    ask: ({ books }) => {
      books.oldestMark = mark + 1;
    },
  };
}

function entryOf<T extends { readonly sequence: number }>(
  entries: readonly T[],
  sequence: number,
  then: (entry: T) => void,
): void {
  const entry = entries.find((one) => one.sequence === sequence);
  if (entry === undefined) throw new Error(`the story has no entry ${sequence}`);
  then(entry);
}
