import { unavailable } from '../answer.ts';
import { ChannelUnavailable, type ShownLevel } from '../port.ts';
import type { WalmartClient } from './client.ts';
import type { WalmartOptions } from './options.ts';
import { itemReply, nodesShownReply } from './replies.ts';
import { sellerSku } from './sku.ts';

/** The input quantity, which is what we set; what Walmart itself has sold of it is not taken off. */
export async function shownItem(
  client: WalmartClient,
  listing: string,
  shipNodes: WalmartOptions['ship_nodes'],
  signal: AbortSignal,
): Promise<ShownLevel | null> {
  const sku = sellerSku(listing);
  if (sku === null) return null;
  return shipNodes === 'default' ? atDefault(client, listing, sku, signal) : atEach(client, listing, sku, signal);
}

async function atDefault(client: WalmartClient, listing: string, sku: string, signal: AbortSignal): Promise<ShownLevel | null> {
  const answer = await client.call({ method: 'GET', path: `/v3/inventory?sku=${sku}` }, itemReply, signal);
  if (answer.kind === 'refused' && answer.status === 404) return null;
  if (answer.kind !== 'answered') throw unavailable(answer, 'Walmart');
  mustBe(listing, answer.body.sku);
  return { quantity: answer.body.quantity.amount, places: [] };
}

async function atEach(client: WalmartClient, listing: string, sku: string, signal: AbortSignal): Promise<ShownLevel | null> {
  const answer = await client.call({ method: 'GET', path: `/v3/inventories/${sku}` }, nodesShownReply, signal);
  if (answer.kind === 'refused' && answer.status === 404) return null;
  if (answer.kind !== 'answered') throw unavailable(answer, 'Walmart');
  mustBe(listing, answer.body.sku);
  const places = answer.body.nodes.map(({ shipNode, inputQty }) => ({ place: shipNode, quantity: inputQty.amount }));
  return { quantity: null, places };
}

function mustBe(listing: string, told: string): void {
  if (told !== listing) throw new ChannelUnavailable('Walmart told of another item.');
}
