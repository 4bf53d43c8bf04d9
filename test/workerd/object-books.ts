import { listDurableObjectIds, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import type { Cart } from '../../domain/cart/cart.ts';
import type { Entry } from '../../domain/event.ts';
import type { SkuStockStub } from '../../durable-objects/sku-stock/protocol.ts';
import type { Journals } from '../buyers/journals.ts';

export function stockOf(sku: string): DurableObjectStub & SkuStockStub {
  return env.SKU_STOCK.getByName(sku) as unknown as DurableObjectStub & SkuStockStub;
}

export async function readJournals(skus: readonly string[]): Promise<ReadonlyMap<string, readonly Entry[]>> {
  const read = (sku: string) => runInDurableObject(stockOf(sku), (_, { storage }) => entriesIn(storage.sql));
  return new Map(await Promise.all(skus.map(async (sku) => [sku, await read(sku)] as const)));
}

/** [I1] [I2] [I7] [I10] What the objects hold is what their journals say, by their own audit and by the other reading. */
export async function brokenBooks({ papers }: Journals): Promise<readonly string[]> {
  const found = await Promise.all(
    [...papers].map(async ([sku, paper]) => {
      const stock = stockOf(sku);
      const proof = await stock.proof();
      const unequal = proof?.checks.filter(({ holds }) => !holds).map((check) => JSON.stringify(check)) ?? ['no such item'];
      const failed = unequal.map((what) => `${sku}: ${what}`);
      const explained = await stock.explain({ channel: null, after: null, limit: 1_000 });
      const different = explained === null ? ['nothing'] : paper.differences(explained);
      return [...failed, ...different.map((what) => `${sku}: ${what}`)];
    }),
  );
  return found.flat();
}

/** [I16] Carts that wait for something. */
export async function unfinishedCarts(): Promise<readonly string[]> {
  const ids = await listDurableObjectIds(env.CART_RESERVATION);
  const carts = await Promise.all(
    ids.map((id) => runInDurableObject(env.CART_RESERVATION.get(id), (_, { storage }) => cartIn(storage.sql))),
  );
  return carts.flatMap((cart) => (cart.running === null && cart.freeing.length === 0 ? [] : [JSON.stringify(cart)]));
}

function cartIn(sql: SqlStorage): Cart {
  const rows = sql.exec<{ body: string }>(`SELECT body FROM text WHERE name = 'cart' ORDER BY part`).toArray();
  return JSON.parse(rows.map(({ body }) => body).join('')) as Cart;
}

function entriesIn(sql: SqlStorage): readonly Entry[] {
  const tables = sql.exec<{ name: string }>(`SELECT name FROM sqlite_master WHERE name GLOB 'journal_*' ORDER BY name`).toArray();
  return tables.flatMap(({ name }) =>
    sql
      .exec<{ sequence: number; at: number; body: string }>(`SELECT sequence, at, body FROM ${name} ORDER BY sequence`)
      .toArray()
      .map(({ sequence, at, body }) => ({ sequence, atMs: at, ...(JSON.parse(body) as Pick<Entry, 'correlationId' | 'event'>) })),
  );
}
