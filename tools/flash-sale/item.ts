import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { availability } from '../../contracts/availability.ts';
import { locationReply, sourceReply } from '../../contracts/catalogue.ts';
import { movementsReply } from '../../contracts/facts.ts';
import { yes } from '../replay/ask.ts';
import { PATIENCE } from '../replay/patience.ts';
import { ReplayStopped } from '../replay/replay-stopped.ts';
import { declare, put } from '../replay/set-up.ts';
import type { SaleOptions } from './options.ts';
import type { SalesFront } from './sales-front.ts';

const LOCATION = 'dc';
const SOURCE = 'wms';
/** The front remembers for up to a second that a name was unknown, and as long who sells from where. */
const TRIES_MAX = 10;
/** Longer than any sale takes: who has had a unit gets no other. */
const CAP_PERIOD_SECONDS = 86_400;

/** What is for sale: a new item at every sale, so that its whole history is this sale. */
export interface SaleItem {
  readonly sku: string;
  readonly run: string;
}

/** Declares the item, receives its units, and waits until all of them can be sold. */
export async function putOnSale(front: SalesFront, { units, caps }: SaleOptions): Promise<SaleItem> {
  const run = `${new Date().toISOString().slice(0, 19).replaceAll(/\D/g, '')}-${randomBytes(2).toString('hex')}`;
  const item = { sku: `FLASH-${run}`, run };
  await declare(
    front,
    `/v1/locations/${LOCATION}`,
    { name: 'Distribution centre', type: 'dc' },
    locationReply.pick({ id: true }),
  );
  const source = { name: 'Warehouse', books: 'front' };
  const { books } = await declare(front, `/v1/sources/${SOURCE}`, source, sourceReply.pick({ books: true }));
  if (books !== 'front') throw new ReplayStopped(`What the source ${SOURCE} receives is never told to the ERP.`);

  yes('PUT of the item', await put(front, `/v1/items/${item.sku}`, { name: 'Flash sale', status: 'active' }), z.unknown());
  if (caps) {
    const policy = { buyer_cap: { quantity: 1, period_seconds: CAP_PERIOD_SECONDS } };
    yes('PUT of the policy', await put(front, `/v1/items/${item.sku}/policy`, policy), z.unknown());
  }
  await receive(front, item, units);
  await allForSale(front, item, units);
  return item;
}

/** What may be sold now, by the object's own word. */
export async function availableNow({ ask, keys }: Pick<SalesFront, 'ask' | 'keys'>, { sku }: SaleItem): Promise<number> {
  const path = `/v1/availability/${sku}?consistency=strong`;
  const answer = await ask({ kind: 'look', method: 'GET', path, token: keys.sales });
  return yes(`GET ${path}`, answer, availability.pick({ available_to_sell: true })).available_to_sell;
}

async function receive({ ask, keys }: SalesFront, { sku, run }: SaleItem, quantity: number): Promise<void> {
  const received = { id: `flash-${run}`, source: SOURCE, kind: 'received', sku, location: LOCATION, quantity };
  const body = { movements: [{ ...received, reason: 'for the sale', occurred_at: new Date().toISOString() }] };
  for (let attempt = 1; ; attempt += 1) {
    const call = { kind: 'move', method: 'POST', path: '/v1/movements', token: keys.admin, body } as const;
    const [outcome] = yes('POST /v1/movements', await ask({ ...call, idempotencyKey: received.id }), movementsReply).items;
    if (outcome !== undefined && outcome.outcome !== 'rejected') return;
    if (attempt === TRIES_MAX) throw new ReplayStopped(`The units were not received: ${outcome?.code ?? 'no answer'}.`);
    await sleep(PATIENCE.pollMs);
  }
}

async function allForSale(front: SalesFront, item: SaleItem, units: number): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const available = await availableNow(front, item);
    if (available === units) return;
    if (attempt === TRIES_MAX) {
      throw new ReplayStopped(
        `The channel of the sales key may sell ${available} of ${units} units: see its locations and buffer.`,
      );
    }
    await sleep(PATIENCE.pollMs);
  }
}
