import { isWaiting, stateOf } from '../../domain/channel-lane/entry.ts';
import { LEASE_MS } from '../../domain/channel-lane/limits.ts';
import { afterReading } from '../../domain/channel-lane/read-back.ts';
import { want, wantAgain } from '../../domain/channel-lane/want.ts';
import type { EntryStore } from './entry-store.ts';
import { hearAll, loseCalls, passDoubts } from './hear.ts';
import { NEW_STATE, type LaneState } from './lane-state.ts';
import { KNOWN_AGAIN_MS, WAIT_MS_MIN } from './limits.ts';
import { LaneMemory } from './memory.ts';
import { nextCalls, noteCall, waitMs } from './next-calls.ts';
import type { Fill, LaneSummary, LevelsAsked, LevelsPage, Position, ReadBack, ReadBackCounts, Turn, Turned } from './protocol.ts';
import { levelsPage, newsIn, summaryOf } from './seen.ts';

export interface KeeperDeps {
  readonly store: EntryStore;
  readonly nowMs: () => number;
  readonly random: () => number;
  readonly newId: () => string;
}

/** What each listing of a channel is to show and shows, and whose turn it is to send what. Rules are in `domain/channel-lane/`. */
export class Keeper {
  readonly #deps: KeeperDeps;
  #memory: LaneMemory | null = null;
  #followedAtMs: number | null = null;

  constructor(deps: KeeperDeps) {
    this.#deps = deps;
  }

  position(): Position {
    const { state, active } = this.#remembered();
    const { revision, cursor, basis, target, sweepAfter } = state;
    // What is refused waits for nobody here: were it counted, a channel that does not list most of a catalogue would hear of no more of it.
    const waiting = [...active.values()].filter((entry) => isWaiting(entry) || entry.onTheWay.length > 0).length;
    return { revision, cursor, basis, target, sweepAfter, waiting };
  }

  fill({ revision, items, cursor, basis, target, sweepAfter, readAtMs }: Fill): boolean {
    return this.#atOnce((memory) => {
      const { state } = memory;
      if (state.revision !== revision) return false;
      if (state.target !== target) {
        memory.clear();
        memory.state = { ...NEW_STATE, revision, ways: state.ways, pusher: state.pusher };
      }
      // A name may pass from one item to another, and these come in any order.
      const ours = new Set(items.flatMap(({ levels }) => levels.map(({ listing }) => listing)));
      for (const { sku, levels } of items) {
        for (const entry of this.#deps.store.ofSku(sku)) if (!ours.has(entry.listing)) memory.drop(entry);
        for (const level of levels) {
          const before = memory.entry(level.listing);
          memory.put(before, want(before, { ...level, sku }, memory.busy.has(level.listing), this.#deps.nowMs()));
        }
      }
      this.#followedAtMs = readAtMs;
      const filled = { ...memory.state, cursor, basis, target, sweepAfter };
      if (items.length > 0 || !isSamePlace(state, filled)) this.#write(memory, { ...filled, revision: revision + 1 });
      return true;
    });
  }

  turn(asked: Turn): Turned {
    return this.#atOnce((memory) => {
      const nowMs = this.#deps.nowMs();
      const moment = { nowMs, random: this.#deps.random() };
      const { vendor, pusher: id } = asked;
      const before = memory.state;
      const holder = before.pusher;
      const isTaken = holder !== null && holder.id !== id && holder.untilMs > nowMs;
      if (!isTaken && holder !== null && holder.id !== id) loseCalls(memory, moment, vendor);

      hearAll(memory, asked, moment, (way, call, said) =>
        noteCall(memory, vendor, way, call, said, { nowMs, random: this.#deps.random() }),
      );
      passDoubts(memory, moment);
      if (!isTaken && asked.running === 0) memory.forgotten = [];
      if (isTaken) {
        this.#writeIfTold(memory, before);
        return { turn: 'taken', waitMs: Math.max(WAIT_MS_MIN, holder.untilMs - nowMs) };
      }
      if (asked.leaves === true) {
        const pusher = asked.running > 0 ? { id, untilMs: nowMs + LEASE_MS } : null;
        this.#write(memory, { ...memory.state, pusher });
        return { turn: 'yours', leaseMs: LEASE_MS, sendings: [], asks: [], news: [], waitMs: waitMs(memory, null, nowMs) };
      }

      memory.state = { ...memory.state, pusher: { id, untilMs: nowMs + LEASE_MS } };
      // Calls are under way that we know nothing of, since the object started anew: what they carry must not go twice at a time.
      const forgotten = asked.running > memory.calls.size + memory.asks.size;
      const next = forgotten
        ? { sendings: [], asks: [], waitMs: KNOWN_AGAIN_MS }
        : nextCalls(memory, vendor, { nowMs, newId: this.#deps.newId });
      if (next.sendings.length > 0 || holder?.id !== id) this.#write(memory, memory.state);
      else this.#writeIfTold(memory, before);
      return { turn: 'yours', leaseMs: LEASE_MS, ...next, news: newsIn(memory) };
    });
  }

  sendAgain(listings: readonly string[] | null): number {
    return this.#atOnce((memory) => {
      const named = listings === null ? [...memory.active.values()] : listings.flatMap((listing) => memory.entry(listing) ?? []);
      const left = named.filter((entry) => ['refused', 'left'].includes(stateOf(entry, memory.busy.has(entry.listing))));
      for (const entry of left) memory.put(entry, { ...wantAgain(entry, this.#deps.nowMs()), drift: null });
      return left.length;
    });
  }

  seen(): LaneSummary {
    return summaryOf(this.#remembered(), this.#deps.store, this.#followedAtMs, this.#deps.nowMs());
  }

  levels(asked: LevelsAsked): LevelsPage {
    return levelsPage(this.#remembered(), this.#deps.store, asked);
  }

  toReadBack(most: number): { readonly listings: readonly string[]; readonly more: boolean } {
    return this.#atOnce((memory) => {
      const { state } = memory;
      const page = this.#deps.store.page(state.readBackAfter, most);
      if (page.length === 0 && state.readBackAfter === '') return { listings: [], more: false };
      const ended = page.length < most;
      const sweeping = state.sweeping && !ended;
      this.#write(memory, { ...state, readBackAfter: ended ? '' : (page.at(-1)?.listing ?? ''), sweeping });
      // Where a lost call may still come into force, it is looked first.
      const doubtful = [...memory.doubts].slice(0, most).flatMap((listing) => memory.active.get(listing) ?? []);
      const confirmed = [...doubtful, ...page].filter((entry) => stateOf(entry, memory.busy.has(entry.listing)) === 'confirmed');
      return { listings: [...new Set(confirmed.map(({ listing }) => listing))].slice(0, most), more: sweeping };
    });
  }

  sweep(): void {
    this.#atOnce((memory) => this.#write(memory, { ...memory.state, readBackAfter: '', sweeping: true }));
  }

  readBack({ seen, onDrift }: ReadBack): ReadBackCounts {
    return this.#atOnce((memory) => {
      const counts = { compared: 0, late: 0, rejected: 0, changed_by_hand: 0, unmapped: 0 };
      for (const { listing, shown } of seen) {
        const entry = memory.entry(listing);
        if (entry === null) continue;
        const after = afterReading(entry, shown, memory.busy.has(listing), { onDrift }, this.#deps.nowMs());
        memory.put(entry, after);
        counts.compared += 1;
        if (after !== entry && after.drift !== null) counts[after.drift.class] += 1;
      }
      return counts;
    });
  }

  /** What a restart must know and nobody else will tell: that a channel wants to be left alone. */
  #writeIfTold(memory: LaneMemory, before: LaneState): void {
    const told = ({ ways }: LaneState): string =>
      JSON.stringify(Object.values(ways).map(({ breaker, throttledUntilMs }) => [breaker.state, throttledUntilMs]));
    if (told(before) !== told(memory.state)) this.#write(memory, memory.state);
  }

  #write(memory: LaneMemory, state: LaneState): void {
    memory.state = state;
    this.#deps.store.writeState(state);
  }

  #remembered(): LaneMemory {
    return (this.#memory ??= new LaneMemory(this.#deps.store));
  }

  /** Who throws has changed nothing: rows are rolled back, and memory is read anew from them. */
  #atOnce<Result>(work: (memory: LaneMemory) => Result): Result {
    const memory = this.#remembered();
    try {
      return this.#deps.store.atOnce(() => work(memory));
    } catch (error) {
      this.#memory = null;
      throw error;
    }
  }
}

function isSamePlace(a: LaneState, b: LaneState): boolean {
  return a.cursor === b.cursor && a.basis === b.basis && a.target === b.target && a.sweepAfter === b.sweepAfter;
}
