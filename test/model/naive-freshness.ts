// R90 as docs/spec.md states it: everything that was ever asked is kept and added up anew. No code of the core is used here.
import type { ChannelId, LocationId } from '../../domain/ids.ts';
import type { Network } from '../../domain/network.ts';
import type { Terms } from '../../domain/offer.ts';
import { naiveOffer } from './naive-offer.ts';

export interface Remembered {
  readonly wokeAtMs: number;
  /** Refused, so that a place counts only where it was named. */
  readonly asked: readonly {
    readonly atMs: number;
    readonly quantity: number;
    readonly channel: ChannelId;
    readonly at: LocationId | null;
  }[];
  /** Until when each copy may be shown. */
  readonly copies: readonly number[];
}

export function naiveFreshness(
  terms: Terms,
  network: Network,
  { wokeAtMs, asked, copies: shown }: Remembered,
  nowMs: number,
  maxMs: number,
): number {
  const perMs = (counts: (one: Remembered['asked'][number]) => boolean): number => {
    let rate = 0;
    for (const one of asked) if (counts(one)) rate += (one.quantity / 2_000) * Math.E ** -((nowMs - one.atMs) / 2_000);
    return rate;
  };
  const copies = shown.filter((untilMs) => untilMs > nowMs).length;
  const longest = Math.min(maxMs, Math.max(1_000, nowMs - wokeAtMs));
  const all = perMs(() => true);

  const gone: number[] = [];
  for (const { id } of network.channels) {
    const { any, places } = naiveOffer(terms, network, id);
    if (any === 0) continue;
    const quota = terms.quotas.find((one) => one.channel === id);
    const isUnderItsCap = quota !== undefined && quota.cap !== null && quota.cap - quota.consumed === any;
    gone.push(any / 10 / (isUnderItsCap ? perMs(({ channel }) => channel === id) : all));
    for (const [location, left] of places) if (left > 0) gone.push(left / 10 / perMs(({ at }) => at === location));
  }
  if (gone.length === 0) return Math.min(longest, Math.max(1_000, copies * 10, 1 / 10 / all));
  const wary = copies > 20 ? Math.min(longest, 1_000) : longest;
  const atLeast = Math.min(1_000, Math.max(50, copies * 4));
  return Math.min(wary, Math.max(atLeast, Math.min(...gone)));
}
