import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { channelReply, locationReply, sourceReply } from '../../contracts/catalogue.ts';
import { movementsReply } from '../../contracts/facts.ts';
import type { Sku } from '../../domain/ids.ts';
import { yes } from './ask.ts';
import { explainedBooks, totalsOf } from './balances.ts';
import { inFlight } from './in-flight.ts';
import type { Front } from './front.ts';
import { ReplayStopped } from './replay-stopped.ts';
import type { ItemPrepared } from './run-log.ts';
import { ALL_SEEING, CHANNELS, FACTS_AT, openingAt, PLACES, SALES_CHANNELS, SOURCE, type Place } from './sales-network.ts';

/** Each movement of a batch is a call of another object, so a batch is far smaller than the API allows. */
const OPENING_BATCH = 100;
const OPENING_BATCHES_AT_ONCE = 4;
/** The front remembers for up to a second that a name was unknown. */
const NAME_TRIES_MAX = 4;
/** Where returns go comes first. */
const PLACE_NAMES: readonly Place[] = [FACTS_AT, 'shop'];

/** What it takes to declare something at the front. */
export type Administered = Pick<Front, 'ask'> & { readonly keys: Pick<Front['keys'], 'admin'> };

// What else they say does not matter here.
const named = locationReply.pick({ id: true });
const sourceOf = sourceReply.pick({ books: true });
const channelOf = channelReply.pick({ locations: true });

/** Makes sure that the places, the channels and the source are there. What is declared already is left as it is. */
export async function declareNetwork(front: Front): Promise<void> {
  for (const place of PLACE_NAMES) await declare(front, `/v1/locations/${place}`, PLACES[place], named);
  const source = await declare(front, `/v1/sources/${SOURCE}`, { name: 'Warehouse system', books: 'front' }, sourceOf);
  if (source.books !== 'front') {
    throw new ReplayStopped(
      `The source ${SOURCE} keeps its books in the ERP, so the ERP would never hear of what the replay receives.`,
    );
  }
  for (const id of SALES_CHANNELS) {
    const { name, class: rank, locations } = CHANNELS[id];
    const channel = await declare(front, `/v1/channels/${id}`, { name, class: rank, locations }, channelOf);
    const missing = (locations ?? PLACE_NAMES).filter((place) => channel.locations?.includes(place) === false);
    if (missing.length > 0) {
      throw new ReplayStopped(
        `The channel ${id} is declared and does not sell from ${missing.join(' and ')}, as the replay has it.`,
      );
    }
  }
}

/** Makes sure that the item is there, and says what the front held of it before anything was replayed. */
export async function prepareItem(front: Front, sku: Sku, name: string, opening: number): Promise<ItemPrepared> {
  const path = `/v1/availability/${encodeURIComponent(sku)}/explain?channel=${ALL_SEEING}&limit=1`;
  const answer = await front.ask({ kind: 'look', method: 'GET', path, token: front.keys.admin });
  if (answer.status !== 404)
    return { type: 'item', sku, declared: false, opening, before: totalsOf(yes(`GET ${path}`, answer, explainedBooks)) };

  const item = { status: 'active', ...(name === '' ? {} : { name: name.slice(0, 200) }) };
  const declared = await put(front, `/v1/items/${encodeURIComponent(sku)}`, item);
  yes(`PUT of the item ${sku}`, declared, z.unknown());
  return { type: 'item', sku, declared: true, opening, before: { onHand: {}, committed: 0 } };
}

/** Receives the opening balances. A repeat states the same movements under the same ids, so they are booked once. */
export async function receiveOpenings(
  front: Front,
  items: readonly ItemPrepared[],
  received: (count: number) => void,
): Promise<void> {
  const stocked = items.filter(({ opening }) => opening > 0).toSorted((left, right) => (left.sku < right.sku ? -1 : 1));
  const batches = Array.from({ length: Math.ceil(stocked.length / OPENING_BATCH) }, (_, index) => ({
    key: `${front.run.run}:opening:${index}:receive`,
    items: stocked.slice(index * OPENING_BATCH, (index + 1) * OPENING_BATCH),
  }));
  await inFlight(batches, OPENING_BATCHES_AT_ONCE, async (batch) => {
    await receive(front, batch.key, batch.items);
    received(batch.items.length);
  });
}

async function receive(front: Front, key: string, items: readonly ItemPrepared[]): Promise<void> {
  const movements = items.flatMap(({ sku, opening }) =>
    PLACE_NAMES.flatMap((location) => {
      const quantity = openingAt(opening)[location];
      const id = `replay-${front.run.run}-opening-${location}-${sku}`;
      const movement = { id, source: SOURCE, kind: 'received', sku, location, quantity };
      return quantity === 0 ? [] : [{ ...movement, reason: 'opening balance', occurred_at: front.run.startedAt }];
    }),
  );
  for (let attempt = 1; ; attempt += 1) {
    const call = {
      kind: 'move',
      method: 'POST',
      path: '/v1/movements',
      token: front.keys.stock,
      body: { movements },
      idempotencyKey: key,
    } as const;
    const { items: outcomes } = yes('POST /v1/movements', await front.ask(call), movementsReply);
    const rejected = outcomes.filter(({ outcome }) => outcome === 'rejected');
    if (outcomes.length === movements.length && rejected.length === 0) return;

    const notKnownYet = rejected.length > 0 && rejected.every(({ code }) => code?.endsWith('_unknown'));
    if (!notKnownYet || attempt === NAME_TRIES_MAX) {
      const codes = [...new Set(rejected.map(({ code, detail }) => `${code} ${detail ?? ''}`.trim()))].join(', ');
      throw new ReplayStopped(`${rejected.length} of ${movements.length} opening balances were rejected: ${codes}`);
    }
    await sleep(front.patience.pollMs);
  }
}

/** Asks the front to have it so, unless it has something of that name already. */
export async function declare<Reply>(
  front: Administered,
  path: string,
  definition: unknown,
  reply: z.ZodType<Reply>,
): Promise<Reply> {
  const look = () => front.ask({ kind: 'look', method: 'GET', path, token: front.keys.admin });
  const present = await look();
  if (present.status !== 404) return yes(`GET ${path}`, present, reply);

  yes(`PUT ${path}`, await put(front, path, definition), z.unknown());
  return yes(`GET ${path}`, await look(), reply);
}

export function put(front: Administered, path: string, body: unknown) {
  return front.ask({ kind: 'declare', method: 'PUT', path, token: front.keys.admin, body });
}
