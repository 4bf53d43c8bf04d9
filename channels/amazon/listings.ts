import { shortened } from '../../exchange/reply-text.ts';
import { outcomeOf, unavailable } from '../answer.ts';
import { ChannelUnavailable, type Level, type Progress, type SetOutcome, type ShownLevel } from '../port.ts';
import type { AmazonClient } from './client.ts';
import { AMAZON_ITEM_LOOK_MS, AMAZON_ITEM_PATIENCE_MS } from './limits.ts';
import type { AmazonOptions } from './options.ts';
import { item, searchReply, submission, type Issue, type Item } from './replies.ts';

/** What a patched item is to show, and since when Amazon has it. */
export interface PatchedItem {
  readonly sku: string;
  readonly quantity: number;
  readonly sinceMs: number;
}

/** Other fields of the same attribute, such as the time to hand over, stay as they are only with `merge`. */
export function patchesOf({ channel_code }: AmazonOptions, quantity: number) {
  const value = [{ fulfillment_channel_code: channel_code, quantity }];
  return [{ op: 'merge', path: '/attributes/fulfillment_availability', value }];
}

/** null: Amazon accepted it. */
export async function patchItem(
  client: AmazonClient,
  options: AmazonOptions,
  { listing, quantity }: Level,
  signal: AbortSignal,
): Promise<SetOutcome | null> {
  const path = itemPath(options, listing);
  const body = { productType: options.product_type, patches: patchesOf(options, quantity) };
  const query = { marketplaceIds: options.marketplace_id };
  const answer = await client.call({ method: 'PATCH', path, query, body }, submission, signal);
  if (answer.kind !== 'answered') return outcomeOf(answer);
  const { status, issues = [] } = answer.body;
  if (status === 'ACCEPTED') return null;
  if (status !== 'INVALID') return { outcome: 'unknown', detail: shortened(`Amazon says ${status} of a patch.`) };
  return { outcome: 'refused', ...refusalOf(issues.find(isError)) };
}

/** Accepted is not applied: what the item shows tells. */
export async function progressOfItem(
  client: AmazonClient,
  options: AmazonOptions,
  { sku, quantity, sinceMs }: PatchedItem,
  nowMs: number,
  signal: AbortSignal,
): Promise<Progress> {
  const answer = await askForItem(client, options, sku, 'fulfillmentAvailability,issues', signal);
  if (answer === null) return refusedItem(sku, { code: 'not_found', detail: 'Amazon has no such item.' });
  if (quantityOf(options, answer) === quantity) return { done: true, refused: new Map(), failed: new Map() };
  const error = (answer.issues ?? []).find(
    (one) => isError(one) && one.attributeNames?.some((name) => name.startsWith('fulfillment_availability')) === true,
  );
  if (nowMs - sinceMs < AMAZON_ITEM_PATIENCE_MS) return { done: false, askAfterMs: AMAZON_ITEM_LOOK_MS };
  if (error !== undefined) return refusedItem(sku, refusalOf(error));
  const detail = 'Amazon accepted the number and still shows another one.';
  return { done: true, refused: new Map(), failed: new Map([[sku, { detail }]]) };
}

export async function shownItems(
  client: AmazonClient,
  options: AmazonOptions,
  skus: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ShownLevel>> {
  // A search takes names between commas, and nothing says how a comma within one is told.
  const together = skus.filter((sku) => isSendable(sku) && !sku.includes(','));
  const found = new Map<string, ShownLevel>();
  const tell = (one: Item): void => void found.set(one.sku, { quantity: quantityOf(options, one), places: [] });
  if (together.length > 0) {
    const query = {
      marketplaceIds: options.marketplace_id,
      identifiers: together.join(','),
      identifiersType: 'SKU',
      includedData: 'fulfillmentAvailability',
      pageSize: String(together.length),
    };
    const path = `/listings/2021-08-01/items/${encodeURIComponent(options.seller_id)}`;
    const answer = await client.call({ method: 'GET', path, query }, searchReply, signal);
    if (answer.kind !== 'answered') throw unavailable(answer, 'Amazon');
    for (const one of answer.body.items) if (together.includes(one.sku)) tell(one);
  }
  for (const sku of skus) {
    if (!isSendable(sku) || !sku.includes(',')) continue;
    const one = await askForItem(client, options, sku, 'fulfillmentAvailability', signal);
    if (one !== null) tell({ ...one, sku });
  }
  return found;
}

/** null: Amazon has no such item. Throws ChannelUnavailable. */
async function askForItem(
  client: AmazonClient,
  options: AmazonOptions,
  sku: string,
  includedData: string,
  signal: AbortSignal,
): Promise<Item | null> {
  const path = itemPath(options, sku);
  const query = { marketplaceIds: options.marketplace_id, includedData };
  const answer = await client.call({ method: 'GET', path, query }, item, signal);
  if (answer.kind === 'refused' && answer.status === 404) return null;
  if (answer.kind !== 'answered') throw unavailable(answer, 'Amazon');
  if (answer.body.sku !== sku) throw new ChannelUnavailable('Amazon told of another item than was asked for.');
  return answer.body;
}

function itemPath({ seller_id }: AmazonOptions, sku: string): string {
  return `/listings/2021-08-01/items/${encodeURIComponent(seller_id)}/${encodeURIComponent(sku)}`;
}

/** Dots alone are steps of a path, however they are encoded; half a character cannot be encoded at all. */
export function isSendable(sku: string): boolean {
  return sku !== '' && sku !== '.' && sku !== '..' && sku.isWellFormed();
}

/** An item that says nothing of our way of fulfilment is not for sale by it. */
function quantityOf({ channel_code }: AmazonOptions, { fulfillmentAvailability = [] }: Item): number {
  return fulfillmentAvailability.find(({ fulfillmentChannelCode }) => fulfillmentChannelCode === channel_code)?.quantity ?? 0;
}

function isError({ severity }: Issue): boolean {
  return severity === 'ERROR';
}

export function refusalOf(issue: Pick<Issue, 'code' | 'message'> | undefined): {
  readonly code: string;
  readonly detail: string;
} {
  return { code: issue?.code ?? 'invalid', detail: shortened(issue?.message || 'Amazon found it invalid and did not say why.') };
}

function refusedItem(sku: string, refusal: { readonly code: string; readonly detail: string }): Progress {
  return { done: true, refused: new Map([[sku, refusal]]), failed: new Map() };
}
