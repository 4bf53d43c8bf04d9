import * as z from 'zod';
import { CURSOR_LENGTH_MAX, OVERLAP_MS, SEEN_BUCKET_MS } from './limits.ts';
import { packedIds, rangesOf, unpackedIds } from './ranges.ts';
import { instantOf, msOf } from './values.ts';

/**
 * How far the feed was read: everything stamped before `from` was seen or is older than any transaction lasts; what is
 * stamped from there on was seen where `seen` says so. A stamp is the start of a transaction, which may end behind others.
 */
export interface FeedWindow {
  /** null: from the beginning. */
  readonly from: string | null;
  /** The newest stamp that was seen. */
  readonly until: string | null;
  /** Ids by the piece of time that their stamps fall into, oldest first. */
  readonly seen: ReadonlyMap<number, ReadonlySet<number>>;
}

export const BEGINNING: FeedWindow = { from: null, until: null, seen: new Map() };

export interface Stamped {
  readonly id: number;
  readonly stamp: string;
}

/** By id and stamp: a Tryton that came back from a backup gives an id to another move, later. */
export function wasSeen({ seen }: FeedWindow, { id, stamp }: Stamped): boolean {
  return seen.get(bucketOf(msOf(stamp)))?.has(id) ?? false;
}

/** What was seen, as runs of ids that were stamped from one moment until before another. */
export function seenRuns({ seen }: FeedWindow): readonly SeenRun[] {
  return [...seen].flatMap(([bucket, ids]) =>
    rangesOf(ids).map(([first, last]) => ({
      first,
      last,
      from: instantOf(bucket * SEEN_BUCKET_MS),
      until: instantOf((bucket + 1) * SEEN_BUCKET_MS),
    })),
  );
}

export interface SeenRun {
  readonly first: number;
  readonly last: number;
  readonly from: string;
  readonly until: string;
}

/** The window after these were seen: it moves on with the newest stamp, and forgets what lies before it. */
export function movedOn(window: FeedWindow, moves: readonly Stamped[]): FeedWindow {
  const until = moves.reduce<string | null>(
    (newest, { stamp }) => (newest === null || stamp > newest ? stamp : newest),
    window.until,
  );
  if (until === null) return window;
  const seen = new Map([...window.seen].map(([bucket, ids]) => [bucket, new Set(ids)]));
  for (const { id, stamp } of moves) {
    const bucket = bucketOf(msOf(stamp));
    seen.set(bucket, (seen.get(bucket) ?? new Set()).add(id));
  }
  return startingAt(bucketOf(msOf(until) - OVERLAP_MS), { from: window.from, until, seen });
}

const stored = z.strictObject({
  from: z.string().nullable(),
  until: z.string().nullable(),
  seen: z.array(z.tuple([z.int(), z.string()])),
});

/** A window that would not fit is made shorter: that costs a late one its place only where there is an extraordinary lot. */
export function cursorOf(window: FeedWindow): string {
  const seen = [...window.seen].toSorted(([a], [b]) => a - b).map(([bucket, ids]): [number, string] => [bucket, packedIds(ids)]);
  const text = JSON.stringify({ from: window.from, until: window.until, seen } satisfies z.input<typeof stored>);
  const second = seen[1];
  return text.length <= CURSOR_LENGTH_MAX || second === undefined ? text : cursorOf(startingAt(second[0], window));
}

export function windowOf(cursor: string | null): FeedWindow {
  if (cursor === null) return BEGINNING;
  const { from, until, seen } = stored.parse(JSON.parse(cursor));
  return { from, until, seen: new Map(seen.map(([bucket, ids]) => [bucket, new Set(unpackedIds(ids))])) };
}

function startingAt(bucket: number, { from, until, seen }: FeedWindow): FeedWindow {
  const start = instantOf(bucket * SEEN_BUCKET_MS);
  return {
    from: from === null || start > from ? start : from,
    until,
    seen: new Map([...seen].filter(([each]) => each >= bucket)),
  };
}

function bucketOf(ms: number): number {
  return Math.floor(ms / SEEN_BUCKET_MS);
}
