import { beforeEach, describe, expect, test } from 'vitest';
import { ErpUnavailable } from '../../erp/port.ts';
import { ReconciledShop } from '../../test/reconciled-shop.ts';
import { keyOf, MUG, TEA } from '../../test/shop.ts';
import { advanceRun } from './advance-run.ts';

let shop: ReconciledShop;
beforeEach(async () => {
  shop = await ReconciledShop.open();
});

describe('a run', () => {
  test('[R36] [I23] in which nothing differs proposes nothing and writes no line', async () => {
    await shop.sell(2);
    const { body } = await shop.reconcile();
    expect(body).toMatchObject({ state: 'done', totals: { items: 2, places: 2, equal: 2, deferred: 0, by_class: [] } });
    expect(await shop.lines(body.id)).toEqual([]);
    expect(await shop.cases()).toEqual([]);
  });

  test('[R34] [R36] finds what somebody did by hand to the unit, whatever waits for the ERP or is known there only', async () => {
    shop.erp.tamper(TEA, 'dc', -3);
    await shop.sell(2);
    shop.bookInErp('GR-1', 4);
    const { body } = await shop.reconcile();
    expect(await shop.lines(body.id)).toMatchObject([
      { sku: TEA, location: 'dc', class: 'unknown', outcome: 'case', variance: -3, ours: 12, erp: 11 },
    ]);
    expect(body.totals).toMatchObject({ equal: 1, by_class: [{ name: 'unknown', lines: 1, variance: -3, absolute: 3 }] });
    expect(await shop.available()).toBe(12);
  });

  test.each([
    ['and did not arrive', async () => {}],
    [
      'and arrived',
      async () => {
        const lost = async (...asked: Parameters<typeof shop.erp.post>) => {
          await shop.erp.post(...asked);
          return asked[0].map(({ key }) => ({ key, outcome: 'unknown', detail: 'No answer in time.' }) as const);
        };
        await shop.object(TEA).postTo({ post: lost });
      },
    ],
  ])('[R34] [R36] is exact also where a posting left, nobody answered, %s', async (_, arrive) => {
    shop.erp.tamper(TEA, 'dc', -3);
    await shop.sell(2);
    await arrive();
    shop.object(TEA).sendAll();
    expect(await shop.differences()).toMatchObject([{ sku: TEA, outcome: 'case', variance: -3 }]);
    const [found] = await shop.cases();
    expect((await shop.approve(found.id)).body).toMatchObject({ state: 'resolved' });
    expect(await shop.available()).toBe(5);
    expect(await shop.differences()).toEqual([]);
  });

  test('[R34] [R36] waits where a posting left and the ERP does not say whether it has it, and says so at last', async () => {
    shop.erp.tamper(TEA, 'dc', -3);
    await shop.sell(2);
    shop.object(TEA).sendAll();
    shop.erp.find = async () => Promise.reject(new ErpUnavailable('The ERP does not say.'));
    expect(await shop.differences()).toMatchObject([{ sku: TEA, outcome: 'deferred', variance: null }]);
    expect(await shop.cases()).toEqual([]);
  });

  test('[R36] believes no difference that a second reading does not show', async () => {
    shop.erp.tamper(TEA, 'dc', -3);
    const begun = await shop.ask('admin', 'POST', '/v1/reconciliations', {});
    await advanceRun(begun.body.id, shop.reconciliation);
    shop.erp.tamper(TEA, 'dc', 3);
    shop.nowMs += 60_000;
    await shop.advance(begun.body.id);
    expect(await shop.lines(begun.body.id)).toEqual([]);
    expect((await shop.get('admin', `/v1/reconciliations/${begun.body.id}`)).body.totals).toMatchObject({ equal: 2 });
  });

  test('[R36] decides nothing while each reading shows another difference', async () => {
    shop.erp.tamper(TEA, 'dc', -3);
    const { body } = await shop.ask('admin', 'POST', '/v1/reconciliations', {});
    await advanceRun(body.id, shop.reconciliation);
    shop.erp.tamper(TEA, 'dc', -1);
    shop.nowMs += 60_000;
    await advanceRun(body.id, shop.reconciliation);
    expect(await shop.cases()).toEqual([]);
    shop.nowMs += 60_000;
    await shop.advance(body.id);
    expect(await shop.lines(body.id)).toMatchObject([{ sku: TEA, outcome: 'case', variance: -4 }]);
  });

  test('[R36] lists what only one side knows: codes that nobody declared, and items that the ERP does not have', async () => {
    shop.bookInErp('GR-1', 7, { sku: 'GHOST' });
    shop.bookInErp('GR-2', 1, { location: 'moon' });
    await shop.put('/v1/items/OWN', { status: 'active' });
    await shop.receive('OWN', 3);
    await shop
      .object('OWN')
      .postTo({ post: async (all) => all.map(({ key }) => ({ key, outcome: 'posted', mark: 1, reference: 'x' })) });
    const { body } = await shop.reconcile();
    expect(await shop.lines(body.id)).toMatchObject([
      { sku: 'GHOST', location: 'dc', class: 'item_unknown', outcome: 'reported', ours: null, erp: 7 },
      { sku: 'OWN', location: 'dc', class: 'missing_post', outcome: 'case', ours: 3, erp: 0 },
      { sku: TEA, location: 'moon', class: 'location_unknown', outcome: 'reported', erp: 1 },
    ]);
  });

  test('[R36] of an item that the ERP never had says that, and proposes nothing', async () => {
    await shop.put('/v1/items/OWN', { status: 'active' });
    await shop.receive('OWN', 3);
    expect(await shop.differences()).toEqual([]);
    shop.bookInErp('GR-OWN', 2, { sku: 'OWN' });
    await shop.reconciliation.followFeed(null);
    shop.erp.lose('GR-OWN');
    expect(await shop.differences()).toMatchObject([{ sku: 'OWN', class: 'item_not_in_erp', outcome: 'reported', variance: -2 }]);
  });

  test('[R36] goes on where it died, step by step, and ends as if it had not', async () => {
    shop.erp.tamper(TEA, 'dc', -3);
    shop.bookInErp('GR-1', 7, { sku: 'GHOST' });
    const { body } = await shop.ask('admin', 'POST', '/v1/reconciliations', {});
    const whole = shop.reconciliation;
    let left = 0;
    // Each time it does one thing more before it dies in the middle of the next.
    for (let times = 1; times <= 40; times += 1) {
      left = times;
      const mayAsk = (): void => {
        if ((left -= 1) < 0) throw new Error('died');
      };
      const erp = {
        ...bound(whole.erp),
        balances: async (...asked: Parameters<typeof whole.erp.balances>) => {
          mayAsk();
          return whole.erp.balances(...asked);
        },
        balancesOf: async (...asked: Parameters<typeof whole.erp.balancesOf>) => {
          mayAsk();
          return whole.erp.balancesOf(...asked);
        },
      };
      await advanceRun(body.id, { ...whole, erp }).catch(() => undefined);
      shop.nowMs += 10_000;
    }
    await shop.advance(body.id);
    const run = await shop.get('admin', `/v1/reconciliations/${body.id}`);
    expect(run.body).toMatchObject({ state: 'done', totals: { items: 2, equal: 1 } });
    expect(await shop.lines(body.id)).toMatchObject([{ sku: 'GHOST' }, { sku: TEA, variance: -3, outcome: 'case' }]);
  });

  test('[R36] of a connection is one at a time, and the same request begins it once', async () => {
    const key = { 'idempotency-key': 'nightly-1' };
    const first = await shop.ask('admin', 'POST', '/v1/reconciliations', { skus: [TEA] }, key);
    const again = await shop.ask('admin', 'POST', '/v1/reconciliations', { skus: [TEA] }, key);
    expect([first.status, again.status, again.body]).toEqual([202, 202, first.body]);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(await shop.ask('admin', 'POST', '/v1/reconciliations', {})).toMatchObject({
      status: 409,
      body: { code: 'reconciliation_running' },
    });
    expect((await shop.ask('admin', 'POST', '/v1/reconciliations', { skus: [MUG] }, key)).body.code).toBe('key_reused');
    expect(shop.runsWoken).toEqual([first.body.id]);
    await shop.advance(first.body.id);
    expect((await shop.ask('admin', 'POST', '/v1/reconciliations', {})).status).toBe(202);
  });

  test('[R36] of two workers at one run only one goes on', async () => {
    const { body } = await shop.ask('admin', 'POST', '/v1/reconciliations', {});
    const both = await Promise.all([advanceRun(body.id, shop.reconciliation), advanceRun(body.id, shop.reconciliation)]);
    expect(both.map(({ advanced }) => advanced.outcome).sort()).toEqual(['ended', 'not mine']);
  });

  test('[R36] waits for an ERP that is down, and says why', async () => {
    shop.erp.faults.down = true;
    const { body } = await shop.ask('admin', 'POST', '/v1/reconciliations', {});
    const { advanced } = await advanceRun(body.id, shop.reconciliation);
    expect(advanced).toEqual({ outcome: 'goes on', afterMs: 30_000 });
    expect((await shop.get('admin', `/v1/reconciliations/${body.id}`)).body).toMatchObject({
      state: 'running',
      error: 'The ERP is down.',
    });
    shop.erp.faults.down = false;
    shop.nowMs += 30_000;
    await shop.advance(body.id);
    expect((await shop.get('admin', `/v1/reconciliations/${body.id}`)).body).toMatchObject({ state: 'done', error: null });
  });

  test('[R34] [R36] ends, and is exact, also while the ERP books faster than its feed is read', async () => {
    const honest = shop.erp.changes.bind(shop.erp);
    let tills = 0;
    shop.erp.changes = async (...asked) => {
      shop.bookInErp(`TILL-${(tills += 1)}`, -1);
      return honest(...asked);
    };
    shop.erp.tamper(TEA, 'dc', -3);
    expect(await shop.differences()).toMatchObject([{ sku: TEA, variance: -3, outcome: 'case' }]);
    expect(tills).toBeGreaterThan(1);
  });

  test('[R36] asks the ERP for no item that has nothing and owes nothing', async () => {
    await shop.put('/v1/items/EMPTY', { status: 'active' });
    const honest = shop.erp.balancesOf.bind(shop.erp);
    const asked: string[] = [];
    shop.erp.balancesOf = async (skus, signal) => {
      asked.push(...skus);
      return honest(skus, signal);
    };
    expect(await shop.differences()).toEqual([]);
    expect(asked).toEqual([]);
    const { body } = await shop.get('admin', '/v1/reconciliations');
    expect(body.items[0].totals).toMatchObject({ items: 3, places: 2 });
  });

  test('are listed with what each of them found, as many as a list may hold', async () => {
    shop.erp.tamper(TEA, 'dc', -3);
    await shop.reconcile();
    shop.erp.tamper(TEA, 'dc', -1);
    await shop.reconcile();
    const { body } = await shop.get('admin', '/v1/reconciliations?limit=500');
    expect(body.items).toMatchObject([
      { totals: { by_class: [{ variance: -4 }] } },
      { totals: { by_class: [{ variance: -3 }] } },
    ]);
    const first = await shop.get('admin', '/v1/reconciliations?limit=1');
    const second = await shop.get('admin', `/v1/reconciliations?limit=1&cursor=${first.body.next_cursor}`);
    expect([first.body.items, second.body.items]).toEqual([[body.items[0]], [body.items[1]]]);
  });

  test('[R36] defers an item whose object does not answer, and goes on with all others', async () => {
    shop.erp.tamper(TEA, 'dc', -3);
    const mug = shop.object(MUG);
    mug.compare = async () => Promise.reject(new Error('nobody answers'));
    expect(await shop.differences()).toMatchObject([
      { sku: MUG, outcome: 'deferred', variance: null },
      { sku: TEA, outcome: 'case', variance: -3 },
    ]);
    expect(await shop.differences({ skus: [MUG] })).toMatchObject([{ sku: MUG, outcome: 'deferred' }]);
    mug.standing = async () => Promise.reject(new Error('nobody answers'));
    expect(await shop.differences({ skus: [MUG, TEA] })).toMatchObject([{ sku: MUG, outcome: 'deferred' }, { sku: TEA }]);
  });

  test('of somebody unknown, or of items that there are not, does not begin', async () => {
    const ask = async (body: object): Promise<string> => (await shop.ask('admin', 'POST', '/v1/reconciliations', body)).body.code;
    expect(await ask({ skus: ['NOPE'] })).toBe('sku_unknown');
    expect(await ask({ connection: 'other' })).toBe('source_unknown');
    expect(await ask({ against: ['nobody'] })).toBe('source_unknown');
    expect(await ask({ skus: [] })).toBe('invalid_request');
    expect((await shop.get('admin', '/v1/reconciliations/none')).status).toBe(404);
    expect((await shop.get('admin', '/v1/reconciliations/none/lines')).status).toBe(404);
    expect((await shop.ask('stock', 'POST', '/v1/reconciliations', {})).status).toBe(403);
  });
});

describe('views side by side', () => {
  test('[R35] [R36] show what others counted beside the ERP and us, with what changed since left in', async () => {
    const count = { id: 'c1', source: 'wms', sku: TEA, location: 'dc', quantity: 10, meaning: 'on_hand', as_of: shop.today() };
    await shop.ask('stock', 'POST', '/v1/counts', { counts: [count] });
    shop.nowMs += 1_000;
    await shop.sell(2);
    expect(await shop.differences({ against: ['erp', 'wms'] })).toEqual([]);
    shop.nowMs += 1_000;
    await shop.database.prepare("UPDATE stated_count SET quantity = 9, as_of_ms = ? WHERE source = 'wms'").bind(shop.nowMs).run();
    shop.nowMs += 1_000;
    const lines = await shop.differences({ against: ['wms', 'erp'] });
    expect(lines).toMatchObject([
      {
        sku: TEA,
        location: 'dc',
        outcome: 'reported',
        erp: 10,
        variance: 0,
        views: [{ source: 'wms', quantity: 9, variance: -1 }],
      },
    ]);
    expect(await shop.differences({ against: ['wms'] })).toMatchObject([
      { outcome: 'reported', erp: null, views: [{ source: 'wms', variance: -1 }] },
    ]);
  });
});

describe('the report', () => {
  test('of the newest run over all items is in the metrics', async () => {
    const metrics = async (): Promise<string> => String((await shop.get('admin', '/metrics')).body);
    expect(await metrics()).not.toContain('holdfast_reconciliation');
    shop.erp.tamper(TEA, 'dc', -3);
    await shop.differences();
    await shop.differences({ skus: [MUG] });
    expect(await metrics()).toContain('holdfast_reconciliation_difference_units{class="unknown"} 3\n');
    shop.erp.tamper(TEA, 'dc', 3);
    await shop.differences();
    expect(await metrics()).toContain('holdfast_reconciliation_difference_units{class="unknown"} 0\n');
  });

  test('is a list in pages and by class, and a file in which no cell does anything', async () => {
    await shop.put('/v1/items/=1+1', { status: 'active' });
    shop.bookInErp('GR-1', 7, { sku: 'GHOST, "the" second' });
    shop.bookInErp('GR-2', 5, { sku: '=1+1' });
    await shop.reconciliation.followFeed(null);
    shop.erp.tamper('=1+1', 'dc', -1);
    shop.erp.tamper(TEA, 'dc', -3);
    const { body } = await shop.reconcile();
    const path = `/v1/reconciliations/${body.id}/lines`;
    const first = await shop.get('admin', `${path}?limit=2`);
    const rest = await shop.get('admin', `${path}?limit=2&cursor=${first.body.next_cursor}`);
    expect([first.body.items.length, rest.body.items.length, rest.body.next_cursor]).toEqual([2, 1, null]);
    expect((await shop.get('admin', `${path}?class=unknown&sku=${TEA}`)).body.items).toMatchObject([{ sku: TEA }]);

    const csv = await shop.get('admin', `${path}?format=csv`);
    expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    const rows = String(csv.body).trimEnd().split('\r\n');
    expect(rows[0]).toMatch(/^sku,location,status,class,outcome,ours,erp,variance/);
    expect(rows.slice(1).map((row) => row.split(',')[0])).toEqual(["'=1+1", '"GHOST', TEA]);
    const ndjson = await shop.app.request(`${path}?format=ndjson`, { headers: { authorization: `Bearer ${keyOf('admin')}` } });
    const told = (await ndjson.text()).trimEnd().split('\n');
    expect(told.map((line) => JSON.parse(line).variance)).toEqual([-1, 7, -3]);
    expect((await shop.get('admin', '/v1/reconciliations')).body.items).toMatchObject([{ id: body.id, state: 'done' }]);
    const tooMany = [500, 501].map(async (limit) => (await shop.get('admin', `/v1/reconciliations?limit=${limit}`)).status);
    expect(await Promise.all(tooMany)).toEqual([200, 400]);
  });
});

function bound<Port extends object>(port: Port): Port {
  return new Proxy(port, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
