import { beforeEach, describe, expect, test } from 'vitest';
import type { LocationId, Sku } from '../../domain/ids.ts';
import { ErpUnavailable, type ErpPort } from '../../erp/port.ts';
import { ReconciledShop } from '../../test/reconciled-shop.ts';
import { MUG, TEA } from '../../test/shop.ts';
import { reconciliationSettings } from './settings.ts';

let shop: ReconciledShop;
beforeEach(async () => {
  shop = await ReconciledShop.open();
});

describe('a difference is explained', () => {
  test('[R36b] by units in the wrong place, where in all nothing is missing', async () => {
    shop.bookInErp('GR-1', 5, { location: 'store' });
    shop.erp.tamper(TEA, 'dc', -2);
    shop.erp.tamper(TEA, 'store', 2);
    expect(await shop.differences()).toMatchObject([
      { location: 'dc', class: 'wrong_location', variance: -2, outcome: 'case' },
      { location: 'store', class: 'wrong_location', variance: 2, outcome: 'case' },
    ]);
    const [one, ...more] = await shop.cases();
    expect(more).toEqual([]);
    expect((await shop.approve(one.id)).body).toMatchObject({ state: 'resolved' });
    expect(await shop.differences()).toEqual([]);
  });

  test('[R36b] by what the ERP told and nobody could book here yet: it is corrected, and what follows changes nothing', async () => {
    const line = { status: 'sellable' as const, committed: 0 };
    const lines = [
      { ...line, location: 'dc' as LocationId, onHand: -4 },
      { ...line, location: 'moon' as LocationId, onHand: 4 },
    ];
    const told = { kind: 'transferred' as const, sku: TEA as Sku, orderRef: null, document: null, reason: null };
    shop.erp.book({ key: 'TR-1', ...told, lines, occurredAtMs: shop.nowMs });
    expect(await shop.differences()).toMatchObject([
      { location: 'dc', class: 'late_order', keys: ['TR-1'], variance: -4, outcome: 'corrected' },
      { location: 'moon', class: 'location_unknown' },
    ]);
    expect(await shop.available()).toBe(6);
    await shop.put('/v1/locations/moon', { type: 'store' });
    const [waits] = await shop.cases('?kind=code_unknown');
    await shop.post('admin', `/v1/cases/${encodeURIComponent(waits.id)}/replay`, {});
    expect((await shop.get('web', `/v1/availability/${TEA}?consistency=strong&location=dc`)).body.available_to_sell).toBe(6);
    expect(await shop.available()).toBe(10);
    expect(await shop.differences()).toEqual([]);
  });

  test('[R35] [R36b] and is not booked twice where numbers have no mark: it waits for the code, and nothing is booked before', async () => {
    const { erp } = shop.reconciliation;
    const unmarked: Pick<ErpPort, 'balances' | 'balancesOf' | 'find' | 'batchMax'> = {
      batchMax: erp.batchMax,
      find: (keys, signal) => erp.find(keys, signal),
      balances: (cursor, signal) => erp.balances(cursor, signal),
      balancesOf: async (skus, signal) => (await erp.balancesOf(skus, signal)).map((one) => ({ ...one, mark: null })),
    };
    shop.reconciliation = { ...shop.reconciliation, erp: unmarked };
    const lines = [
      { location: 'moon' as LocationId, status: 'sellable' as const, onHand: -4, committed: 0 },
      { location: 'dc' as LocationId, status: 'sellable' as const, onHand: 4, committed: 0 },
    ];
    const told = { kind: 'transferred' as const, sku: TEA as Sku, orderRef: null, document: null, reason: null };
    shop.erp.book({ key: 'TR-1', ...told, lines, occurredAtMs: shop.nowMs });
    expect(await shop.differences({ skus: [TEA] })).toMatchObject([
      { location: 'dc', class: null, outcome: 'deferred', variance: 4 },
    ]);
    expect(await shop.available()).toBe(10);
    await shop.put('/v1/locations/moon', { type: 'store' });
    const [waits] = await shop.cases('?kind=code_unknown');
    await shop.post('admin', `/v1/cases/${encodeURIComponent(waits.id)}/replay`, {});
    expect(await shop.differences({ skus: [TEA] })).toEqual([]);
  });

  test('[R36b] by boxes that were counted as pieces', async () => {
    await shop.receive(TEA, 14);
    await shop.postAll();
    shop.erp.tamper(TEA, 'dc', -22);
    expect(await shop.differences()).toMatchObject([{ class: 'unit_mix_up', unit_factor: 12, variance: -22, outcome: 'case' }]);
  });

  test('[R36b] by a posting that is in the ERP twice: nothing is to be booked here', async () => {
    await shop.sell(4);
    await shop.postAll();
    shop.erp.tamper(TEA, 'dc', -4);
    const [line] = await shop.differences();
    expect(line).toMatchObject({ class: 'double_post', variance: -4, outcome: 'case' });
    expect(line?.keys.length).toBe(1);
    const [found] = await shop.cases();
    expect(await shop.approve(found.id)).toMatchObject({ status: 409, body: { code: 'nothing_to_approve' } });
    shop.erp.tamper(TEA, 'dc', 4);
    expect(await shop.differences()).toEqual([]);
    expect(await shop.cases()).toEqual([]);
  });

  test('[R36b] [R31] by a posting that the ERP lost, which goes out again under its key', async () => {
    await shop.sell(3);
    await shop.sell(2);
    await shop.postAll();
    shop.erp.lose(shop.keyOfSale(3));
    const [line] = await shop.differences();
    expect(line).toMatchObject({ class: 'missing_post', variance: 3, keys: [shop.keyOfSale(3)], outcome: 'case' });
    const [found] = await shop.cases();
    expect((await shop.approve(found.id)).body).toMatchObject({ state: 'resolved', reason: 'Approved, and booked.' });
    await shop.postAll();
    expect(shop.erp.documents(shop.keyOfSale(3))).toBe(1);
    expect(await shop.differences()).toEqual([]);
    expect(await shop.available()).toBe(5);
  });
});

describe('a case about a difference', () => {
  test('[R36c] is approved, and then books what it proposed, once', async () => {
    shop.erp.tamper(TEA, 'dc', -3);
    await shop.differences();
    const [found] = await shop.cases();
    expect(found).toMatchObject({
      kind: 'drift',
      sku: TEA,
      location: 'dc',
      difference: -3,
      drift: { class: 'unknown', places: [{ location: 'dc', status: 'sellable', variance: -3, ours: 10, erp: 7 }] },
    });
    expect(Object.keys(found.drift)).toEqual(['class', 'meaning', 'places', 'keys', 'factor']);
    await shop.sell(1);
    expect((await shop.approve(found.id)).body).toMatchObject({ state: 'resolved' });
    expect(await shop.available()).toBe(6);
    expect((await shop.approve(found.id)).body).toMatchObject({ state: 'resolved' });
    expect(await shop.available()).toBe(6);
    const booked = shop.object(TEA).journal.filter(({ event }) => event.type === 'reconciled');
    expect(booked).toMatchObject([{ event: { onHand: -3, reason: `unknown: approved, case ${found.id}`, books: 'erp' } }]);
    await shop.postAll();
    expect(await shop.differences()).toEqual([]);
  });

  test('[R36c] is not approved where it is no longer so, and closes by itself where nothing differs', async () => {
    shop.erp.tamper(TEA, 'dc', -3);
    await shop.differences();
    const [found] = await shop.cases();
    shop.erp.tamper(TEA, 'dc', -1);
    expect(await shop.approve(found.id)).toMatchObject({ status: 409, body: { code: 'case_changed' } });
    expect(await shop.available()).toBe(10);
    await shop.differences();
    expect(await shop.cases()).toMatchObject([{ id: found.id, difference: -4 }]);
    shop.erp.tamper(TEA, 'dc', 4);
    expect((await shop.approve(found.id)).body).toMatchObject({ state: 'resolved', reason: 'The difference is gone.' });
    expect(await shop.available()).toBe(10);
  });

  test('[R36c] waits for an ERP that is down, and for one that does not say whether it has what nobody answered', async () => {
    shop.erp.tamper(TEA, 'dc', -3);
    await shop.differences();
    const [found] = await shop.cases();
    shop.erp.faults.down = true;
    expect(await shop.approve(found.id)).toMatchObject({ status: 503, body: { code: 'erp_unavailable' } });
    shop.erp.faults.down = false;
    await shop.sell(1);
    shop.object(TEA).sendAll();
    shop.erp.find = async () => Promise.reject(new ErpUnavailable('The ERP does not say.'));
    expect(await shop.approve(found.id)).toMatchObject({ status: 503, body: { code: 'erp_unavailable' } });
  });

  test('[R36c] is one, however many runs find it, and a run that no longer does closes it', async () => {
    shop.erp.tamper(TEA, 'dc', -3);
    await shop.differences();
    await shop.differences();
    expect(await shop.cases()).toMatchObject([{ kind: 'drift' }]);
    shop.erp.tamper(TEA, 'dc', 3);
    await shop.differences({ skus: [MUG] });
    expect((await shop.cases()).length).toBe(1);
    await shop.differences();
    expect(await shop.cases('')).toMatchObject([{ state: 'resolved', reason: 'The difference is gone.' }]);
    const { body } = await shop.get('feeds', '/v1/events?types=case.closed');
    expect(body.items).toMatchObject([{ type: 'case.closed', data: { kind: 'drift' } }]);
  });

  test('[R36c] that a person closed stays closed, until the difference is another', async () => {
    shop.erp.tamper(TEA, 'dc', -3);
    await shop.differences();
    const [found] = await shop.cases();
    await shop.post('admin', `/v1/cases/${found.id}/resolve`, { reason: 'known, will be counted in May' });
    await shop.differences();
    expect(await shop.cases()).toEqual([]);
    shop.erp.tamper(TEA, 'dc', -1);
    await shop.differences();
    expect(await shop.cases()).toMatchObject([{ id: found.id, difference: -4 }]);
  });

  test('of another kind proposes nothing that could be booked', async () => {
    shop.bookInErp('GR-1', 7, { sku: 'GHOST' });
    await shop.differences();
    const [found] = await shop.cases('?kind=code_unknown');
    expect(await shop.approve(found.id)).toMatchObject({ status: 409, body: { code: 'nothing_to_approve' } });
    expect((await shop.approve('none')).status).toBe(404);
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
    expect(await shop.differences()).toMatchObject([
      { sku: MUG, outcome: 'case', variance: 3 },
      { sku: TEA, outcome: 'corrected', variance: -2 },
    ]);
    expect(await shop.available()).toBe(8);
    expect(await shop.differences({ skus: [TEA] })).toEqual([]);
  });

  test('[R36b] a correction for want of goods opens the case of the shortage', async () => {
    decide({ classes: { unknown: { action: 'correct' } } });
    await shop.sell(9);
    shop.erp.tamper(TEA, 'dc', -3);
    await shop.differences();
    expect([...shop.object(TEA).stock.cases.values()]).toMatchObject([{ about: { kind: 'over_reservation' }, difference: 2 }]);
  });

  test('[R36b] what is ignored is in the report, and nowhere else', async () => {
    decide({ classes: { unknown: { action: 'ignore' } } });
    shop.erp.tamper(TEA, 'dc', -2);
    expect(await shop.differences()).toMatchObject([{ outcome: 'ignored', variance: -2 }]);
    expect(await shop.cases()).toEqual([]);
  });
});

describe('an ERP that came back from a backup', () => {
  test('[R36d] is noticed by its mark: nothing is corrected, and one case says what to post again', async () => {
    shop.reconciliation = {
      ...shop.reconciliation,
      settings: reconciliationSettings.parse({ classes: { unknown: { action: 'correct' } } }),
    };
    await shop.differences();
    await shop.sell(3);
    await shop.postAll();
    await shop.differences();
    const before = shop.erp.documents(shop.keyOfSale(3));
    shop.erp.restore(2);
    expect([before, shop.erp.documents(shop.keyOfSale(3))]).toEqual([1, 0]);
    // What was confirmed beyond the mark is known not to be in the number, so even now nothing differs.
    expect(await shop.differences()).toEqual([]);
    const [found] = await shop.cases();
    expect(found).toMatchObject({ kind: 'erp_restored', proposal: expect.stringContaining('Its newest mark is 2, and was 3.') });
    shop.erp.tamper(TEA, 'dc', -1);
    expect(await shop.differences()).toMatchObject([{ outcome: 'held', variance: -1 }]);
    expect(await shop.available()).toBe(7);
    expect((await shop.cases()).length).toBe(1);
    expect((await shop.cases())[0].id).toBe('erp_restored~erp');
    await shop.post('admin', `/v1/cases/${found.id}/resolve`, { reason: 'looked at' });
    expect(await shop.differences()).toMatchObject([{ class: 'missing_post', keys: [shop.keyOfSale(3)], outcome: 'case' }]);
  });

  test('[R36d] is noticed by what it forgot, where it has no marks to fall', async () => {
    for (const quantity of [1, 2, 3]) await shop.sell(quantity);
    await shop.postAll();
    for (const quantity of [1, 2, 3]) shop.erp.lose(shop.keyOfSale(quantity));
    expect(await shop.differences()).toMatchObject([{ class: 'missing_post', outcome: 'held', variance: 6 }]);
    const [found] = await shop.cases();
    expect(found).toMatchObject({ kind: 'erp_restored', difference: 3 });
    await shop.post('admin', `/v1/cases/${found.id}/resolve`, { reason: 'posted again' });
    for (const quantity of [1, 2, 3])
      await shop.object(TEA).replay([{ sequence: Number(shop.keyOfSale(quantity).split('#')[1]), vanished: true }]);
    await shop.postAll();
    expect(await shop.differences()).toEqual([]);
  });
});
