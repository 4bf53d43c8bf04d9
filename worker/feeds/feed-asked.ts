import type * as z from 'zod';
import type { feedQuery } from '../../contracts/feeds.ts';
import type { Sku } from '../../domain/ids.ts';
import { Refused } from '../refused.ts';
import { digestOf } from '../request/digest.ts';
import { positionIn } from '../request/position-in.ts';
import { changedBetween, endsOf, isReadable } from './changes.ts';
import { feedPosition, isComparable, positionNow, writtenPosition, type FeedPosition } from './feed-position.ts';
import type { FeedScope } from './read-items.ts';

/** Which items are to be told, and from where the next feed goes on. */
export type FeedAsked = {
  /** As it was asked; null: all. */
  readonly since: string | null;
  readonly nextSince: string;
  readonly etag: string;
  /** Goes on behind this one. */
  readonly after: Sku | null;
} & (
  | { readonly kind: 'full' }
  | {
      readonly kind: 'delta';
      readonly changed: readonly Sku[];
      readonly events: { readonly after: number; readonly through: number };
    }
);

/** A delta where all that may be another can be told, else everything. */
export async function feedAsked(query: z.output<typeof feedQuery>, scope: FeedScope): Promise<FeedAsked | Refused> {
  const since = positionOf(query.since, 'since');
  if (since instanceof Refused) return since;
  const through = positionOf(query.through, 'through');
  if (through instanceof Refused) return through;
  if ((through === null) !== (query.after === undefined)) {
    return new Refused('invalid_request', 'after: goes on with an answer, so through must name its Holdfast-Next-Since');
  }

  const { db, channel, network, names } = scope;
  const ends = await endsOf(db, channel);
  const now = positionNow(ends.last, network, channel, names);
  // What was begun goes on to where it was to end, so that nothing falls between its parts.
  const until = through !== null && through.event <= ends.last ? through : now;
  const changed =
    since !== null && isReadable(since.event, ends) && isComparable(since, now)
      ? await changedBetween(db, channel, since.event, until.event)
      : null;
  const kind = changed === null ? 'full' : 'delta';
  const goesOn = until === through && (kind === 'delta') === (since !== null);
  const end = goesOn ? until : now;
  const after = goesOn ? (query.after ?? null) : null;
  const about = [query.format, query.seller_id, query.product_type, kind, kind === 'delta' ? since?.event : 0, after];
  const etag = `W/"${digestOf(JSON.stringify([...about, goesOn ? until.event : 0, ends.newest, now.basis]))}"`;
  const asked = { since: query.since ?? null, nextSince: writtenPosition(end), etag, after };
  if (changed === null || since === null) return { ...asked, kind: 'full' };
  return { ...asked, kind: 'delta', changed, events: { after: since.event, through: end.event } };
}

function positionOf(cursor: string | undefined, name: string): FeedPosition | null | Refused {
  const read = positionIn(cursor, feedPosition);
  return read instanceof Refused
    ? new Refused('invalid_request', `${name}: take it from Holdfast-Next-Since of an answer before`)
    : read;
}
