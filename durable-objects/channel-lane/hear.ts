import type { Entry } from '../../domain/channel-lane/entry.ts';
import {
  afterCall,
  afterLateCall,
  afterResult,
  isGivenUp,
  type Moment,
  type Result,
  type SentLevel,
} from '../../domain/channel-lane/outcome.ts';
import type { CallResult } from '../../domain/lane/report.ts';
import { LATE_MS } from '../../domain/channel-lane/limits.ts';
import { ASK_AGAIN_MS } from './limits.ts';
import type { LaneMemory } from './memory.ts';
import type { AskedReport, LaneVendor, SentReport, Turn } from './protocol.ts';

/** How a call went, for the pace of its way; null: a question. */
export type Pace = (way: string | null, id: string, said: CallResult) => void;

export type Now = Omit<Moment, 'lateMs'>;

/** All that a pusher reports: what channels answered, what became of files, which cases were opened and closed. */
export function hearAll(memory: LaneMemory, { sent, asked, told, vendor }: Turn, now: Now, pace: Pace): void {
  for (const { listing, about, open } of told) {
    const entry = memory.entry(listing);
    if (entry !== null && entry.told[about] !== open) memory.put(entry, { ...entry, told: { ...entry.told, [about]: open } });
  }
  for (const one of sent) hearSent(memory, one, momentOf(now, vendor, one.way), pace);
  for (const one of asked) {
    hearAsked(memory, one, momentOf(now, vendor, memory.receipts.get(one.receipt)?.way), pace);
  }
}

/** Calls of somebody who is given up: each may have been carried out. */
export function loseCalls(memory: LaneMemory, now: Now, vendor: LaneVendor): void {
  for (const [id, { way, sent }] of memory.calls) {
    memory.end(id);
    for (const [listing, level] of sent) {
      const entry = memory.entry(listing);
      if (entry !== null) memory.put(entry, afterCall(entry, level, { outcome: 'unknown' }, momentOf(now, vendor, way)));
    }
  }
  memory.asks.clear();
  loseForgotten(memory, now, vendor);
}

/** He and the object died together: whatever waited then may have been sent, by the way whose calls come latest. */
function loseForgotten(memory: LaneMemory, now: Now, vendor: LaneVendor): void {
  const latest = vendor.ways.toSorted((a, b) => (b.lateMs ?? LATE_MS) - (a.lateMs ?? LATE_MS))[0]?.name ?? '';
  for (const { listing, wanted } of memory.forgotten) {
    const entry = memory.entry(listing);
    if (entry === null) continue;
    const { quantity, places, version, low } = wanted;
    const sent: SentLevel = { quantity, places, version, low, way: latest, sentAtMs: now.nowMs };
    memory.put(entry, afterCall(entry, sent, { outcome: 'unknown' }, momentOf(now, vendor, latest)));
  }
  memory.forgotten = [];
}

/** What may have come late has come by now, or never will. */
export function passDoubts(memory: LaneMemory, now: Now): void {
  const moment = { ...now, lateMs: LATE_MS };
  for (const listing of memory.doubts) {
    for (;;) {
      const entry = memory.entry(listing);
      const over = entry?.onTheWay.find((one) => one.receipt === null && isGivenUp(one, moment.nowMs));
      if (entry === null || over === undefined) break;
      memory.put(entry, afterResult(entry, over, { result: 'too_late' }, moment, memory.busy.has(listing)));
    }
  }
}

function momentOf(now: Now, { ways }: LaneVendor, name: string | undefined): Moment {
  return { ...now, lateMs: ways.find((way) => way.name === name)?.lateMs ?? LATE_MS };
}

function hearSent(memory: LaneMemory, { id, way, levels, retryAfterMs, ms }: SentReport, moment: Moment, pace: Pace): void {
  const known = memory.calls.has(id);
  memory.end(id);
  for (const { listing, said, ...numbers } of levels) {
    const entry = memory.entry(listing);
    if (entry === null) continue;
    const sent: SentLevel = { ...numbers, way, sentAtMs: moment.nowMs - ms };
    const after = known
      ? afterCall(entry, sent, said, moment)
      : afterLateCall(entry, sent, said, moment, memory.busy.has(listing));
    memory.put(entry, after);
    memory.confirmed(entry, after, moment.nowMs);
  }
  const failed = levels.every(({ said }) => said.outcome === 'unknown');
  if (retryAfterMs !== null) pace(way, id, { result: 'throttled', retryAfterMs });
  else pace(way, id, { result: failed ? 'failed' : 'answered' });
}

function hearAsked(memory: LaneMemory, { id, receipt, said }: AskedReport, moment: Moment, pace: Pace): void {
  const { nowMs } = moment;
  memory.asks.delete(id);
  const known = memory.receipts.get(receipt);
  if (said.done === 'unavailable') {
    const { retryAfterMs } = said;
    pace(null, id, retryAfterMs === null ? { result: 'failed' } : { result: 'throttled', retryAfterMs });
    if (known !== undefined) known.dueMs = nowMs + ASK_AGAIN_MS;
  } else pace(null, id, { result: 'answered' });
  if (known === undefined) return;
  if (said.done === false) known.dueMs = nowMs + said.askAfterMs;

  const refused = new Map(said.done === true ? said.refused.map((one) => [one.listing, one] as const) : []);
  const failed = new Set(said.done === true ? said.failed : []);
  // Who is resolved leaves this list, so that it goes through another.
  const listings = Array.from(known.listings);
  for (const listing of listings) {
    const entry = memory.entry(listing);
    const waits = entry?.onTheWay.find((one) => one.receipt === receipt);
    if (entry === null || waits === undefined) continue;
    const result = resultOf(said, refused.get(listing), failed.has(listing), isGivenUp(waits, nowMs));
    if (result !== null) resolve(memory, entry, waits, result, moment);
  }
}

/** null: it is still on the way. */
function resultOf(
  said: AskedReport['said'],
  refused: { readonly code: string; readonly detail: string } | undefined,
  failed: boolean,
  givenUp: boolean,
): Result | null {
  if (said.done === 'lost') return { result: 'lost' };
  if (said.done !== true) return givenUp ? { result: 'lost' } : null;
  if (refused !== undefined) return { result: 'refused', code: refused.code, detail: refused.detail };
  return { result: failed ? 'failed' : 'applied' };
}

function resolve(memory: LaneMemory, entry: Entry, waits: Entry['onTheWay'][number], result: Result, moment: Moment): void {
  const after = afterResult(entry, waits, result, moment, memory.busy.has(entry.listing));
  memory.put(entry, after);
  memory.confirmed(entry, after, moment.nowMs);
}
