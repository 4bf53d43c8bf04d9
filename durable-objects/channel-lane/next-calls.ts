import { choose } from '../../domain/channel-lane/choose.ts';
import { dueAtMs, type Entry } from '../../domain/channel-lane/entry.ts';
import { paceOf } from '../../domain/channel-lane/pace.ts';
import { admit } from '../../domain/lane/admit.ts';
import { newLane, type LaneSettings } from '../../domain/lane/lane.ts';
import { report, type CallResult } from '../../domain/lane/report.ts';
import { ASKS_MAX, WAIT_MS_MIN } from './limits.ts';
import type { LaneMemory } from './memory.ts';
import type { LaneVendor, LevelToSend, Sending } from './protocol.ts';

export interface NextCalls {
  readonly sendings: readonly Sending[];
  readonly asks: readonly Ask[];
  /** When somebody may find something to do; null: not before something changes. */
  readonly waitMs: number | null;
}

/** A question about what became of a receipt. */
interface Ask {
  readonly id: string;
  readonly receipt: string;
}

interface Given {
  readonly nowMs: number;
  readonly newId: () => string;
}

const QUESTIONS = '?';

/** What goes out now, as far as the pace of each way allows. */
export function nextCalls(memory: LaneMemory, vendor: LaneVendor, { nowMs, newId }: Given): NextCalls {
  let roomMs: number | null = null;
  const begin = (way: string): string | null => {
    const id = newId();
    const settings = settingsOf(vendor, way);
    const admission = admit(memory.state.ways[way] ?? newLane(settings, nowMs), settings, id, nowMs);
    memory.state = { ...memory.state, ways: { ...memory.state.ways, [way]: admission.lane } };
    if (admission.admitted) return id;
    roomMs = Math.min(roomMs ?? Infinity, admission.waitMs);
    return null;
  };
  const sendings = nextSendings(memory, vendor, begin, nowMs);
  const asks = nextAsks(memory, begin, nowMs);
  return { sendings, asks, waitMs: waitMs(memory, roomMs, nowMs) };
}

/** How a call went, for the pace of its way; null: a question. */
export function noteCall(
  memory: LaneMemory,
  vendor: LaneVendor,
  way: string | null,
  id: string,
  said: CallResult,
  moment: { readonly nowMs: number; readonly random: number },
): void {
  const name = way ?? QUESTIONS;
  const settings = settingsOf(vendor, name);
  const lane = memory.state.ways[name] ?? newLane(settings, moment.nowMs);
  memory.state = { ...memory.state, ways: { ...memory.state.ways, [name]: report(lane, settings, id, said, moment) } };
}

/** When somebody may find something to do. `roomMs`: so long no call is let in. */
export function waitMs(memory: LaneMemory, roomMs: number | null, nowMs: number): number | null {
  const notBeforeMs = nowMs + (roomMs ?? 0);
  const dueMs = [
    ...memory.waiting().map((entry) => Math.max(dueAtMs(entry), notBeforeMs)),
    ...[...memory.receipts.values()].map((receipt) => Math.max(receipt.dueMs, notBeforeMs)),
    ...[...memory.doubts].flatMap((listing) => memory.active.get(listing)?.onTheWay.map(({ untilMs }) => untilMs) ?? []),
  ];
  if (dueMs.length === 0) return null;
  return Math.max(WAIT_MS_MIN, dueMs.reduce((least, one) => Math.min(least, one)) - nowMs);
}

/** Those of the vendor's ways that levels take. */
export function isForLevels(way: string): boolean {
  return way !== QUESTIONS;
}

/** Answers the id of a call that may begin now, or null. */
type Begin = (way: string) => string | null;

function nextSendings(memory: LaneMemory, { ways }: LaneVendor, begin: Begin, nowMs: number): readonly Sending[] {
  const due = memory.waiting().filter((entry) => dueAtMs(entry) <= nowMs);
  if (due.length === 0) return [];
  const ids: string[] = [];
  const chosen = choose(due, ways, (way) => {
    const id = begin(way);
    if (id !== null) ids.push(id);
    return id !== null;
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

function nextAsks(memory: LaneMemory, begin: Begin, nowMs: number): readonly Ask[] {
  const asks: Ask[] = [];
  const underWay = new Set(memory.asks.values());
  for (const [receipt, { dueMs }] of memory.receipts) {
    if (dueMs > nowMs || underWay.has(receipt)) continue;
    if (memory.asks.size >= ASKS_MAX) break;
    const id = begin(QUESTIONS);
    if (id === null) break;
    memory.asks.set(id, receipt);
    asks.push({ id, receipt });
  }
  return asks;
}

function levelToSend({ listing, wanted: { quantity, places, version, low }, shown }: Entry): LevelToSend {
  const believed = shown === null ? null : { quantity: shown.quantity, places: shown.places };
  return { listing, quantity, places, low, version, believed };
}

function settingsOf({ ways, questions, slower }: LaneVendor, name: string): LaneSettings {
  return paceOf(ways.find((way) => way.name === name) ?? questions, slower[name] ?? null);
}
