import { isActive, isConfirmed, stateOf, type Entry } from '../../domain/channel-lane/entry.ts';
import type { SentLevel } from '../../domain/channel-lane/outcome.ts';
import { LAGS_KEPT_MAX } from '../../domain/channel-lane/limits.ts';
import type { EntryStore } from './entry-store.ts';
import { NEW_STATE, type LaneState } from './lane-state.ts';

interface Receipt {
  readonly way: string;
  readonly listings: Set<string>;
  dueMs: number;
}

/** What the object holds in memory: all listings with which it has something to do, and the calls that are under way. */
export class LaneMemory {
  state: LaneState;
  readonly active = new Map<string, Entry>();
  /** By the id of the call, and within it by listing: what was sent. */
  readonly calls = new Map<string, { readonly way: string; readonly sent: ReadonlyMap<string, SentLevel> }>();
  readonly busy = new Set<string>();
  /** Questions that are under way, by their id. */
  readonly asks = new Map<string, string>();
  readonly receipts = new Map<string, Receipt>();
  /** Listings of which a call may still be carried out. */
  readonly doubts = new Set<string>();
  /** What waited when the object started anew under somebody who sends: which of it was sent is forgotten, until that one says so. */
  forgotten: readonly Entry[] = [];
  readonly #store: EntryStore;

  constructor(store: EntryStore) {
    this.#store = store;
    this.state = store.state() ?? NEW_STATE;
    for (const entry of store.active()) this.#index(null, entry);
    if (this.state.pusher !== null) this.forgotten = this.waiting();
  }

  entry(listing: string): Entry | null {
    return this.active.get(listing) ?? this.#store.entry(listing);
  }

  put(before: Entry | null, after: Entry): void {
    if (before === after) return;
    this.#store.write(after, before);
    this.#index(before, after);
  }

  drop(entry: Entry): void {
    this.#store.remove(entry.listing);
    this.#index(entry, { ...entry, onTheWay: [] });
    this.active.delete(entry.listing);
  }

  /** What was under way to somebody else is nobody's any more. */
  clear(): void {
    this.#store.clear();
    this.forgotten = [];
    for (const one of [this.active, this.calls, this.busy, this.asks, this.receipts, this.doubts]) one.clear();
  }

  /** How long a change took that the channel has confirmed just now. */
  confirmed(before: Entry, after: Entry, nowMs: number): void {
    if (isConfirmed(before) || !isConfirmed(after)) return;
    const { lagsMs, confirmedTotal } = this.state;
    const lags = [...lagsMs, Math.max(0, nowMs - after.wanted.sinceMs)].slice(-LAGS_KEPT_MAX);
    this.state = { ...this.state, lagsMs: lags, confirmedTotal: confirmedTotal + 1 };
  }

  begin(id: string, way: string, sent: ReadonlyMap<string, SentLevel>): void {
    this.calls.set(id, { way, sent });
    for (const listing of sent.keys()) this.busy.add(listing);
  }

  end(id: string): void {
    for (const listing of this.calls.get(id)?.sent.keys() ?? []) this.busy.delete(listing);
    this.calls.delete(id);
  }

  waiting(): Entry[] {
    return [...this.active.values()].filter((entry) => !this.busy.has(entry.listing) && stateOf(entry) === 'waiting');
  }

  #index(before: Entry | null, after: Entry): void {
    const { listing } = after;
    if (isActive(after)) this.active.set(listing, after);
    else this.active.delete(listing);
    for (const { receipt } of before?.onTheWay ?? []) {
      const known = receipt === null ? undefined : this.receipts.get(receipt);
      known?.listings.delete(listing);
      if (receipt !== null && known?.listings.size === 0) this.receipts.delete(receipt);
    }
    this.doubts.delete(listing);
    for (const { receipt, way, untilMs } of after.onTheWay) {
      if (receipt === null) this.doubts.add(listing);
      else {
        const known = this.receipts.get(receipt) ?? { way, listings: new Set(), dueMs: untilMs };
        known.listings.add(listing);
        this.receipts.set(receipt, known);
      }
    }
  }
}
