import { newsOf, stateOf, urgencyOf } from '../../domain/channel-lane/entry.ts';
import type { EntryStore } from './entry-store.ts';
import { LOOKED_AT_MAX, NEWS_MAX } from './limits.ts';
import type { LaneMemory } from './memory.ts';
import { isForLevels } from './next-calls.ts';
import type { LaneNews, LaneSummary, LevelsAsked, LevelsPage } from './protocol.ts';

/** How the lane does, for people and for /metrics. */
export function summaryOf(memory: LaneMemory, store: EntryStore, followedAtMs: number | null, nowMs: number): LaneSummary {
  const { state } = memory;
  const waiting = memory.waiting();
  const states = [...memory.active.values()].map((entry) => stateOf(entry, memory.busy.has(entry.listing)));
  return {
    listings: store.count(),
    waiting: waiting.length,
    underWay: states.filter((one) => one === 'under_way').length,
    refused: store.refused(),
    oldestWaitingMs:
      waiting.length === 0 ? null : nowMs - waiting.reduce((oldest, { wanted }) => Math.min(oldest, wanted.sinceMs), nowMs),
    soldOutWaiting: waiting.filter((entry) => urgencyOf(entry) === 0).length,
    lagMs: lagsOf(state.lagsMs),
    followedAtMs,
    swept: state.basis !== null && state.sweepAfter === null,
    ways: Object.entries(state.ways)
      .filter(([name]) => isForLevels(name))
      .map(([name, { breaker, throttledUntilMs }]) => ({
        name,
        state: breaker.state,
        throttledForMs: throttledUntilMs > nowMs ? throttledUntilMs - nowMs : null,
      })),
    sentTotal: state.sentTotal,
    confirmedTotal: state.confirmedTotal,
  };
}

/** Listings of these items, or all from a place on, in one state or in any. */
export function levelsPage({ busy }: LaneMemory, store: EntryStore, { skus, state, after, limit }: LevelsAsked): LevelsPage {
  const looked = skus === null ? store.page(after, LOOKED_AT_MAX) : skus.flatMap((sku) => store.ofSku(sku));
  const found = looked
    .map((entry) => ({ entry, state: stateOf(entry, busy.has(entry.listing)) }))
    .filter((one) => (state === null || one.state === state) && one.entry.listing > after);
  const items = found.slice(0, limit);
  if (found.length > limit) return { items, next: items.at(-1)?.entry.listing ?? null };
  return { items, next: skus === null && looked.length === LOOKED_AT_MAX ? (looked.at(-1)?.listing ?? null) : null };
}

/** Which cases are to be opened and closed. */
export function newsIn({ active }: LaneMemory): readonly LaneNews[] {
  const news: LaneNews[] = [];
  for (const entry of active.values()) {
    const { listing, sku, refused, drift, wanted } = entry;
    for (const { about, open } of newsOf(entry)) {
      const { code = null, detail = null, atMs = 0 } = refused ?? {};
      news.push({
        about,
        open,
        listing,
        sku,
        code,
        detail,
        drift,
        wanted: wanted.quantity,
        atMs: about === 'refused' ? atMs : (drift?.sinceMs ?? 0),
      });
    }
    if (news.length >= NEWS_MAX) break;
  }
  return news;
}

function lagsOf(lagsMs: readonly number[]): LaneSummary['lagMs'] {
  if (lagsMs.length === 0) return null;
  const sorted = lagsMs.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { p50: at(0.5), p95: at(0.95), of: sorted.length };
}
