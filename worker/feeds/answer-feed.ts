import type { Sku } from '../../domain/ids.ts';
import { channelOf, locationsOf } from '../../domain/network.ts';
import { namesGone } from './changes.ts';
import type { FeedAbout, FeedFormat, FeedItem } from './format.ts';
import type { FeedAsked } from './feed-asked.ts';
import { FEED_PAGE_ITEMS } from './limits.ts';
import { itemsAfter, itemsNamed, type FeedScope, type ItemsPage } from './read-items.ts';
import { streamed, whole, type NextPage } from './write-feed.ts';

export interface FeedFile {
  /** null: nothing is to be told, and the format has no way to say so. */
  readonly body: ReadableStream<Uint8Array> | null;
  /** Behind which item the next file goes on; null: all are told. */
  readonly after: Sku | null;
}

export async function answerFeed(
  format: FeedFormat,
  said: Omit<FeedAbout, 'namesPlaces' | 'places'>,
  scope: FeedScope,
  asked: FeedAsked,
): Promise<FeedFile> {
  const { network, channel, names } = scope;
  const own = channelOf(network, channel);
  const served = own === undefined ? [] : locationsOf(network, own);
  const places = served.flatMap(({ id }) => names.places.get(id) ?? []);
  const about = { ...said, namesPlaces: names.namesPlaces, places };
  const next = asked.kind === 'full' ? allItems(scope, asked.after) : changedItems(scope, asked, about);
  if (format.fileMax === undefined) return { body: streamed(format, about, next), after: null };
  const { text, items, after } = await whole(format, about, next);
  const body = new Blob([text]).stream() as ReadableStream<Uint8Array>;
  return { body: items === 0 ? null : body, after };
}

function allItems(scope: FeedScope, from: Sku | null): NextPage {
  let after = from;
  return async () => {
    const page = await itemsAfter(scope, after);
    after = page.last;
    return after === null ? null : page;
  };
}

function changedItems(
  scope: FeedScope,
  { changed, events, after }: Extract<FeedAsked, { kind: 'delta' }>,
  about: FeedAbout,
): NextPage {
  const skus = after === null ? changed : changed.filter((sku) => sku > after);
  let start = 0;
  let goneTold = after !== null;
  return async () => {
    if (!goneTold) {
      goneTold = true;
      const gone = await namesGone(scope.db, scope.names, events.after, events.through);
      if (gone.length > 0) return goneItems(gone, about);
    }
    if (start >= skus.length) return null;
    const page = await itemsNamed(scope, skus.slice(start, start + FEED_PAGE_ITEMS));
    start += FEED_PAGE_ITEMS;
    return page;
  };
}

/** What the channel may still list under a name that means nothing any more has nothing to sell, wherever. */
function goneItems(gone: readonly Pick<FeedItem, 'sku' | 'listing'>[], { places, nowMs }: FeedAbout): ItemsPage {
  const nothing = { name: null, quantity: 0, status: 'out_of_stock', sequence: 0, asOfMs: nowMs } as const;
  const everywhere = places.map((place) => ({ place, quantity: 0 }));
  const items = gone.map(({ sku, listing }) => ({ sku, listing, ...nothing, places: everywhere }));
  return { items, leftOut: 0, last: null };
}
