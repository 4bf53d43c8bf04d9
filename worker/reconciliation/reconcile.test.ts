import { beforeEach, describe, expect, test } from 'vitest';
import type { LocationId, Sku } from '../../domain/ids.ts';
import { keyOf, MUG, Shop, TEA, type Said } from '../../test/shop.ts';
import { advanceRun } from './advance-run.ts';
import { reconciliationSettings } from './settings.ts';

let shop: Shop;

beforeEach(async () => {
  shop = await Shop.open();
  await shop.receive(TEA, 10);
  await shop.receive(MUG, 5, 'store');
  await post();
});

async function post(): Promise<void> {
  await shop.object(TEA).postTo(shop.erp);
  await shop.object(MUG).postTo(shop.erp);
}

/** Somebody books in the ERP itself, and its feed tells. */
function bookInErp(key: string, onHand: number, { sku = TEA, location = 'dc' }: { sku?: string; location?: string } = {}): void {
  shop.erp.book({
    key,
    kind: onHand > 0 ? 'received' : 'sold',
    sku: sku as Sku,
    lines: [{ location: location as LocationId, status: 'sellable', onHand, committed: 0 }],
    orderRef: null,
    document: null,
    reason: null,
    occurredAtMs: shop.nowMs,
  });
}

async function sell(quantity: number): Promise<void> {
  const { body } = await shop.reserve(quantity);
  await shop.post('web', `/v1/reservations/${body.id}/commit`, { order_ref: `order-${quantity}` });
}

const available = async (sku = TEA): Promise<number> =>
  (await shop.get('web', `/v1/availability/${sku}?consistency=strong`)).body.available_to_sell;

const cases = async (query = '?state=open'): Promise<readonly Said['body'][]> =>
  (await shop.get('admin', `/v1/cases${query}`)).body.items;

const approve = async (id: string): Promise<Said> => shop.post('admin', `/v1/cases/${encodeURIComponent(id)}/approve`, {});

async function differences(asked: object = {}): Promise<readonly Said['body'][]> {
  const { body } = await shop.reconcile(asked);
  expect(body).toMatchObject({ state: 'done' });
  return shop.lines(body.id);
}

describe('a run', () => {
  test('[R36] [I23] in which nothing differs proposes nothing and writes no line', async () => {
    await sell(2);
    const { body } = await shop.reconcile();
    expect(body).toMatchObject({ state: 'done', totals: { items: 2, places: 2, equal: 2, deferred: 0, by_class: [] } });
    expect(await shop.lines(body.id)).toEqual([]);
    expect(await cases()).toEqual([]);
  });

  test('[R34] [R36] finds what somebody did by hand to the unit, whatever waits for the ERP or is known there only', async () => {
    shop.erp.tamper(TEA, 'dc', -3);
    await sell(2);
    bookInErp('GR-1', 4);
    const { body } = await shop.reconcile();
    expect(await shop.lines(body.id)).toMatchObject([
      { sku: TEA, location: 'dc', class: 'unknown', outcome: 'case', variance: -3, ours: 12, erp: 11 },
    ]);
    expect(body.totals).toMatchObject({ equal: 1, by_class: [{ name: 'unknown', lines: 1, variance: -3, absolute: 3 }] });
    expect(await available()).toBe(12);
  });

  test('[R34] [R36] waits where a posting left and nobody answered, and says so at last', async () => {
    shop.erp.tamper(TEA, 'dc', -3);
    await sell(2);
    shop.object(TEA).sendAll();
    expect(await differences()).toMatchObject([{ sku: TEA, outcome: 'deferred', variance: null }]);
    expect(await cases()).toEqual([]);
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

  test('[R36] lists what only one side knows: codes that nobody declared, and items that the ERP does not have', async () => {
    bookInErp('GR-1', 7, { sku: 'GHOST' });
    bookInErp('GR-2', 1, { location: 'moon' });
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
    expect(await differences()).toEqual([]);
    bookInErp('GR-OWN', 2, { sku: 'OWN' });
    await shop.reconciliation.followFeed(null);
    shop.erp.lose('GR-OWN');
    expect(await differences()).toMatchObject([{ sku: 'OWN', class: 'item_not_in_erp', outcome: 'reported', variance: -2 }]);
  });

  test('[R36] goes on where it died, step by step, and ends as if it had not', async () => {
    shop.erp.tamper(TEA, 'dc', -3);
    bookInErp('GR-1', 7, { sku: 'GHOST' });
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
      bookInErp(`TILL-${(tills += 1)}`, -1);
      return honest(...asked);
    };
    shop.erp.tamper(TEA, 'dc', -3);
    expect(await differences()).toMatchObject([{ sku: TEA, variance: -3, outcome: 'case' }]);
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
    expect(await differences()).toEqual([]);
    expect(asked).toEqual([]);
    const { body } = await shop.get('admin', '/v1/reconciliations');
    expect(body.items[0].totals).toMatchObject({ items: 3, places: 2 });
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

describe('a difference is explained', () => {
  test('[R36b] by units in the wrong place, where in all nothing is missing', async () => {
    bookInErp('GR-1', 5, { location: 'store' });
    shop.erp.tamper(TEA, 'dc', -2);
    shop.erp.tamper(TEA, 'store', 2);
    expect(await differences()).toMatchObject([
      { location: 'dc', class: 'wrong_location', variance: -2, outcome: 'case' },
      { location: 'store', class: 'wrong_location', variance: 2, outcome: 'case' },
    ]);
    const [one, ...more] = await cases();
    expect(more).toEqual([]);
    expect((await approve(one.id)).body).toMatchObject({ state: 'resolved' });
    expect(await differences()).toEqual([]);
  });

  test('[R36b] by what the ERP told and nobody could book here yet: it is corrected, and what follows changes nothing', async () => {
    const line = { status: 'sellable' as const, committed: 0 };
    const lines = [
      { ...line, location: 'dc' as LocationId, onHand: -4 },
      { ...line, location: 'moon' as LocationId, onHand: 4 },
    ];
    const told = { kind: 'transferred' as const, sku: TEA as Sku, orderRef: null, document: null, reason: null };
    shop.erp.book({ key: 'TR-1', ...told, lines, occurredAtMs: shop.nowMs });
    expect(await differences()).toMatchObject([
      { location: 'dc', class: 'late_order', keys: ['TR-1'], variance: -4, outcome: 'corrected' },
      { location: 'moon', class: 'location_unknown' },
    ]);
    expect(await available()).toBe(6);
    await shop.put('/v1/locations/moon', { type: 'store' });
    const [waits] = await cases('?kind=code_unknown');
    await shop.post('admin', `/v1/cases/${encodeURIComponent(waits.id)}/replay`, {});
    expect((await shop.get('web', `/v1/availability/${TEA}?consistency=strong&location=dc`)).body.available_to_sell).toBe(6);
    expect(await available()).toBe(10);
    expect(await differences()).toEqual([]);
  });

  test('[R36b] by boxes that were counted as pieces', async () => {
    await shop.receive(TEA, 14);
    await post();
    shop.erp.tamper(TEA, 'dc', -22);
    expect(await differences()).toMatchObject([{ class: 'unit_mix_up', unit_factor: 12, variance: -22, outcome: 'case' }]);
  });

  test('[R36b] by a posting that is in the ERP twice: nothing is to be booked here', async () => {
    await sell(4);
    await post();
    shop.erp.tamper(TEA, 'dc', -4);
    const [line] = await differences();
    expect(line).toMatchObject({ class: 'double_post', variance: -4, outcome: 'case' });
    expect(line.keys.length).toBe(1);
    const [found] = await cases();
    expect(await approve(found.id)).toMatchObject({ status: 409, body: { code: 'nothing_to_approve' } });
    shop.erp.tamper(TEA, 'dc', 4);
    expect(await differences()).toEqual([]);
    expect(await cases()).toEqual([]);
  });

  test('[R36b] [R31] by a posting that the ERP lost, which goes out again under its key', async () => {
    await sell(3);
    await sell(2);
    await post();
    shop.erp.lose(keyOfSale(3));
    const [line] = await differences();
    expect(line).toMatchObject({ class: 'missing_post', variance: 3, keys: [keyOfSale(3)], outcome: 'case' });
    const [found] = await cases();
    expect((await approve(found.id)).body).toMatchObject({ state: 'resolved', reason: 'Approved, and booked.' });
    await post();
    expect(shop.erp.documents(keyOfSale(3))).toBe(1);
    expect(await differences()).toEqual([]);
    expect(await available()).toBe(5);
  });
});

function keyOfSale(quantity: number): string {
  const entry = shop
    .object(TEA)
    .journal.find(({ event }) => event.type === 'committed' && event.orderRef === `order-${quantity}`);
  return `${TEA}#${entry?.sequence}`;
}

describe('a case about a difference', () => {
  test('[R36c] is approved, and then books what it proposed, once', async () => {
    shop.erp.tamper(TEA, 'dc', -3);
    await differences();
    const [found] = await cases();
    expect(found).toMatchObject({
      kind: 'drift',
      sku: TEA,
      location: 'dc',
      difference: -3,
      drift: { class: 'unknown', places: [{ location: 'dc', status: 'sellable', variance: -3, ours: 10, erp: 7 }] },
    });
    await sell(1);
    expect((await approve(found.id)).body).toMatchObject({ state: 'resolved' });
    expect(await available()).toBe(6);
    expect((await approve(found.id)).body).toMatchObject({ state: 'resolved' });
    expect(await available()).toBe(6);
    const booked = shop.object(TEA).journal.filter(({ event }) => event.type === 'reconciled');
    expect(booked).toMatchObject([{ event: { onHand: -3, reason: `unknown: approved, case ${found.id}`, books: 'erp' } }]);
    await post();
    expect(await differences()).toEqual([]);
  });

  test('[R36c] is not approved where it is no longer so, and closes by itself where nothing differs', async () => {
    shop.erp.tamper(TEA, 'dc', -3);
    await differences();
    const [found] = await cases();
    shop.erp.tamper(TEA, 'dc', -1);
    expect(await approve(found.id)).toMatchObject({ status: 409, body: { code: 'case_changed' } });
    expect(await available()).toBe(10);
    await differences();
    expect(await cases()).toMatchObject([{ id: found.id, difference: -4 }]);
    shop.erp.tamper(TEA, 'dc', 4);
    expect((await approve(found.id)).body).toMatchObject({ state: 'resolved', reason: 'The difference is gone.' });
    expect(await available()).toBe(10);
  });

  test('[R36c] waits for an ERP that is down, and for a posting that nobody answered', async () => {
    shop.erp.tamper(TEA, 'dc', -3);
    await differences();
    const [found] = await cases();
    shop.erp.faults.down = true;
    expect(await approve(found.id)).toMatchObject({ status: 503, body: { code: 'erp_unavailable' } });
    shop.erp.faults.down = false;
    await sell(1);
    shop.object(TEA).sendAll();
    expect(await approve(found.id)).toMatchObject({ status: 503, body: { code: 'erp_unavailable' } });
  });

  test('[R36c] is one, however many runs find it, and a run that no longer does closes it', async () => {
    shop.erp.tamper(TEA, 'dc', -3);
    await differences();
    await differences();
    expect(await cases()).toMatchObject([{ kind: 'drift' }]);
    shop.erp.tamper(TEA, 'dc', 3);
    await differences({ skus: [MUG] });
    expect((await cases()).length).toBe(1);
    await differences();
    expect(await cases('')).toMatchObject([{ state: 'resolved', reason: 'The difference is gone.' }]);
    const { body } = await shop.get('feeds', '/v1/events?types=case.closed');
    expect(body.items).toMatchObject([{ type: 'case.closed', data: { kind: 'drift' } }]);
  });

  test('[R36c] that a person closed stays closed, until the difference is another', async () => {
    shop.erp.tamper(TEA, 'dc', -3);
    await differences();
    const [found] = await cases();
    await shop.post('admin', `/v1/cases/${found.id}/resolve`, { reason: 'known, will be counted in May' });
    await differences();
    expect(await cases()).toEqual([]);
    shop.erp.tamper(TEA, 'dc', -1);
    await differences();
    expect(await cases()).toMatchObject([{ id: found.id, difference: -4 }]);
  });

  test('of another kind proposes nothing that could be booked', async () => {
    bookInErp('GR-1', 7, { sku: 'GHOST' });
    await differences();
    const [found] = await cases('?kind=code_unknown');
    expect(await approve(found.id)).toMatchObject({ status: 409, body: { code: 'nothing_to_approve' } });
    expect((await approve('none')).status).toBe(404);
  });
});

describe('what a deployment decides', () => {
  const decide = (given: object): void => {
    shop.reconciliation = { ...shop.reconciliation, settings: reconciliationSettings.parse(given) };
  };

  test('[R36b] a difference within its tolerance is corrected by itself, one beyond is a case', async () => {
    decide({ classes: { unknown: { tolerance_units: 2 } } });
    shop.erp.tamper(TEA, 'dc', -2);
    shop.erp.tamper(MUG, 'store', 3);
    expect(await differences()).toMatchObject([
      { sku: MUG, outcome: 'case', variance: 3 },
      { sku: TEA, outcome: 'corrected', variance: -2 },
    ]);
    expect(await available()).toBe(8);
    expect(await differences({ skus: [TEA] })).toEqual([]);
  });

  test('[R36b] a correction for want of goods opens the case of the shortage', async () => {
    decide({ classes: { unknown: { action: 'correct' } } });
    await sell(9);
    shop.erp.tamper(TEA, 'dc', -3);
    await differences();
    expect([...shop.object(TEA).stock.cases.values()]).toMatchObject([{ about: { kind: 'over_reservation' }, difference: 2 }]);
  });

  test('[R36b] what is ignored is in the report, and nowhere else', async () => {
    decide({ classes: { unknown: { action: 'ignore' } } });
    shop.erp.tamper(TEA, 'dc', -2);
    expect(await differences()).toMatchObject([{ outcome: 'ignored', variance: -2 }]);
    expect(await cases()).toEqual([]);
  });
});

describe('an ERP that came back from a backup', () => {
  test('[R36d] is noticed by its mark: nothing is corrected, and one case says what to post again', async () => {
    shop.reconciliation = {
      ...shop.reconciliation,
      settings: reconciliationSettings.parse({ classes: { unknown: { action: 'correct' } } }),
    };
    await differences();
    await sell(3);
    await post();
    await differences();
    const before = shop.erp.documents(keyOfSale(3));
    shop.erp.restore(2);
    expect([before, shop.erp.documents(keyOfSale(3))]).toEqual([1, 0]);
    // What was confirmed beyond the mark is known not to be in the number, so even now nothing differs.
    expect(await differences()).toEqual([]);
    const [found] = await cases();
    expect(found).toMatchObject({ kind: 'erp_restored', proposal: expect.stringContaining('Its newest mark is 2, and was 3.') });
    shop.erp.tamper(TEA, 'dc', -1);
    expect(await differences()).toMatchObject([{ outcome: 'held', variance: -1 }]);
    expect(await available()).toBe(7);
    expect((await cases()).length).toBe(1);
    expect((await cases())[0].id).toBe('erp_restored~erp');
    await shop.post('admin', `/v1/cases/${found.id}/resolve`, { reason: 'looked at' });
    expect(await differences()).toMatchObject([{ class: 'missing_post', keys: [keyOfSale(3)], outcome: 'case' }]);
  });

  test('[R36d] is noticed by what it forgot, where it has no marks to fall', async () => {
    for (const quantity of [1, 2, 3]) await sell(quantity);
    await post();
    for (const quantity of [1, 2, 3]) shop.erp.lose(keyOfSale(quantity));
    expect(await differences()).toMatchObject([{ class: 'missing_post', outcome: 'held', variance: 6 }]);
    const [found] = await cases();
    expect(found).toMatchObject({ kind: 'erp_restored', difference: 3 });
    await shop.post('admin', `/v1/cases/${found.id}/resolve`, { reason: 'posted again' });
    for (const quantity of [1, 2, 3])
      await shop.object(TEA).replay([{ sequence: Number(keyOfSale(quantity).split('#')[1]), vanished: true }]);
    await post();
    expect(await differences()).toEqual([]);
  });
});

describe('views side by side', () => {
  test('[R35] [R36] show what others counted beside the ERP and us, with what changed since left in', async () => {
    const count = { id: 'c1', source: 'wms', sku: TEA, location: 'dc', quantity: 10, meaning: 'on_hand', as_of: shop.today() };
    await shop.ask('stock', 'POST', '/v1/counts', { counts: [count] });
    shop.nowMs += 1_000;
    await sell(2);
    expect(await differences({ against: ['erp', 'wms'] })).toEqual([]);
    shop.nowMs += 1_000;
    await shop.database.prepare("UPDATE stated_count SET quantity = 9, as_of_ms = ? WHERE source = 'wms'").bind(shop.nowMs).run();
    shop.nowMs += 1_000;
    const lines = await differences({ against: ['wms', 'erp'] });
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
    expect(await differences({ against: ['wms'] })).toMatchObject([
      { outcome: 'reported', erp: null, views: [{ source: 'wms', variance: -1 }] },
    ]);
  });
});

describe('the report', () => {
  test('is a list in pages and by class, and a file in which no cell does anything', async () => {
    await shop.put('/v1/items/=1+1', { status: 'active' });
    bookInErp('GR-1', 7, { sku: 'GHOST, "the" second' });
    bookInErp('GR-2', 5, { sku: '=1+1' });
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
