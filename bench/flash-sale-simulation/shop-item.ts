import type { Answer, Command } from '../../domain/command.ts';
import type { Context } from '../../domain/decision.ts';
import { demandSince, noteDemand, noteReader } from '../../domain/demand.ts';
import { freshForMs } from '../../domain/freshness.ts';
import type { ChannelId, LocationId, ReservationId, Sku } from '../../domain/ids.ts';
import { nextDeadline } from '../../domain/lapse.ts';
import type { Network } from '../../domain/network.ts';
import { offer, type Terms } from '../../domain/offer.ts';
import type { Snapshot } from '../../domain/snapshot.ts';
import { DEFAULT_POLICY, emptyStock, type Stock } from '../../domain/stock.ts';
import { termsOf } from '../../domain/terms.ts';
import { turn } from '../../domain/turn.ts';

const DAY_MS = 86_400_000;

const CHANNEL = 'web' as ChannelId;
const LOCATION = 'dc' as LocationId;
export const NETWORK: Network = {
  version: 1,
  locations: [{ id: LOCATION, priority: 100, stopSell: false }],
  channels: [{ id: CHANNEL, locations: null, buffer: 0, class: 100, stopSell: false }],
};

export interface Freshness {
  /** How long a snapshot may be served at most (FRESH_FOR_MS_MAX). */
  readonly freshForMsMax: number;
  /** Whether the object shortens that by demand; else every snapshot is served for as long. */
  readonly adapts: boolean;
}

/** One item by the real rules, without a runtime: what it has, what was asked of it, and for how long its number is good. */
export class ShopItem {
  readonly stock: Stock = emptyStock('FLASH' as Sku);
  readonly #freshness: Freshness;
  /** Nobody asked for it before, which the object has seen. */
  readonly #demand = demandSince(-DAY_MS);

  constructor(freshness: Freshness) {
    this.#freshness = freshness;
    this.decide({ type: 'set_item', status: 'active', policy: DEFAULT_POLICY }, 0);
  }

  decide(command: Command, nowMs: number): Answer {
    const { answer } = turn(this.stock, command, this.#context(nowMs), null);
    noteDemand(this.#demand, command, answer, this.#atMs(nowMs));
    return answer;
  }

  snapshot(nowMs: number): Snapshot {
    const asOfMs = this.#atMs(nowMs);
    const { adapts, freshForMsMax } = this.#freshness;
    const terms = termsOf(this.stock, this.#context(nowMs));
    const untilMs = nextDeadline(this.stock)?.atMs ?? Infinity;
    const byDemandMs = adapts ? freshForMs(terms, NETWORK, this.#demand, asOfMs, freshForMsMax) : freshForMsMax;
    const shownMs = Math.max(0, Math.min(byDemandMs, untilMs - asOfMs));
    noteReader(this.#demand, shownMs, asOfMs);
    return { sku: this.stock.sku, status: 'active', terms, sequence: this.stock.sequence, asOfMs, freshForMs: shownMs };
  }

  availableAt(nowMs: number): number {
    return availableIn(termsOf(this.stock, this.#context(nowMs)));
  }

  #context(nowMs: number): Context {
    return {
      nowMs: this.#atMs(nowMs),
      waitingSinceMs: null,
      network: NETWORK,
      books: NO_COUNTS,
      buyers: { boughtSince: () => [] },
      pinOutcomeMs: DAY_MS,
    };
  }

  #atMs(nowMs: number): number {
    return Math.max(Math.floor(nowMs), this.stock.lastNowMs);
  }
}

export function availableIn(terms: Terms): number {
  return offer(terms, NETWORK, CHANNEL).availableToSell;
}

export function reserve(reservation: ReservationId, quantity = 1): Command {
  const lines = [{ line: 1, quantity, at: null }];
  const wish = { lines, mode: 'all_or_nothing', split: 'allowed' } as const;
  return { type: 'reserve', reservation, channel: CHANNEL, buyer: null, ttlMs: 900_000, ...wish };
}

// Nobody counts meanwhile.
const NO_COUNTS: Context['books'] = {
  notInErp: () => [],
  beyond: () => [],
  since: () => [],
  stoodStill: () => true,
  oldestMark: 0,
  oldestMs: 0,
};
