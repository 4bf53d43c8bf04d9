import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MemoryNotes } from '../../erp/memory/memory-notes.ts';
import { trytonOptions } from '../../erp/tryton/options.ts';
import { trytonErp } from '../../erp/tryton/tryton-erp.ts';
import { whyNoTryton } from '../../tools/tryton/packages.ts';
import { addProducts, bookByHand, locationOf, productIds, storageOf } from '../../tools/tryton/set-up.ts';
import { startTryton, type Tryton } from '../../tools/tryton/start-tryton.ts';
import { Shop, TEA, type Said } from '../shop.ts';

const why = whyNoTryton();
if (why !== null) console.warn(`A first load from Tryton is not tested: ${why}`);

const SKUS = ['LOAD-A', 'LOAD-B', 'LOAD-C', 'LOAD-D', 'LOAD-E', 'LOAD-F', 'LOAD-G'];

describe.skipIf(why !== null)('[R62] a first load from a real Tryton', () => {
  let folder: string;
  let tryton: Tryton;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'holdfast-load-test-'));
    tryton = await startTryton(folder, { warehouses: ['dc', 'depot'] });
    await addProducts(tryton.admin, [TEA, ...SKUS]);
    const from = await locationOf(tryton.admin, 'supplier');
    for (const [n, sku] of SKUS.entries()) {
      const to = await storageOf(tryton.admin, n % 2 === 0 ? 'dc' : 'depot');
      await bookByHand(tryton.admin, { sku, from, to, quantity: n + 1 });
    }
    const [product] = await productIds(tryton.admin, ['LOAD-A']).then((ids) => [...ids.values()]);
    await tryton.admin.ask('product.identifier.create', [[{ product, type: 'ean', code: '4006381333931' }]]);
  }, 240_000);
  afterAll(async () => {
    await tryton.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  test('brings its items, identifiers, locations and balances, goes on where it was interrupted, and says so of each', async () => {
    // Read as an ERP of its own kind: what it counts is on hand when goods leave.
    const shop = await Shop.open('fulfil');
    const options = trytonOptions.parse({ user: tryton.user });
    const erp = trytonErp({ url: tryton.url, password: tryton.password, options, notes: new MemoryNotes(), pageMax: 3 });
    const report = async (id: string): Promise<Said['body']> => (await shop.get('admin', `/v1/imports/${id}`)).body;
    const load = async (): Promise<Said['body']> => {
      const { body } = await shop.ask('admin', 'POST', '/v1/imports?kind=erp');
      let rounds = 0;
      await shop.runImports({
        erp,
        imports: {
          ...shop.jobs.imports,
          advance: async (...asked) => {
            rounds += 1;
            if (rounds % 3 === 0) throw new Error('died before it was written down');
            return shop.jobs.imports.advance(...asked);
          },
        },
      });
      for (let tries = 0; tries < 10 && (await report(body.id)).state === 'running'; tries += 1) await shop.runImports({ erp });
      return report(body.id);
    };

    shop.nowMs = Date.now();
    const first = await load();
    console.info(`a first load from Tryton: ${JSON.stringify(first.rows)}`);
    expect(first).toMatchObject({ state: 'done', error: null, rows: { rejected: 0 } });
    for (const [n, sku] of SKUS.entries()) {
      const { body } = await shop.get('web', `/v1/availability/${sku}?consistency=strong`);
      expect([
        sku,
        body.available_to_sell,
        body.locations.find((one: Said['body']) => one.available_to_sell > 0)?.location,
      ]).toEqual([sku, n + 1, n % 2 === 0 ? 'dc' : 'depot']);
    }
    const { body: item } = await shop.get('admin', '/v1/items/LOAD-A');
    expect(item).toMatchObject({ status: 'active', aliases: [{ system: 'gtin', external_id: '4006381333931' }] });
    // What was ours before is ours.
    expect((await shop.get('admin', `/v1/items/${TEA}`)).body.units).toEqual([{ unit: 'box', factor: 12 }]);

    shop.nowMs = Date.now();
    const again = await load();
    expect([again.state, again.rows.created, again.rows.changed, again.rows.rejected]).toEqual(['done', 0, 0, 0]);
  }, 120_000);
});
