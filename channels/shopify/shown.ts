import * as z from 'zod';
import { unavailable } from '../answer.ts';
import { ChannelUnavailable, type ShownLevel } from '../port.ts';
import type { ShopifyClient } from './client.ts';
import { gidOf, numberIn } from './ids.ts';
import { SHOPIFY_PLACES_AT_ONCE, SHOPIFY_PLACES_PAGE, SHOPIFY_PLACES_PAGES_MAX } from './limits.ts';

const AT_ONE_PLACE = `query Shown($ids: [ID!]!, $location: ID!) {
  nodes(ids: $ids) {
    ... on InventoryItem { id inventoryLevel(locationId: $location) { quantities(names: ["available"]) { name quantity } } }
  }
}`;

const LEVELS = `nodes { location { id } quantities(names: ["available"]) { name quantity } } pageInfo { hasNextPage endCursor }`;

const AT_ALL_PLACES = `query Shown($ids: [ID!]!, $first: Int!) {
  nodes(ids: $ids) { ... on InventoryItem { id inventoryLevels(first: $first) { ${LEVELS} } } }
}`;

const MORE_PLACES = `query ShownAtMorePlaces($id: ID!, $first: Int!, $after: String) {
  inventoryItem(id: $id) { inventoryLevels(first: $first, after: $after) { ${LEVELS} } }
}`;

const quantities = z.array(z.object({ name: z.string(), quantity: z.int() }));
const levels = z.object({
  nodes: z.array(z.object({ location: z.object({ id: z.string() }), quantities })),
  pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullish() }),
});
// A number of something that is no inventory item comes back as an empty object.
const atOnePlace = z.object({
  nodes: z.array(z.object({ id: z.string().optional(), inventoryLevel: z.object({ quantities }).nullish() }).nullable()),
});
const atAllPlaces = z.object({
  nodes: z.array(z.object({ id: z.string().optional(), inventoryLevels: levels.optional() }).nullable()),
});
const morePlaces = z.object({ inventoryItem: z.object({ inventoryLevels: levels }).nullable() });

/** What the shop has for sale of these items, at its one place or at all of them. Throws ChannelUnavailable. */
export async function shownBy(
  client: ShopifyClient,
  location: string | null,
  listings: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ShownLevel>> {
  const asked = listings.flatMap((listing) => {
    const id = gidOf('InventoryItem', listing);
    return id === null ? [] : [{ listing, id }];
  });
  if (asked.length === 0) return new Map();
  const ids = asked.map(({ id }) => id);
  const found = location === null ? await everywhere(client, ids, signal) : await there(client, ids, location, signal);
  return new Map(
    asked.flatMap(({ listing, id }) => {
      const level = found.get(id);
      return level === undefined ? [] : [[listing, level] as const];
    }),
  );
}

async function there(
  client: ShopifyClient,
  ids: readonly string[],
  location: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ShownLevel>> {
  const answer = await client.ask(AT_ONE_PLACE, { ids, location }, atOnePlace, signal);
  if (answer.kind !== 'answered') throw unavailable(answer, 'Shopify');
  const found = new Map<string, ShownLevel>();
  for (const node of answer.body.nodes) {
    // An item that is not stocked at that place cannot be set there either.
    if (node?.id === undefined || node.inventoryLevel === null || node.inventoryLevel === undefined) continue;
    found.set(node.id, { quantity: availableIn(node.inventoryLevel.quantities), places: [] });
  }
  return found;
}

async function everywhere(
  client: ShopifyClient,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ShownLevel>> {
  const answer = await client.ask(AT_ALL_PLACES, { ids, first: SHOPIFY_PLACES_AT_ONCE }, atAllPlaces, signal);
  if (answer.kind !== 'answered') throw unavailable(answer, 'Shopify');
  const found = new Map<string, ShownLevel>();
  for (const node of answer.body.nodes) {
    if (node?.id === undefined || node.inventoryLevels === undefined) continue;
    const nodes = [...node.inventoryLevels.nodes, ...(await rest(client, node.id, node.inventoryLevels, signal))];
    const places = nodes.map((at) => ({ place: numberIn(at.location.id), quantity: availableIn(at.quantities) }));
    found.set(node.id, { quantity: null, places });
  }
  return found;
}

type Levels = z.output<typeof levels>;

/** The places of an item beyond the first page. */
async function rest(client: ShopifyClient, id: string, first: Levels, signal: AbortSignal): Promise<Levels['nodes']> {
  const nodes: Levels['nodes'] = [];
  let { hasNextPage, endCursor } = first.pageInfo;
  for (let pages = 0; hasNextPage; pages += 1) {
    if (pages === SHOPIFY_PLACES_PAGES_MAX) throw new ChannelUnavailable('Shopify has no end of places for an item.');
    const answer = await client.ask(MORE_PLACES, { id, first: SHOPIFY_PLACES_PAGE, after: endCursor }, morePlaces, signal);
    if (answer.kind !== 'answered') throw unavailable(answer, 'Shopify');
    const page = answer.body.inventoryItem?.inventoryLevels;
    if (page === undefined) return nodes;
    nodes.push(...page.nodes);
    ({ hasNextPage, endCursor } = page.pageInfo);
  }
  return nodes;
}

function availableIn(all: z.output<typeof quantities>): number {
  const available = all.find(({ name }) => name === 'available');
  if (available === undefined) throw new ChannelUnavailable('Shopify did not say what is available.');
  return available.quantity;
}
