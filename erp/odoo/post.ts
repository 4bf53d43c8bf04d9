import * as z from 'zod';
import type { Sku } from '../../domain/ids.ts';
import type { Posting } from '../../domain/posting.ts';
import { ErpUnavailable, type ErpReceipt, type PostOutcome } from '../port.ts';
import type { OdooAnswer } from './answer.ts';
import { allRows, type OdooClient } from './client.ts';
import { itemsBy, type Item } from './items.ts';
import type { Places } from './places.ts';
import { isRefusal, transferOf, type Refusal } from './transfer.ts';
import { id, ids } from './values.ts';

/** Filled one by one, so that what is known of some survives what happens to the others. */
export type Outcomes = Map<string, PostOutcome>;
type Wanted = Map<string, Readonly<Record<string, unknown>>>;

/**
 * Makes a transfer per posting, whose name is the posting's key and unique in Odoo, and validates it. A transfer that an
 * earlier try left behind is found by its name and driven on, so whatever step is lost, there is never a second one.
 */
export async function postTransfers(
  client: OdooClient,
  places: Places,
  postings: readonly Posting[],
  outcomes: Outcomes,
  signal: AbortSignal,
): Promise<void> {
  const [items, there] = await Promise.all([
    itemsOf(client, places, postings, signal),
    transfersNamed(
      client,
      places,
      postings.map(({ key }) => key),
      signal,
    ),
  ]);
  const open = new Map<string, number>();
  const wanted: Wanted = new Map();
  for (const posting of postings) {
    const { key } = posting;
    const transfer = there.get(key);
    if (transfer?.state === 'done') outcomes.set(key, { key, outcome: 'duplicate', ...receiptOf(transfer) });
    else if (transfer?.state === 'cancel') outcomes.set(key, refused(key, CANCELLED));
    else if (transfer !== undefined) open.set(key, transfer.id);
    else {
      const values = transferValues(posting, items.get(posting.sku) ?? [], places);
      if (isRefusal(values)) outcomes.set(key, refused(key, values));
      else wanted.set(key, values);
    }
  }
  await create(client, places, wanted, open, outcomes, signal);
  await validate(client, places, open, outcomes, signal);
}

/** Only a transfer that is done is posted. */
export async function findTransfers(client: OdooClient, places: Places, keys: readonly string[], signal: AbortSignal) {
  const done = [...(await transfersNamed(client, places, keys, signal))].filter(([, { state }]) => state === 'done');
  return new Map(done.map(([key, transfer]) => [key, receiptOf(transfer)]));
}

function transferValues(posting: Posting, items: readonly Item[], places: Places) {
  const living = items.filter(({ active }) => active);
  const [item, another] = living.length > 0 ? living : items;
  if (item === undefined)
    return { code: 'unknown_item', detail: `Odoo has no product with the internal reference ${posting.sku}.` };
  if (another !== undefined)
    return { code: 'ambiguous_item', detail: `Several products of Odoo have the internal reference ${posting.sku}.` };
  if (!item.stocked)
    return { code: 'not_stocked', detail: `Odoo keeps no quantity of ${posting.sku}: let it track the product's inventory.` };
  return transferOf(posting, item, places);
}

/** All in one transaction; if one is bad the call is halved until that one stands alone. */
async function create(
  client: OdooClient,
  places: Places,
  wanted: Wanted,
  open: Map<string, number>,
  outcomes: Outcomes,
  signal: AbortSignal,
): Promise<void> {
  if (wanted.size === 0) return;
  const keys = [...wanted.keys()];
  const context = { allowed_company_ids: [places.company], tracking_disable: true };
  const call = { model: 'stock.picking', method: 'create', named: { vals_list: [...wanted.values()] }, context };
  const answer = await client.try(call, ids.length(wanted.size), signal);
  if (answer.kind === 'answered') {
    answer.body.forEach((transfer, index) => open.set(keys[index] ?? '', transfer));
    return;
  }
  if (answer.kind !== 'refused') return settleAll(keys, answer, outcomes);
  if (wanted.size > 1) {
    for (const half of halves([...wanted])) await create(client, places, new Map(half), open, outcomes, signal);
    return;
  }
  // Odoo says that a name is taken as it says that a value is wrong. Somebody may have been faster.
  const [[key, transfer] = []] = await transfersNamed(client, places, keys, signal);
  if (key !== undefined && transfer !== undefined) open.set(key, transfer.id);
  else for (const mine of keys) outcomes.set(mine, refused(mine, answer));
}

async function validate(
  client: OdooClient,
  places: Places,
  open: ReadonlyMap<string, number>,
  outcomes: Outcomes,
  signal: AbortSignal,
): Promise<void> {
  if (open.size === 0) return;
  const keys = [...open.keys()];
  const context = { allowed_company_ids: [places.company], ...NO_QUESTIONS };
  const call = { model: 'stock.picking', method: 'button_validate', ids: [...open.values()], context };
  const answer = await client.try(call, z.unknown(), signal);
  if (answer.kind === 'throttled' || answer.kind === 'locked_out' || answer.kind === 'unknown')
    return settleAll(keys, answer, outcomes);

  // Neither "true" nor a refusal tells what is booked: a form to fill in means nothing was, a report to print that all was.
  const states = await statesAfter(client, places, keys, signal);
  if (states.kind !== 'answered')
    return settleAll(keys, { kind: 'unknown', detail: 'It is not known what is booked.' }, outcomes);
  const waiting: [string, number][] = [];
  for (const [key, transfer] of open) {
    const now = states.body.get(key);
    if (now?.state === 'done') outcomes.set(key, { key, outcome: 'posted', ...receiptOf(now) });
    else waiting.push([key, transfer]);
  }
  if (waiting.length === 0) return;
  if (open.size > 1) {
    for (const part of waiting.length < open.size ? [waiting] : halves(waiting))
      await validate(client, places, new Map(part), outcomes, signal);
    return;
  }
  for (const [key] of waiting) {
    if (!states.body.has(key)) outcomes.set(key, { key, outcome: 'unknown', detail: 'Somebody deleted the transfer meanwhile.' });
    else outcomes.set(key, answer.kind === 'refused' ? refused(key, answer) : unfinished(key, answer.body));
  }
}

/** For questions that are asked while something may be booked: no exception may lose what is known of the others. */
async function statesAfter(client: OdooClient, places: Places, keys: readonly string[], signal: AbortSignal) {
  try {
    return { kind: 'answered', body: await transfersNamed(client, places, keys, signal) } as const;
  } catch (error) {
    if (error instanceof ErpUnavailable) return { kind: 'unknown' } as const;
    throw error;
  }
}

interface Transfer {
  readonly id: number;
  readonly name: string;
  readonly state: string;
}

async function transfersNamed(
  client: OdooClient,
  { company }: Places,
  keys: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Transfer>> {
  if (keys.length === 0) return new Map();
  const domain = [
    ['name', 'in', keys],
    ['company_id', '=', company],
  ];
  const search = { model: 'stock.picking', domain, fields: ['name', 'state'], context: { allowed_company_ids: [company] } };
  const found = await allRows(client, search, transferRows, signal);
  return new Map(found.map((transfer) => [transfer.name, transfer]));
}

const transferRows = z.array(z.object({ id, name: z.string(), state: z.string() }));

async function itemsOf(
  client: OdooClient,
  places: Places,
  postings: readonly Posting[],
  signal: AbortSignal,
): Promise<ReadonlyMap<Sku, readonly Item[]>> {
  const codes = [...new Set(postings.map(({ sku }) => sku))];
  return Map.groupBy(await itemsBy(client, places, [['default_code', 'in', codes]], signal), ({ sku }) => sku);
}

// Modules ask whoever validates before they go on. What these leave out changes no quantity; the question whether less
// than was asked for shall be booked is not among them.
const NO_QUESTIONS = { skip_immediate: true, skip_sms: true, skip_expired: true };

const CANCELLED: Refusal = {
  code: 'transfer_cancelled',
  detail: 'The transfer of this name was cancelled in Odoo. Rename it there if the posting shall be booked after all.',
};

const form = z.object({ res_model: z.string() });

function unfinished(key: string, answer: unknown): PostOutcome {
  const asked = form.safeParse(answer);
  if (!asked.success) return { key, outcome: 'unknown', detail: 'Odoo validated the transfer, and yet it is not done.' };
  const detail = `Odoo asks a person to fill in ${asked.data.res_model} before it books this transfer, which it has prepared.`;
  return refused(key, { code: 'asks_a_person', detail });
}

function refused(key: string, { code, detail }: Refusal): PostOutcome {
  return { key, outcome: 'refused', code, detail };
}

function settleAll(
  keys: readonly string[],
  answer: Exclude<OdooAnswer<unknown>, { kind: 'answered' | 'refused' }>,
  outcomes: Outcomes,
): void {
  for (const key of keys) {
    outcomes.set(
      key,
      answer.kind === 'throttled'
        ? { key, outcome: 'throttled', retryAfterMs: answer.retryAfterMs }
        : { key, outcome: 'unknown', detail: answer.detail },
    );
  }
}

function receiptOf(transfer: Transfer): ErpReceipt {
  return { mark: null, reference: `stock.picking,${transfer.id}` };
}

function halves<Each>(all: readonly Each[]): readonly (readonly Each[])[] {
  const middle = Math.ceil(all.length / 2);
  return [all.slice(0, middle), all.slice(middle)];
}
