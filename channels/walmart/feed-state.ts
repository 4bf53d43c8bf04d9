import { shortened } from '../../exchange/reply-text.ts';
import { unavailable } from '../answer.ts';
import { ChannelUnavailable, type Progress } from '../port.ts';
import type { WalmartClient } from './client.ts';
import { WALMART_FEED_LOOK_MS, WALMART_STATES_AT_ONCE, WALMART_STATES_MAX } from './limits.ts';
import { feedStateReply, type FeedState } from './replies.ts';

const NOT_YET: Progress = { done: false, askAfterMs: WALMART_FEED_LOOK_MS };

/** What became of a feed: of each item, where any failed. */
export async function feedState(client: WalmartClient, feedId: string, signal: AbortSignal): Promise<Progress> {
  const state = await statesFrom(client, feedId, 0, signal);
  if (state === null) return { done: true, lost: 'Walmart does not know the feed.' };
  switch (state.feedStatus) {
    case 'RECEIVED':
    case 'INPROGRESS':
      return NOT_YET;
    case 'ERROR':
      return { done: true, lost: reasonOf(state).detail };
    case 'PROCESSED':
      return state.itemsProcessing > 0 ? NOT_YET : failures(client, state, signal);
  }
}

async function statesFrom(client: WalmartClient, feedId: string, offset: number, signal: AbortSignal): Promise<FeedState | null> {
  const query = `includeDetails=true&offset=${offset}&limit=${WALMART_STATES_MAX}`;
  const path = `/v3/feeds/${encodeURIComponent(feedId)}?${query}`;
  const answer = await client.call({ method: 'GET', path }, feedStateReply, signal);
  if (answer.kind === 'refused' && answer.status === 404) return null;
  if (answer.kind !== 'answered') throw unavailable(answer, 'Walmart');
  if (answer.body.feedId !== feedId) throw new ChannelUnavailable('Walmart told of another feed.');
  return answer.body;
}

/** Reads the states of the items, some pages at a time, until every failed one was found. */
async function failures(client: WalmartClient, first: FeedState, signal: AbortSignal): Promise<Progress> {
  const refused = new Map<string, { code: string; detail: string }>();
  const failed = new Map<string, { detail: string }>();
  let found = 0;
  for (let [pages, offset] = [[first], WALMART_STATES_MAX]; pages.length > 0; offset += WALMART_STATES_MAX * pages.length) {
    for (const item of pages.flatMap(({ itemDetails }) => itemDetails?.itemIngestionStatus ?? [])) {
      if (item.ingestionStatus === 'INPROGRESS') return NOT_YET;
      if (item.ingestionStatus === 'SUCCESS') continue;
      if (typeof item.sku !== 'string') return { done: true, lost: 'Walmart does not say which item of the feed failed.' };
      found += 1;
      const reason = reasonOf(item);
      if (item.ingestionStatus === 'DATA_ERROR') refused.set(item.sku, reason);
      else failed.set(item.sku, { detail: `${item.ingestionStatus}: ${reason.detail}` });
    }
    if (found >= first.itemsFailed) break;
    const next = offsetsFrom(offset, first.itemsReceived).map((at) => statesFrom(client, first.feedId, at, signal));
    pages = (await Promise.all(next)).filter((page) => page !== null);
  }
  if (found < first.itemsFailed) return { done: true, lost: 'Walmart does not say of every failed item which it is.' };
  // An item at two ship nodes may be told twice.
  for (const sku of refused.keys()) failed.delete(sku);
  return { done: true, refused, failed };
}

function offsetsFrom(offset: number, end: number): readonly number[] {
  const pages = Array.from({ length: WALMART_STATES_AT_ONCE }, (_, index) => offset + index * WALMART_STATES_MAX);
  return pages.filter((at) => at < end);
}

function reasonOf({ ingestionErrors }: Pick<FeedState, 'ingestionErrors'>): { code: string; detail: string } {
  const [first] = ingestionErrors?.ingestionError ?? [];
  const code = first?.code ?? 'no_reason_given';
  return { code, detail: shortened(first?.description ?? code) };
}
