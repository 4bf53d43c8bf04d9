import { choose } from '../../domain/channel-lane/choose.ts';
import { dueAtMs, isWaiting, newsOf, stateOf, urgencyOf, type Entry } from '../../domain/channel-lane/entry.ts';
import { LEASE_MS } from '../../domain/channel-lane/limits.ts';
import { paceOf } from '../../domain/channel-lane/pace.ts';
import { afterReading } from '../../domain/channel-lane/read-back.ts';
import { want, wantAgain } from '../../domain/channel-lane/want.ts';
import { admit } from '../../domain/lane/admit.ts';
import { newLane, type Lane, type LaneSettings } from '../../domain/lane/lane.ts';
import { report, type CallResult } from '../../domain/lane/report.ts';
import type { EntryStore } from './entry-store.ts';
import { NEW_STATE, type LaneState } from './lane-state.ts';
import { ASKS_MAX, LOOKED_AT_MAX, NEWS_MAX, WAIT_MS_MIN } from './limits.ts';
import { LaneMemory } from './memory.ts';
import type {
  Fill,
  LaneNews,
  LaneSummary,
  LaneVendor,
  LevelsAsked,
  LevelsPage,
  LevelToSend,
  Position,
  ReadBack,
  ReadBackCounts,
  Sending,
  Turn,
  Turned,
} from './protocol.ts';
import { hearAll, loseCalls, passDoubts } from './hear.ts';

export interface KeeperDeps {
  readonly store: EntryStore;
  readonly nowMs: () => number;
  readonly random: () => number;
  readonly newId: () => string;
}

const QUESTIONS = '?';

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
      const before = memory.state;
      const holder = before.pusher;
      const isTaken = holder !== null && holder.id !== asked.pusher && holder.untilMs > nowMs;
      if (!isTaken && holder !== null && holder.id !== asked.pusher) loseCalls(memory, moment, asked.vendor);

      hearAll(memory, asked, moment, (way, id, said) => this.#report(memory, asked.vendor, way, id, said));
      passDoubts(memory, moment);
      if (!isTaken && asked.running === 0) memory.forgotten = [];
      if (isTaken) {
        this.#writeIfTold(memory, before);
        return { turn: 'taken', waitMs: Math.max(WAIT_MS_MIN, holder.untilMs - nowMs) };
      }
      if (asked.leaves === true) {
        const pusher = asked.running > 0 ? { id: asked.pusher, untilMs: nowMs + LEASE_MS } : null;
        this.#write(memory, { ...memory.state, pusher });
        return yours([], [], [], this.#waitMs(memory, null, nowMs));
      }

      memory.state = { ...memory.state, pusher: { id: asked.pusher, untilMs: nowMs + LEASE_MS } };
      // Calls are under way that we know nothing of, since the object started anew: what they carry must not go twice at a time.
      const forgotten = asked.running > memory.calls.size + memory.asks.size;
      const room: { waitMs: number | null } = { waitMs: null };
      const sendings = forgotten ? [] : this.#sendings(memory, asked.vendor, nowMs, room);
      const asks = forgotten ? [] : this.#asks(memory, asked.vendor, nowMs, room);
      if (sendings.length > 0 || holder?.id !== asked.pusher) this.#write(memory, memory.state);
      else this.#writeIfTold(memory, before);
      const waitMs = forgotten ? 1_000 : this.#waitMs(memory, room.waitMs, nowMs);
      return yours(sendings, asks, newsIn(memory), waitMs);
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
    const memory = this.#remembered();
    const nowMs = this.#deps.nowMs();
    const { state } = memory;
    const waiting = memory.waiting();
    const states = [...memory.active.values()].map((entry) => stateOf(entry, memory.busy.has(entry.listing)));
    return {
      listings: this.#deps.store.count(),
      waiting: waiting.length,
      underWay: states.filter((one) => one === 'under_way').length,
      refused: this.#deps.store.refused(),
      oldestWaitingMs:
        waiting.length === 0 ? null : nowMs - waiting.reduce((oldest, { wanted }) => Math.min(oldest, wanted.sinceMs), nowMs),
      soldOutWaiting: waiting.filter((entry) => urgencyOf(entry) === 0).length,
      lagMs: lagsOf(state.lagsMs),
      followedAtMs: this.#followedAtMs,
      swept: state.basis !== null && state.sweepAfter === null,
      ways: Object.entries(state.ways)
        .filter(([name]) => name !== QUESTIONS)
        .map(([name, { breaker, throttledUntilMs }]) => ({
          name,
          state: breaker.state,
          throttledForMs: throttledUntilMs > nowMs ? throttledUntilMs - nowMs : null,
        })),
      sentTotal: state.sentTotal,
      confirmedTotal: state.confirmedTotal,
    };
  }

  levels({ skus, state, after, limit }: LevelsAsked): LevelsPage {
    const { busy } = this.#remembered();
    const { store } = this.#deps;
    const looked = skus === null ? store.page(after, LOOKED_AT_MAX) : skus.flatMap((sku) => store.ofSku(sku));
    const found = looked
      .map((entry) => ({ entry, state: stateOf(entry, busy.has(entry.listing)) }))
      .filter((one) => (state === null || one.state === state) && one.entry.listing > after);
    const items = found.slice(0, limit);
    if (found.length > limit) return { items, next: items.at(-1)?.entry.listing ?? null };
    return { items, next: skus === null && looked.length === LOOKED_AT_MAX ? (looked.at(-1)?.listing ?? null) : null };
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

  #sendings(memory: LaneMemory, vendor: LaneVendor, nowMs: number, room: { waitMs: number | null }): readonly Sending[] {
    const due = memory.waiting().filter((entry) => dueAtMs(entry) <= nowMs);
    if (due.length === 0) return [];
    const ids: string[] = [];
    const chosen = choose(due, vendor.ways, (way) => {
      const id = this.#deps.newId();
      const admitted = this.#admit(memory, vendor, way, id, nowMs, room);
      if (admitted) ids.push(id);
      return admitted;
    });
    return chosen.map(({ way, entries }, place) => {
      const id = ids[place] ?? '';
      const sent = entries.map(({ listing, wanted: { quantity, places, version, low } }) => {
        return [listing, { quantity, places, version, low, way, sentAtMs: nowMs }] as const;
      });
      memory.begin(id, way, new Map(sent));
      memory.state = { ...memory.state, sentTotal: memory.state.sentTotal + entries.length };
      return { id, way, levels: entries.map(levelToSend) };
    });
  }

  #asks(memory: LaneMemory, vendor: LaneVendor, nowMs: number, room: { waitMs: number | null }) {
    const asks: { readonly id: string; readonly receipt: string }[] = [];
    const underWay = new Set(memory.asks.values());
    for (const [receipt, { dueMs }] of memory.receipts) {
      if (dueMs > nowMs || underWay.has(receipt)) continue;
      if (memory.asks.size >= ASKS_MAX) break;
      const id = this.#deps.newId();
      if (!this.#admit(memory, vendor, QUESTIONS, id, nowMs, room)) break;
      memory.asks.set(id, receipt);
      asks.push({ id, receipt });
    }
    return asks;
  }

  #admit(
    memory: LaneMemory,
    vendor: LaneVendor,
    way: string,
    id: string,
    nowMs: number,
    room: { waitMs: number | null },
  ): boolean {
    const settings = settingsOf(vendor, way);
    const admission = admit(memory.state.ways[way] ?? newLane(settings, nowMs), settings, id, nowMs);
    memory.state = { ...memory.state, ways: { ...memory.state.ways, [way]: admission.lane } };
    if (!admission.admitted) room.waitMs = Math.min(room.waitMs ?? Infinity, admission.waitMs);
    return admission.admitted;
  }

  #report(memory: LaneMemory, vendor: LaneVendor, way: string | null, id: string, said: CallResult): void {
    const name = way ?? QUESTIONS;
    const settings = settingsOf(vendor, name);
    const nowMs = this.#deps.nowMs();
    const lane: Lane = memory.state.ways[name] ?? newLane(settings, nowMs);
    const after = report(lane, settings, id, said, { nowMs, random: this.#deps.random() });
    memory.state = { ...memory.state, ways: { ...memory.state.ways, [name]: after } };
  }

  /** When somebody may find something to do. */
  #waitMs(memory: LaneMemory, roomMs: number | null, nowMs: number): number | null {
    const dueMs = [
      ...memory.waiting().map((entry) => Math.max(dueAtMs(entry), nowMs + (roomMs ?? 0))),
      ...[...memory.receipts.values()].map((receipt) => Math.max(receipt.dueMs, nowMs + (roomMs ?? 0))),
      ...[...memory.doubts].flatMap((listing) => memory.active.get(listing)?.onTheWay.map(({ untilMs }) => untilMs) ?? []),
    ];
    if (dueMs.length === 0) return null;
    return Math.max(WAIT_MS_MIN, dueMs.reduce((least, one) => Math.min(least, one)) - nowMs);
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

function yours(
  sendings: readonly Sending[],
  asks: readonly { readonly id: string; readonly receipt: string }[],
  news: readonly LaneNews[],
  waitMs: number | null,
): Turned {
  return { turn: 'yours', leaseMs: LEASE_MS, sendings, asks, news, waitMs };
}

function levelToSend({ listing, wanted: { quantity, places, version, low }, shown }: Entry): LevelToSend {
  const believed = shown === null ? null : { quantity: shown.quantity, places: shown.places };
  return { listing, quantity, places, low, version, believed };
}

function newsIn({ active }: LaneMemory): readonly LaneNews[] {
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

function settingsOf({ ways, questions, slower }: LaneVendor, name: string): LaneSettings {
  return paceOf(ways.find((way) => way.name === name) ?? questions, slower[name] ?? null);
}

function isSamePlace(a: LaneState, b: LaneState): boolean {
  return a.cursor === b.cursor && a.basis === b.basis && a.target === b.target && a.sweepAfter === b.sweepAfter;
}

function lagsOf(lagsMs: readonly number[]): LaneSummary['lagMs'] {
  if (lagsMs.length === 0) return null;
  const sorted = lagsMs.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { p50: at(0.5), p95: at(0.95), of: sorted.length };
}
