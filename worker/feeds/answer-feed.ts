import type { Sku } from '../../domain/ids.ts';
import { ownPlaces } from '../../domain/level.ts';
import { channelOf } from '../../domain/network.ts';
import { namesChanged, type GoneName, type NamesChanged } from './changes.ts';
import type { FeedAbout, FeedFormat, FeedItem } from './format.ts';
import type { FeedAsked } from './feed-asked.ts';
import { FEED_PAGE_ITEMS } from './limits.ts';
import { itemsAfter, itemsNamed, type FeedScope } from './read-items.ts';
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
  const places = (own === undefined ? [] : ownPlaces(own, network)).flatMap(({ id }) => names.places.get(id) ?? []);
  const about = { ...said, namesPlaces: names.namesPlaces, places };
  const isStreamed = format.fileMax === undefined;
  // What broke off may have broken off among the names of an item; a file that its reader bounds ends after all of them.
  const from = asked.after === null ? null : { sku: asked.after, isTold: !isStreamed };
  const next = asked.kind === 'full' ? allItems(scope, from) : changedItems(scope, asked, from, about);
  if (isStreamed) return { body: streamed(format, about, next), after: null };
  const { text, items, after } = await whole(format, about, next);
  const body = new Blob([text]).stream() as ReadableStream<Uint8Array>;
  return { body: items === 0 ? null : body, after };
}

/** Where an answer goes on: behind this SKU, or with it once more. */
interface From {
  readonly sku: Sku;
  readonly isTold: boolean;
}

function allItems(scope: FeedScope, from: From | null): NextPage {
  let after = from?.sku ?? null;
  let again = from?.isTold === false;
  return async () => {
    const page = await itemsAfter(scope, after, again);
    again = false;
    after = page.last;
    return after === null ? null : page;
  };
}

/** Names that are gone are told with the item whose they were, so that whatever breaks off goes on behind an item. */
function changedItems(
  scope: FeedScope,
  { changed, events }: Extract<FeedAsked, { kind: 'delta' }>,
  from: From | null,
  about: FeedAbout,
): NextPage {
  const skus = from === null ? changed : changed.slice(startIn(changed, from));
  let names: NamesChanged | null = null;
  let start = 0;
  return async () => {
    if (start >= skus.length) return null;
    names ??= await namesChanged(scope.db, scope.names, skus, events.after);
    const { gone, renamed } = names;
    const page = skus.slice(start, start + FEED_PAGE_ITEMS);
    start += FEED_PAGE_ITEMS;
    const { items, leftOut, last } = await itemsNamed(scope, page, renamed);
    const found = Map.groupBy(items, ({ sku }) => sku);
    const told = page.flatMap((sku) => [...goneItems(gone.get(sku) ?? [], about), ...(found.get(sku) ?? [])]);
    return { items: told, leftOut, last };
  };
}

/** Text lies in the database in the order of its characters, which is that of its bytes and not that of `<`. */
function startIn(changed: readonly Sku[], { sku, isTold }: From): number {
  const there = changed.indexOf(sku);
  if (there >= 0) return isTold ? there + 1 : there;
  const before = changed.findIndex((one) => compareBytes(one, sku) > 0);
  return before < 0 ? changed.length : before;
}

function compareBytes(one: string, other: string): number {
  const [a, b] = [Array.from(one), Array.from(other)];
  const at = a.findIndex((character, index) => character !== b[index]);
  return at < 0 ? a.length - b.length : (a[at]?.codePointAt(0) ?? 0) - (b[at]?.codePointAt(0) ?? -1);
}

/** What the channel may still list under a name that means nothing any more has nothing to sell, wherever. */
function goneItems(gone: readonly GoneName[], { places, nowMs }: FeedAbout): readonly FeedItem[] {
  const nothing = { name: null, quantity: 0, status: 'out_of_stock', sequence: 0, asOfMs: nowMs } as const;
  const everywhere = places.map((place) => ({ place, quantity: 0 }));
  return gone.map(({ sku, listing }) => ({ sku, listing, ...nothing, places: everywhere }));
}
