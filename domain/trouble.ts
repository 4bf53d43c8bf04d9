import type { Trouble } from './network.ts';

/** What somebody who looks once a minute sees of the connection to the ERP. */
export interface Sight {
  /** When its feed of changes was last read to the end; null: never yet. */
  readonly feedReadAtMs: number | null;
  readonly laneClosed: boolean;
}

/** What is remembered from one look to the next. */
export interface Watch extends Trouble {
  readonly beganAtMs: number;
  /** Looks in a row at which all was well again, while trouble is on. */
  readonly feedCalm: number;
  readonly laneCalm: number;
  /** Since when every look found the lane not closed. */
  readonly laneBadSinceMs: number | null;
}

/** A feed that was not read to its end for so long is late: three of its runs went wrong, or it has more than they can read. */
const FEED_LATE_AFTER_MS = 180_000;
/** A lane that was met open twice, a minute apart, is open: one that a single lost answer opened is closed by then. */
export const LANE_OPEN_AFTER_MS = 50_000;
/** So many looks in a row must find all well before trouble is over, or each try of a lame ERP would be news to every object. */
const CALM_LOOKS = 2;

export function newWatch(nowMs: number): Watch {
  return { beganAtMs: nowMs, feedSinceMs: null, laneSinceMs: null, feedCalm: 0, laneCalm: 0, laneBadSinceMs: null };
}

/** The watch after one more look. Trouble begins late and ends late, so that it is told seldom. */
export function lookedAt(watch: Watch, { feedReadAtMs, laneClosed }: Sight, nowMs: number): Watch {
  const readAtMs = feedReadAtMs ?? watch.beganAtMs;
  const late = nowMs - readAtMs >= FEED_LATE_AFTER_MS;
  const feedCalm = late ? 0 : watch.feedCalm + 1;
  const laneBadSinceMs = laneClosed ? null : (watch.laneBadSinceMs ?? nowMs);
  const open = laneBadSinceMs !== null && nowMs - laneBadSinceMs >= LANE_OPEN_AFTER_MS;
  const laneCalm = laneClosed ? watch.laneCalm + 1 : 0;
  return {
    beganAtMs: watch.beganAtMs,
    feedSinceMs: late ? (watch.feedSinceMs ?? readAtMs) : feedCalm >= CALM_LOOKS ? null : watch.feedSinceMs,
    laneSinceMs: open ? (watch.laneSinceMs ?? laneBadSinceMs) : laneCalm >= CALM_LOOKS ? null : watch.laneSinceMs,
    feedCalm,
    laneCalm,
    laneBadSinceMs,
  };
}

/** Whether objects must hear of it. */
export function isNews(before: Trouble, after: Trouble): boolean {
  return before.feedSinceMs !== after.feedSinceMs || before.laneSinceMs !== after.laneSinceMs;
}
