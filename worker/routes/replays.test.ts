import { beforeEach, describe, expect, test } from 'vitest';
import type { Sku } from '../../domain/ids.ts';
import type { ErpChange } from '../../erp/port.ts';
import { sale } from '../../test/pipeline/postings.ts';
import { MUG, Shop, TEA, type Said } from '../../test/shop.ts';
import { applyChanges } from '../jobs/apply-changes.ts';
import { recordDeadLetters } from '../jobs/record-dead-letters.ts';
import { trimOldAnswers } from '../jobs/trim-answers.ts';
import { keptCount } from '../read-models/kept-changes.ts';
import { ANSWERS_KEPT_DAYS, CASES_REPLAYED_MAX, KEPT_CHANGES_MAX, KEPT_PAGE_MAX } from '../replay/limits.ts';
import { bookDeclared } from '../replay/book-kept.ts';
import { deliveriesAt, deliveryOf, logDeliveries, type Delivery } from '../read-models/posting-log.ts';
import { ERP_CONNECTION } from '../erp/connection.ts';
import { stockGateway } from '../stock/stock-gateway.ts';

let shop: Shop;
beforeEach(async () => {
  shop = await Shop.open();
});

/** So it stands in the log, in its object, and, unless it was refused or got lost, in the ERP. */
async function posting(sku: string, sequence: number, fate: 'refused' | 'posted' | 'lost'): Promise<void> {
  const one = sale(sku as Sku, sequence);
  const at = { attempts: 1, sentAtMs: shop.nowMs, acknowledgedAtMs: shop.nowMs };
  const refused = { state: 'failed', erpReference: null, mark: null, error: 'sku_blocked', postedAtMs: null } as const;
  const posted = { state: 'posted', erpReference: 'SL-1', mark: 1, error: null, postedAtMs: shop.nowMs } as const;
  const row: Delivery = { ...deliveryOf(one), ...at, ...(fate === 'refused' ? refused : posted) };
  await logDeliveries(shop.database, [row], shop.nowMs);
  shop.object(sku).fates.set(sequence, fate === 'refused' ? 'refused' : 'posted');
  if (fate === 'posted') await shop.erp.post([one], AbortSignal.timeout(1_000));
}

async function stateOf(sku: string, sequence: number): Promise<string | undefined> {
  return (await deliveriesAt(shop.database, [{ sku: sku as Sku, sequence }]))[0]?.state;
}

const replay = (body: object = {}, key?: string): Promise<Said> => shop.post('admin', '/v1/postings/replay', body, key);
const replayOne = (sequence: number | string, key?: string): Promise<Said> =>
  shop.post('admin', `/v1/postings/${TEA}/${sequence}/replay`, {}, key);
const NOTHING = { replayed: 0, under_way: 0, posted: 0, forgotten: 0, unanswered: 0, next_cursor: null };

describe('[R32] one posting', () => {
  test('that was refused goes out again, and its row in the log waits', async () => {
    await posting(TEA, 7, 'refused');
    expect((await replayOne(7)).body).toEqual({ ...NOTHING, replayed: 1 });
    expect([await stateOf(TEA, 7), shop.object(TEA).fates.get(7)]).toEqual(['pending', 'under_way']);
    expect((await replayOne(7)).body).toEqual({ ...NOTHING, under_way: 1 });
  });

  test('that the ERP has stays as it is, and one that it lost goes out again (R31)', async () => {
    await posting(TEA, 7, 'posted');
    await posting(TEA, 8, 'lost');
    expect((await replayOne(7)).body).toEqual({ ...NOTHING, posted: 1 });
    expect((await replayOne(8)).body).toEqual({ ...NOTHING, replayed: 1 });
    expect([await stateOf(TEA, 7), await stateOf(TEA, 8)]).toEqual(['posted', 'pending']);
  });

  test('that nobody can ask the ERP about stays as it is', async () => {
    await posting(TEA, 8, 'lost');
    shop.erp.faults.down = true;
    expect((await replayOne(8)).body).toEqual({ ...NOTHING, unanswered: 1 });
    expect([await stateOf(TEA, 8), shop.object(TEA).fates.get(8)]).toEqual(['posted', 'posted']);
  });

  test('is answered again under the same key, audited once, and refused under the key of another request (R5, R45)', async () => {
    await posting(TEA, 7, 'refused');
    const first = await replayOne(7, 'again-please');
    const second = await replayOne(7, 'again-please');
    expect([second.status, second.body, second.headers.get('idempotent-replayed')]).toEqual([200, first.body, 'true']);
    const { body } = await shop.get('admin', `/v1/audit-log?target=posting:${TEA}%237`);
    expect(body.items).toMatchObject([{ action: 'replay', actor: 'admin', before: null, after: { asked: {} } }]);
    await replay({ state: 'failed' }, 'mine');
    expect((await replay({ state: 'posted' }, 'mine')).body.code).toBe('key_reused');
  });

  test('is answered from its key for two weeks', async () => {
    await posting(TEA, 7, 'posted');
    await replayOne(7, 'old');
    const deps = { db: shop.database, nowMs: () => shop.nowMs };
    shop.nowMs += ANSWERS_KEPT_DAYS * 86_400_000;
    expect(await trimOldAnswers(deps)).toEqual({ trimmed: 0 });
    expect((await replayOne(7, 'old')).headers.get('idempotent-replayed')).toBe('true');
    shop.nowMs += 1;
    expect(await trimOldAnswers(deps)).toEqual({ trimmed: 1 });
  });

  test('whose answer was never written down, as somebody died, is done again under the same key', async () => {
    await posting(TEA, 7, 'refused');
    await replayOne(7, 'cut-off');
    await shop.database.prepare('UPDATE answered_request SET answer = NULL').run();
    expect((await replayOne(7, 'cut-off')).body).toEqual({ ...NOTHING, under_way: 1 });
    expect((await shop.get('admin', '/v1/audit-log?target=posting')).body.items.length).toBe(1);
  });

  test.each([
    ['admin', `/v1/postings/${TEA}/99/replay`, 404, 'not_found'],
    ['admin', `/v1/postings/${TEA}/0/replay`, 404, 'not_found'],
    ['admin', `/v1/postings/${TEA}/x/replay`, 404, 'not_found'],
    ['admin', '/v1/postings/NOPE/1/replay', 404, 'sku_unknown'],
    ['stock', `/v1/postings/${TEA}/1/replay`, 403, 'scope_missing'],
  ] as const)('asked for by %s as %s is refused', async (role, path, status, code) => {
    const said = await shop.post(role, path, {});
    expect([said.status, said.body.code]).toEqual([status, code]);
  });
});

describe('[R32] many postings', () => {
  beforeEach(async () => {
    await posting(MUG, 2, 'refused');
    await posting(TEA, 7, 'refused');
    await posting(TEA, 8, 'lost');
    await posting(TEA, 9, 'posted');
  });

  test('go out again as far as they were refused or lost; asking again changes nothing', async () => {
    expect((await replay()).body).toEqual({ ...NOTHING, replayed: 3, posted: 1 });
    const rows = await Promise.all([7, 8, 9].map((sequence) => stateOf(TEA, sequence)));
    expect(rows).toEqual(['pending', 'pending', 'posted']);
    expect((await replay()).body).toEqual({ ...NOTHING, posted: 1 });
  });

  test('are those of a state, an item or a time', async () => {
    expect((await replay({ state: 'failed', sku: MUG })).body).toEqual({ ...NOTHING, replayed: 1 });
    expect((await replay({ since: new Date(shop.nowMs + 1_000).toISOString() })).body).toEqual(NOTHING);
    expect((await replay({ state: 'posted', connection: 'erp' })).body).toEqual({ ...NOTHING, replayed: 1, posted: 1 });
    expect((await replay({ state: 'failed' })).body).toEqual({ ...NOTHING, replayed: 1 });
  });

  test('are looked at page by page, each once', async () => {
    const seen: number[] = [];
    let cursor: string | null = null;
    do {
      const { body }: Said = await replay({ limit: 1, ...(cursor === null ? {} : { cursor }) });
      seen.push(body.replayed + body.posted);
      cursor = body.next_cursor;
    } while (cursor !== null);
    expect(seen).toEqual([1, 1, 1, 1]);
  });

  test.each([
    [{ sku: 'NOPE' }, 422, 'sku_unknown'],
    [{ connection: 'sap' }, 422, 'source_unknown'],
    [{ state: 'pending' }, 400, 'invalid_request'],
    [{ limit: 501 }, 400, 'invalid_request'],
    [{ limit: 0 }, 400, 'invalid_request'],
    [{ cursor: 'x' }, 400, 'invalid_request'],
    [{ all: true }, 400, 'invalid_request'],
  ])('asked for as %j are refused, and nothing goes out', async (body, status, code) => {
    const said = await replay(body);
    expect([said.status, said.body.code, shop.object(TEA).fates.get(7)]).toEqual([status, code, 'refused']);
  });

  test('need an Idempotency-Key (R1)', async () => {
    expect((await shop.ask('admin', 'POST', '/v1/postings/replay', {})).body.code).toBe('key_missing');
  });
});

describe('[R51] a case', () => {
  const DECLARED = { status: 'active' };
  const deps = () => ({
    db: shop.database,
    source: ERP_CONNECTION,
    stock: stockGateway(
      (sku) => shop.object(sku),
      shop.directories,
      () => undefined,
    ),
    stockOf: (sku: Sku) => shop.object(sku),
    nowMs: () => shop.nowMs,
  });
  const change = (mark: number, sku: string, onHand: number, location = 'dc'): ErpChange => ({
    mark,
    key: `E-${mark}`,
    kind: 'received',
    sku: sku as Sku,
    lines: [{ location: location as never, status: 'sellable', onHand, committed: 0 }],
    orderRef: null,
    document: null,
    reason: null,
    occurredAtMs: shop.nowMs,
    reference: null,
  });
  const openCases = async (): Promise<readonly string[]> =>
    (await shop.get('admin', '/v1/cases?state=open')).body.items.map(({ id }: { id: string }) => id).sort();
  const onHand = (sku: string): number | undefined => shop.object(sku).stock.balances.get('sellable dc')?.onHand;
  const replayCase = (id: string, key?: string): Promise<Said> =>
    shop.post('admin', `/v1/cases/${encodeURIComponent(id)}/replay`, {}, key);

  test('of an unknown code keeps what the ERP booked, and books it once when the code is declared', async () => {
    await applyChanges([change(1, 'NEW', 5), change(2, 'NEW', -2), change(3, TEA, 1, 'W9')], deps());
    const item = 'code_unknown~item~NEW';
    expect(await openCases()).toEqual([item, 'code_unknown~location~W9']);
    expect((await replayCase(item)).body).toEqual({ replayed: 0, unchanged: 1, next_cursor: null });
    await shop.put('/v1/items/NEW', DECLARED);
    expect((await replayCase(item)).body).toEqual({ replayed: 1, unchanged: 0, next_cursor: null });
    expect([onHand('NEW'), await openCases()]).toEqual([3, ['code_unknown~location~W9']]);
    expect((await replayCase(item)).body.replayed).toBe(0);
    expect(onHand('NEW')).toBe(3);
  });

  test('of an unknown code is mended of itself within a minute of its declaration', async () => {
    await applyChanges([change(1, 'NEW', 5), change(2, TEA, 4, 'W9')], deps());
    expect(await bookDeclared(deps())).toEqual({ booked: 0, left: 0 });
    await shop.put('/v1/items/NEW', { ...DECLARED, aliases: [] });
    await shop.put('/v1/locations/dc', { type: 'dc', aliases: [{ system: 'erp', external_id: 'W9' }] });
    expect(await bookDeclared(deps())).toEqual({ booked: 2, left: 0 });
    expect([onHand('NEW'), onHand(TEA), await openCases()]).toEqual([5, 4, []]);
    expect(await bookDeclared(deps())).toEqual({ booked: 0, left: 0 });
  });

  test('of a change with two unknown codes moves on to the other one', async () => {
    await applyChanges([change(1, 'NEW', 5, 'W9')], deps());
    await shop.put('/v1/items/NEW', DECLARED);
    await replayCase('code_unknown~item~NEW');
    expect(await openCases()).toEqual(['code_unknown~location~W9']);
    await shop.put('/v1/locations/dc', { type: 'dc', aliases: [{ system: 'erp', external_id: 'W9' }] });
    expect(await bookDeclared(deps())).toEqual({ booked: 1, left: 0 });
    expect(onHand('NEW')).toBe(5);
  });

  test('of a page that the feed tells twice is kept, and booked, once', async () => {
    const page = [change(1, 'NEW', 5), change(2, 'NEW', 1)];
    await applyChanges(page, deps());
    await applyChanges(page, deps());
    await shop.put('/v1/items/NEW', DECLARED);
    await bookDeclared(deps());
    await applyChanges(page, deps());
    expect(onHand('NEW')).toBe(6);
  });

  test('of a change that moves nothing has nothing to book again', async () => {
    await applyChanges([{ ...change(1, TEA, 5), lines: [] }], deps());
    expect((await replayCase('change_unbooked~E-1')).body.replayed).toBe(0);
  });

  test('of a dead letter puts the message back into its queue, once', async () => {
    const letter = { sku: TEA, postings: [] };
    await recordDeadLetters(batchOf(letter), deps());
    expect((await replayCase('dead_letter~m1')).body.replayed).toBe(1);
    expect((await replayCase('dead_letter~m1')).body.replayed).toBe(0);
    expect([shop.requeued, await openCases()]).toEqual([[letter], []]);
  });

  test('of a refused posting sends it out again; the case waits for the ERP', async () => {
    const object = shop.object(TEA);
    await object.execute({
      networkVersion: null,
      network: null,
      asked: [{ command: { type: 'open_case', posting: 7, units: 1, detail: 'blocked' }, key: null, correlationId: 'c' }],
    });
    await posting(TEA, 7, 'refused');
    const { body } = await shop.get('admin', `/v1/cases?sku=${TEA}`);
    expect((await replayCase(body.items[0].id)).body.replayed).toBe(1);
    expect([object.fates.get(7), await stateOf(TEA, 7), (await openCases()).length]).toEqual(['under_way', 'pending', 1]);
  });

  test('among many is replayed with those of its kind, the others stay', async () => {
    await recordDeadLetters(batchOf({ sku: TEA }), deps());
    await applyChanges([change(1, 'NEW', 5)], deps());
    await shop.put('/v1/items/NEW', DECLARED);
    const many = (body: object): Promise<Said> => shop.post('admin', '/v1/cases/replay', body);
    expect((await many({ kind: 'code_unknown' })).body).toEqual({ replayed: 1, unchanged: 0, next_cursor: null });
    expect(await openCases()).toEqual(['dead_letter~m1']);
    expect((await many({})).body).toEqual({ replayed: 1, unchanged: 0, next_cursor: null });
    expect((await many({})).body).toEqual({ replayed: 0, unchanged: 0, next_cursor: null });
  });

  test('is one of fifty that a call replays; the cursor goes on with the others', async () => {
    const letters = Array.from({ length: CASES_REPLAYED_MAX + 1 }, (_, n) => `m${n + 10}`);
    for (const id of letters) await recordDeadLetters(batchOf({ sku: TEA }, id), deps());
    const { body: first } = await shop.post('admin', '/v1/cases/replay', { kind: 'dead_letter' });
    expect([first.replayed, typeof first.next_cursor]).toEqual([CASES_REPLAYED_MAX, 'string']);
    const { body: rest } = await shop.post('admin', '/v1/cases/replay', { kind: 'dead_letter', cursor: first.next_cursor });
    expect(rest).toEqual({ replayed: 1, unchanged: 0, next_cursor: null });
    expect(shop.requeued.length).toBe(CASES_REPLAYED_MAX + 1);
  });

  test('of more changes than a page has books all of them, in the order of the ERP', async () => {
    const many = Array.from({ length: KEPT_PAGE_MAX + 1 }, (_, n) => change(n + 1, 'NEW', 1));
    await applyChanges(many, deps());
    await shop.put('/v1/items/NEW', DECLARED);
    expect(await bookDeclared(deps())).toEqual({ booked: KEPT_PAGE_MAX + 1, left: 0 });
    expect(onHand('NEW')).toBe(KEPT_PAGE_MAX + 1);
    const marks = shop.object('NEW').journal.flatMap(({ event }) => (event.type === 'moved' ? [event.mark] : []));
    expect(marks).toEqual(many.map(({ mark }) => mark));
  });

  test('says so when more changes wait than are kept', async () => {
    const fill = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
                  INSERT INTO kept_change SELECT 'erp', 'old-' || i, 'code_unknown~item~OLD', '', '{}', 0 FROM n`;
    await shop.database
      .prepare(fill)
      .bind(KEPT_CHANGES_MAX - 1)
      .run();
    await applyChanges([change(1, 'NEW', 1)], deps());
    expect(await openCases()).toEqual(['code_unknown~item~NEW']);
    const { kept } = await applyChanges([change(2, 'NEW', 1)], deps());
    expect([...kept]).toEqual(['E-2']);
    expect(await openCases()).toEqual(['change_unbooked~too many to keep', 'code_unknown~item~NEW']);
    expect(await keptCount(shop.database, 'code_unknown~item~NEW')).toBe(1);
  });

  test('that nobody knows is not found', async () => {
    expect((await replayCase('nothing')).status).toBe(404);
  });
});

function batchOf(body: unknown, id = 'm1'): MessageBatch {
  const message = { id, body, attempts: 6, timestamp: new Date(0), ack: () => undefined, retry: () => undefined };
  return { queue: 'erp-movements-dlq', messages: [message], ackAll: () => undefined, retryAll: () => undefined } as never;
}
