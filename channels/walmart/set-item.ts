import type * as z from 'zod';
import { shortened } from '../../exchange/reply-text.ts';
import { outcomeOf } from '../answer.ts';
import type { Level, SetOutcome } from '../port.ts';
import type { WalmartClient } from './client.ts';
import { itemReply, nodesSetReply } from './replies.ts';
import { sellerSku, unusable } from './sku.ts';

type Nodes = Level['places'];

/** The quick way: one call for one item, which is applied when it is answered. */
export async function setItem(
  client: WalmartClient,
  level: Level,
  shipNodes: 'each' | 'default',
  signal: AbortSignal,
): Promise<SetOutcome> {
  const sku = sellerSku(level.listing);
  if (sku === null) return unusable(level.listing);
  if (shipNodes === 'default') return setAtOne(client, level.listing, `sku=${sku}`, level.quantity, signal);
  const [first, ...rest] = level.places;
  if (first === undefined) return NO_SHIP_NODE;
  return rest.length === 0
    ? setAtOne(client, level.listing, `sku=${sku}&shipNode=${encodeURIComponent(first.place)}`, first.quantity, signal)
    : setAtEach(client, level.listing, sku, level.places, signal);
}

export const NO_SHIP_NODE: SetOutcome = {
  outcome: 'refused',
  code: 'no_ship_node',
  detail: 'None of the item’s places is a ship node of Walmart.',
};

async function setAtOne(
  client: WalmartClient,
  listing: string,
  query: string,
  amount: number,
  signal: AbortSignal,
): Promise<SetOutcome> {
  const body = { json: { sku: listing, quantity: { unit: 'EACH', amount } } };
  const answer = await client.call({ method: 'PUT', path: `/v3/inventory?${query}`, body }, itemReply, signal);
  if (answer.kind !== 'answered') return outcomeOf(answer);
  const { sku, quantity } = answer.body;
  if (sku === listing && quantity.amount === amount) return { outcome: 'applied' };
  return { outcome: 'unknown', detail: 'Walmart answered about another item or another quantity.' };
}

async function setAtEach(
  client: WalmartClient,
  listing: string,
  sku: string,
  nodes: Nodes,
  signal: AbortSignal,
): Promise<SetOutcome> {
  const inventories = {
    nodes: nodes.map(({ place, quantity }) => ({ shipNode: place, inputQty: { unit: 'EACH', amount: quantity } })),
  };
  const path = `/v3/inventories/${sku}`;
  const answer = await client.call({ method: 'PUT', path, body: { json: { inventories } } }, nodesSetReply, signal);
  if (answer.kind !== 'answered') return outcomeOf(answer);
  return outcomeAtEach(listing, nodes, answer.body);
}

/** Each node has a state of its own: one that was refused leaves the others set. */
function outcomeAtEach(listing: string, nodes: Nodes, { sku, nodes: told }: z.output<typeof nodesSetReply>): SetOutcome {
  const failed = told.find(({ errors }) => (errors?.length ?? 0) > 0);
  const [error] = failed?.errors ?? [];
  if (failed !== undefined && error !== undefined) {
    const detail = `At ship node ${failed.shipNode}: ${error.description ?? error.info ?? error.code}`;
    return { outcome: 'refused', code: error.code, detail: shortened(detail) };
  }
  const set = new Set(told.filter(({ status }) => status?.toLowerCase() === 'success').map(({ shipNode }) => shipNode));
  if (sku === listing && nodes.every(({ place }) => set.has(place))) return { outcome: 'applied' };
  return { outcome: 'unknown', detail: 'Walmart does not say of every ship node that it was set.' };
}
