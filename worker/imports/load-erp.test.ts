import { beforeEach, describe, expect, test } from 'vitest';
import type { LocationId, Sku } from '../../domain/ids.ts';
import { MUG, Shop, TEA, type Said } from '../../test/shop.ts';

let shop: Shop;
beforeEach(async () => {
  shop = await Shop.open();
  await shop.put('/v1/locations/dc', {
    type: 'dc',
    priority: 1,
    aliases: [
      { system: 'sap', external_id: '1000' },
      { system: 'erp', external_id: '1000' },
    ],
  });
  shop.erp.known.locations.push(
    { code: '1000', name: 'Main hall', type: 'warehouse' },
    { code: 'outlet', name: null, type: 'store' },
  );
  shop.erp.known.items.push(
    { code: TEA, name: 'Green tea', aliases: [{ system: 'gtin', externalId: '4012345' }] },
    { code: MUG, name: null, aliases: [] },
    { code: 'CUP', name: 'Cup', aliases: [{ system: 'gtin', externalId: '777' }] },
    { code: 'x'.repeat(65), name: null, aliases: [] },
    { code: 'LID', name: 'Lid', aliases: [{ system: 'gtin', externalId: '4012345' }] },
  );
  book('E-1', TEA, '1000', 7);
  book('E-2', 'CUP', 'outlet', 5, 2);
  book('E-3', 'GHOST', 'outlet', 1);
});

function book(key: string, sku: string, location: string, onHand: number, committed = 0): void {
  const lines = [{ location: location as LocationId, status: 'sellable' as const, onHand, committed }];
  const bare = { orderRef: null, document: null, reason: null, occurredAtMs: 1 };
  shop.erp.book({ key, kind: 'received', sku: sku as Sku, lines, ...bare });
}

async function load(): Promise<Said['body']> {
  const said = await shop.ask('admin', 'POST', '/v1/imports?kind=erp');
  expect([said.status, said.body.detail]).toEqual([202, undefined]);
  await shop.runImports();
  return report(said.body.id);
}

const report = async (id: string): Promise<Said['body']> => (await shop.get('admin', `/v1/imports/${id}`)).body;
async function rows(id: string): Promise<readonly string[]> {
  const { items } = (await shop.get('admin', `/v1/imports/${id}/rows`)).body;
  return items.map((row: { id: string; outcome: string; code: string | null }) => `${row.id}: ${row.code ?? row.outcome}`);
}
const available = async (sku: string) =>
  (await shop.get('web', `/v1/availability/${sku}?consistency=strong`)).body.available_to_sell;

describe('[R62] a first load from the ERP', () => {
  test('makes what is not there, counts what there is, and reports each', async () => {
    const run = await load();
    expect(run).toMatchObject({ state: 'done', kind: 'erp', source: 'erp', error: null });
    expect(await rows(run.id)).toEqual([
      'source erp: unchanged',
      'location 1000: changed',
      'location outlet: created',
      `item ${TEA}: changed`,
      `item ${MUG}: unchanged`,
      'item CUP: created',
      `item ${'x'.repeat(65)}: invalid_request`,
      'item LID: invalid_request',
      'balance CUP outlet sellable: applied',
      'balance GHOST outlet sellable: sku_unknown',
      `balance ${TEA} 1000 sellable: applied`,
    ]);
    // Posted at commit, the ERP's number is on hand less committed (R34).
    expect([await available(TEA), await available('CUP')]).toEqual([7, 3]);
    expect((await shop.get('admin', '/v1/items/CUP')).body).toMatchObject({
      name: 'Cup',
      aliases: [{ system: 'gtin', external_id: '777' }],
    });
  });

  test('once more changes nothing', async () => {
    await load();
    const before = (await shop.get('admin', '/v1/audit-log?limit=500')).body.items.length;
    const { rows: counts } = await load();
    expect([counts.created, counts.changed, counts.applied]).toEqual([0, 0, 0]);
    expect(counts.unchanged).toBe(6);
    // Of the load itself.
    expect((await shop.get('admin', '/v1/audit-log?limit=500')).body.items.length).toBe(before + 1);
    expect([await available(TEA), await available('CUP')]).toEqual([7, 3]);
  });

  test('leaves what is ours as it is: status, units, aliases, policies, types and priorities', async () => {
    await shop.put(`/v1/items/${TEA}/policy`, { backorder_limit: 4 });
    await load();
    const { body: tea } = await shop.get('admin', `/v1/items/${TEA}`);
    expect(tea).toMatchObject({
      status: 'active',
      name: 'Green tea',
      units: [{ unit: 'box', factor: 12 }],
      aliases: [{ system: 'gtin' }],
    });
    expect((await shop.get('admin', `/v1/items/${TEA}/policy`)).body.backorder_limit).toBe(4);
    const { body: dc } = await shop.get('admin', '/v1/locations/dc');
    expect(dc).toMatchObject({
      type: 'dc',
      priority: 1,
      name: 'Main hall',
      aliases: [{ system: 'erp', external_id: '1000' }, { system: 'sap' }],
    });
  });

  test('goes on where the ERP went away, and where a round was not written down', async () => {
    const { body } = await shop.ask('admin', 'POST', '/v1/imports?kind=erp');
    let rounds = 0;
    await shop.runImports({
      imports: {
        ...shop.jobs.imports,
        advance: async (...asked) => {
          rounds += 1;
          if (rounds === 2) throw new Error('died before it was written down');
          return shop.jobs.imports.advance(...asked);
        },
      },
    });
    shop.erp.faults.down = true;
    await shop.runImports();
    expect(await report(body.id)).toMatchObject({ state: 'running', error: 'not yet: The ERP is down.' });
    shop.erp.faults.down = false;
    await shop.runImports();
    const run = await report(body.id);
    expect([run.state, run.error, run.rows.read]).toEqual(['done', null, 11]);
    expect([await available(TEA), await available('CUP')]).toEqual([7, 3]);
  });

  test('tells the object of an item whose first teller died before that', async () => {
    await shop.database
      .prepare("INSERT INTO item (sku, name, status, units, version, policy_version) VALUES ('CUP', 'Cup', 'active', '[]', 1, 0)")
      .run();
    await load();
    expect(await available('CUP')).toBe(3);
  });

  test('declares the source of the ERP where nobody has', async () => {
    await shop.database.prepare("DELETE FROM source WHERE id = 'erp'").run();
    const run = await load();
    expect((await rows(run.id))[0]).toBe('source erp: created');
    expect((await shop.get('admin', '/v1/sources/erp')).body.books).toBe('erp');
  });

  test('of an ERP that does not tell what it has fails, and says so', async () => {
    const said = await shop.ask('admin', 'POST', '/v1/imports?kind=erp');
    await shop.runImports({ erp: { balances: async () => ({ items: [], nextCursor: null }), catalogue: null } });
    expect(await report(said.body.id)).toMatchObject({ state: 'failed', error: expect.stringContaining('does not tell') });
  });

  test('is for administrators, has no file, and stands in the audit log', async () => {
    expect((await shop.ask('stock', 'POST', '/v1/imports?kind=erp')).body.code).toBe('scope_missing');
    expect((await shop.ask('admin', 'POST', '/v1/imports?kind=erp&source=wms')).body.code).toBe('invalid_request');
    const run = await load();
    const { body } = await shop.get('admin', `/v1/audit-log?target=import:${run.id}`);
    expect(body.items).toMatchObject([{ action: 'create', actor: 'admin', after: { kind: 'erp' } }]);
  });
});
