import * as z from 'zod';
import { ErpUnavailable } from '../port.ts';
import { jsonIn } from '../../exchange/reply-text.ts';
import { ODOO_BUCKET_SECONDS, ODOO_OVERLAP_SECONDS, ODOO_RANGES_MAX } from './limits.ts';
import { odooTime, type Domain } from './values.ts';

/**
 * How far the moves were told. A move bears the time at which its transaction began, so one may appear before others
 * that were told already: the feed looks back, and leaves out what it has seen.
 */
export interface FeedCursor {
  /** Begin of the window, in seconds; null: nothing was told yet. */
  readonly from: number | null;
  /** Seen, by the buckets of seconds that they bear, oldest first. */
  readonly buckets: readonly Bucket[];
}

interface Bucket {
  readonly at: number;
  readonly ranges: readonly Range[];
}

type Range = readonly [first: number, last: number];

export interface Seen {
  readonly id: number;
  readonly writtenAtMs: number;
}

const START: FeedCursor = { from: null, buckets: [] };

const stored = z.tuple([z.int().nullable(), z.array(z.tuple([z.int(), z.array(z.tuple([z.int(), z.int()]))]))]);

export function cursorOf(text: string | null): FeedCursor {
  if (text === null) return START;
  const parsed = stored.safeParse(jsonIn(text));
  if (!parsed.success) throw new ErpUnavailable('The cursor of the change feed is not one of Odoo.');
  const [from, buckets] = parsed.data;
  return { from, buckets: buckets.map(([at, ranges]) => ({ at, ranges })) };
}

export function textOf({ from, buckets }: FeedCursor): string {
  return JSON.stringify([from, buckets.map(({ at, ranges }) => [at, ranges])]);
}

/** Moves that were not told yet. */
export function unseen({ from, buckets }: FeedCursor): Domain {
  if (from === null) return [];
  const seen = joined(buckets.flatMap(({ ranges }) => ranges));
  const single = seen.flatMap(([first, last]) => (first === last ? [first] : []));
  const runs = seen.filter(([first, last]) => first !== last);
  return [
    ['write_date', '>=', odooTime(from * 1_000)],
    ...(single.length === 0 ? [] : [['id', 'not in', single]]),
    ...runs.flatMap(([first, last]) => ['|', ['id', '<', first], ['id', '>', last]]),
  ];
}

/** The same cursor if nothing was told. */
export function movedOn(cursor: FeedCursor, told: readonly Seen[]): FeedCursor {
  if (told.length === 0) return cursor;
  const newest = Math.max(...told.map(secondOf), cursor.from === null ? 0 : cursor.from + ODOO_OVERLAP_SECONDS);
  let from = Math.max(newest - ODOO_OVERLAP_SECONDS, cursor.from ?? 0);
  const all = new Map(cursor.buckets.map(({ at, ranges }) => [at, ranges]));
  for (const move of told) {
    const at = bucketOf(secondOf(move));
    all.set(at, joined([...(all.get(at) ?? []), [move.id, move.id]]));
  }
  let buckets = [...all].map(([at, ranges]) => ({ at, ranges })).sort((a, b) => a.at - b.at);
  buckets = buckets.filter(({ at }) => at >= bucketOf(from));
  // Whoever forgot what was seen without moving the window would tell it again for ever.
  while (buckets.length > 1 && buckets.reduce((sum, { ranges }) => sum + ranges.length, 0) > ODOO_RANGES_MAX) {
    const [forgotten] = buckets;
    buckets = buckets.slice(1);
    from = (forgotten?.at ?? 0) + ODOO_BUCKET_SECONDS;
  }
  return { from, buckets };
}

function secondOf({ writtenAtMs }: Seen): number {
  return Math.floor(writtenAtMs / 1_000);
}

function bucketOf(second: number): number {
  return second - (second % ODOO_BUCKET_SECONDS);
}

/** Runs of ids without a gap, in order. */
function joined(ranges: readonly Range[]): readonly Range[] {
  const runs: [number, number][] = [];
  for (const [first, last] of ranges.toSorted((a, b) => a[0] - b[0])) {
    const run = runs.at(-1);
    if (run !== undefined && first <= run[1] + 1) run[1] = Math.max(run[1], last);
    else runs.push([first, last]);
  }
  return runs;
}
