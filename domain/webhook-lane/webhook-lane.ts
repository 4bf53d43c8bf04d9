import { nextAttemptMs } from '../retry.ts';
import { FAILURE_CHARACTERS_MAX, GIVES_UP_AFTER_ATTEMPTS, GIVES_UP_AFTER_MS, WEBHOOK_WAIT_MAX_MS } from './limits.ts';

/**
 * How far a webhook's endpoint was told of the stream of events. Two readings go on side by side: the live one, in the order of
 * the stream, and a replay of a part that was told before, or missed. An event that is not taken holds up its own reading alone.
 */
export interface WebhookLane {
  readonly live: Reading;
  readonly replay: Replay | null;
  /** Nobody delivers any more until somebody says so; null: somebody does. */
  readonly off: 'failing' | 'gone' | null;
  readonly deliveredTotal: number;
  readonly failedTotal: number;
  /** When it last took an event. */
  readonly answeredAtMs: number | null;
  readonly failure: { readonly atMs: number; readonly detail: string } | null;
}

export interface Reading {
  /** Every event up to here was taken, or is none of its business. */
  readonly after: number;
  /** Tries in a row that failed. */
  readonly attempts: number;
  readonly failingSinceMs: number | null;
  /** Not before this. */
  readonly dueMs: number;
}

export interface Replay extends Reading {
  readonly until: number;
}

export type ReadingName = 'live' | 'replay';

export interface Failure {
  /** Why, in a line; nothing of what the endpoint answered. */
  readonly detail: string;
  readonly retryAfterMs: number | null;
  /** It said that it will never be there again (410). */
  readonly gone: boolean;
}

/** What became of some events, in order. */
export interface Told {
  readonly through: number;
  readonly delivered: number;
  /** Of the event behind `through`; null: it went well. */
  readonly failure: Failure | null;
}

export function begunLane(after: number): WebhookLane {
  return {
    live: freshReading(after),
    replay: null,
    off: null,
    deliveredTotal: 0,
    failedTotal: 0,
    answeredAtMs: null,
    failure: null,
  };
}

/** Which readings may go on now, the live one first. An endpoint that does not take what is new is not asked to take what is old. */
export function dueReadings({ live, replay, off }: WebhookLane, nowMs: number): readonly ReadingName[] {
  if (off !== null || live.dueMs > nowMs) return [];
  return replay === null || replay.dueMs > nowMs || live.attempts > 0 ? ['live'] : ['live', 'replay'];
}

/** When somebody has to come by itself, to try again what failed. null: only news brings anybody. */
export function nextDueMs({ live, replay, off }: WebhookLane): number | null {
  if (off !== null) return null;
  if (live.attempts > 0) return live.dueMs;
  return replay !== null && replay.attempts > 0 ? replay.dueMs : null;
}

export function toldLane(
  lane: WebhookLane,
  name: ReadingName,
  told: Told,
  moment: { readonly nowMs: number; readonly random: number },
): WebhookLane {
  const reading = lane[name];
  if (reading === null) return lane;
  const moved = { ...reading, after: told.through };
  const counted: WebhookLane = {
    ...lane,
    deliveredTotal: lane.deliveredTotal + told.delivered,
    answeredAtMs: told.delivered > 0 ? moment.nowMs : lane.answeredAtMs,
  };
  // What is taken ends the tries of what failed before it.
  const begun = told.delivered > 0 ? { ...moved, attempts: 0, failingSinceMs: null, dueMs: 0 } : moved;
  if (told.failure === null) return withReading(counted, name, begun);
  return failedReading(counted, name, begun, told.failure, moment);
}

function failedReading(
  lane: WebhookLane,
  name: ReadingName,
  reading: Reading,
  { detail, retryAfterMs, gone }: Failure,
  { nowMs, random }: { readonly nowMs: number; readonly random: number },
): WebhookLane {
  const attempts = reading.attempts + 1;
  const failingSinceMs = reading.failingSinceMs ?? nowMs;
  const dueMs = nextAttemptMs({ attempt: attempts, nowMs, random, retryAfterMs, waitMaxMs: WEBHOOK_WAIT_MAX_MS });
  const failure = { atMs: nowMs, detail: detail.slice(0, FAILURE_CHARACTERS_MAX) };
  const failed = withReading({ ...lane, failedTotal: lane.failedTotal + 1, failure }, name, {
    ...reading,
    attempts,
    failingSinceMs,
    dueMs,
  });
  if (gone) return { ...failed, off: 'gone' };
  const isGivenUp = attempts >= GIVES_UP_AFTER_ATTEMPTS && nowMs - failingSinceMs >= GIVES_UP_AFTER_MS;
  if (!isGivenUp) return failed;
  // An endpoint that takes what is new is alive: of it only the replay is given up.
  return name === 'live' ? { ...failed, off: 'failing' } : { ...failed, replay: null };
}

/** A replay that came to its end is over. */
function withReading(lane: WebhookLane, name: ReadingName, reading: Reading): WebhookLane {
  if (name === 'live') return { ...lane, live: reading };
  if (lane.replay === null) return lane;
  const { until } = lane.replay;
  return { ...lane, replay: reading.after >= until ? null : { ...reading, until } };
}

/** Somebody put it on again. It goes on where it stopped, or behind `after`; what failed before is tried at once. */
export function resumedLane(lane: WebhookLane, after: number | null): WebhookLane {
  const replay = lane.replay === null ? null : { ...freshReading(lane.replay.after), until: lane.replay.until };
  return { ...lane, live: freshReading(after ?? lane.live.after), replay, off: null };
}

/** null: another one is not over yet. */
export function replayingLane(lane: WebhookLane, after: number, until: number): WebhookLane | null {
  if (lane.replay !== null) return null;
  return { ...lane, replay: { ...freshReading(after), until } };
}

function freshReading(after: number): Reading {
  return { after, attempts: 0, failingSinceMs: null, dueMs: 0 };
}
