import { TURN_MS_MAX } from '../../domain/webhook-lane/limits.ts';
import {
  begunLane,
  dueReadings,
  nextDueMs,
  replayingLane,
  resumedLane,
  toldLane,
  type ReadingName,
  type Told,
  type WebhookLane,
} from '../../domain/webhook-lane/webhook-lane.ts';
import { PASSED_OVER_UNWRITTEN_MAX } from './limits.ts';
import type { NextReading, Turn } from './protocol.ts';

export interface KeeperDeps {
  readonly store: { read(): WebhookLane | null; write(lane: WebhookLane): void };
  readonly nowMs: () => number;
  readonly random: () => number;
  readonly newId: () => string;
  /** Somebody who delivers is wanted at this time at the latest. */
  readonly wakeBy: (atMs: number) => void;
}

/** One who delivers at a time, so that the order holds. Who it is, is in memory alone: after a restart an event may be told twice. */
interface Lease {
  readonly id: string;
  untilMs: number;
  /** The live reading came to the end of the stream. */
  atEnd: boolean;
  /** There was news since it was last told what to read. */
  wanted: boolean;
}

/** Keeps how far a webhook was told, and says what to deliver next. */
export class Keeper {
  readonly #deps: KeeperDeps;
  #lane: WebhookLane | null = null;
  #writtenAfter = 0;
  #lease: Lease | null = null;

  constructor(deps: KeeperDeps) {
    this.#deps = deps;
  }

  begin(startAfter: number): Turn {
    const nowMs = this.#deps.nowMs();
    const lane = this.seen(startAfter);
    if (lane.off !== null) return { turn: 'off', why: lane.off, failure: lane.failure };
    if (this.#lease !== null && this.#lease.untilMs > nowMs) {
      this.#lease.wanted = true;
      return { turn: 'busy' };
    }
    const lease = { id: this.#deps.newId(), untilMs: nowMs + TURN_MS_MAX, atEnd: false, wanted: false };
    const next = this.#next(lane, lease, null);
    if (next === null) return { turn: 'wait' };
    this.#lease = lease;
    return { turn: 'deliver', lease: lease.id, next };
  }

  report(id: string, name: ReadingName, { ended, ...told }: Told & { readonly ended: boolean }): NextReading | null {
    const lease = this.#lease;
    const before = this.#lane;
    if (lease?.id !== id || before === null) return null;
    const nowMs = this.#deps.nowMs();
    const lane = toldLane(before, name, told, { nowMs, random: this.#deps.random() });
    this.#keep(lane, told.delivered > 0 || told.failure !== null || lane.replay !== before.replay);
    if (told.failure !== null) {
      this.rest(id);
      return null;
    }
    if (name === 'live') lease.atEnd = ended;
    lease.untilMs = nowMs + TURN_MS_MAX;
    const next = this.#next(lane, lease, name);
    if (next === null) this.rest(id);
    return next;
  }

  rest(id: string): void {
    if (this.#lease?.id === id) this.#lease = null;
  }

  resume(startAfter: number, after: number | null): void {
    this.#lease = null;
    this.#keep(resumedLane(this.seen(startAfter), after), true);
  }

  replay(startAfter: number, after: number, until: number): boolean {
    const lane = replayingLane(this.seen(startAfter), after, until);
    if (lane !== null) this.#keep(lane, true);
    return lane !== null;
  }

  seen(startAfter: number): WebhookLane {
    if (this.#lane === null) {
      this.#lane = this.#deps.store.read() ?? begunLane(startAfter);
      this.#writtenAfter = this.#lane.live.after;
    }
    return this.#lane;
  }

  /** By turns, so that a long replay holds up nothing new, and much that is new no replay. */
  #next(lane: WebhookLane, lease: Lease, last: ReadingName | null): NextReading | null {
    const due = dueReadings(lane, this.#deps.nowMs());
    const hasReplay = due.includes('replay') && lane.replay !== null;
    const hasNews = due.includes('live') && (!lease.atEnd || lease.wanted);
    if (hasReplay && (last === 'live' || !hasNews)) return { name: 'replay', after: lane.replay.after, until: lane.replay.until };
    if (!hasNews) return null;
    lease.wanted = false;
    return { name: 'live', after: lane.live.after, until: null };
  }

  #keep(lane: WebhookLane, matters: boolean): void {
    this.#lane = lane;
    if (matters || lane.live.after - this.#writtenAfter >= PASSED_OVER_UNWRITTEN_MAX) {
      this.#deps.store.write(lane);
      this.#writtenAfter = lane.live.after;
    }
    const dueMs = nextDueMs(lane);
    if (dueMs !== null) this.#deps.wakeBy(dueMs);
  }
}
