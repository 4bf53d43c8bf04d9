import { existsSync, readFileSync } from 'node:fs';
import { beforeEach, describe, expect, test } from 'vitest';
import { Webhook } from 'standardwebhooks';
import * as z from 'zod';
import { cloudEvent } from '../../contracts/inbound.ts';
import { INBOUND_FACT_BYTES_MAX, INBOUND_FACT_LEVELS_MAX } from '../../contracts/limits.ts';
import { MUG, Shop, TEA, type Said } from '../../test/shop.ts';
import { trimOldWebhookIds } from '../jobs/trim-webhook-ids.ts';
import { verifySignature } from '../inbound/verify-signature.ts';

let shop: Shop;
beforeEach(async () => {
  shop = await Shop.open();
});

const received = (fields: object = {}) => ({
  id: 'GR-1',
  kind: 'received',
  sku: TEA,
  location: 'dc',
  quantity: 5,
  occurred_at: '2026-11-20T11:00:00Z',
  ...fields,
});
const outcomes = { applied: 0, duplicate: 0, stale: 0, deferred: 0, rejected: 0 };

async function secret(body: object = {}): Promise<string> {
  const said = await shop.ask('admin', 'POST', '/v1/sources/wms/webhook-secret', body);
  expect(said.status).toBe(201);
  return said.body.secret;
}

/** As a sender signs who uses the reference library. */
function signedBy(secrets: readonly string[], body: string, { id = 'msg_1', atMs = shop.nowMs } = {}): Record<string, string> {
  const signatures = secrets.map((one) => new Webhook(one).sign(id, new Date(atMs), body));
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(atMs / 1_000)),
    'webhook-signature': signatures.join(' '),
  };
}

function deliver(body: unknown, headers: Record<string, string>, source = 'wms'): Promise<Said> {
  return shop.ask(null, 'POST', `/v1/inbound/${source}`, typeof body === 'string' ? body : JSON.stringify(body), headers);
}

async function available(sku = TEA): Promise<number> {
  return (await shop.get('web', `/v1/availability/${sku}?consistency=strong`)).body.available_to_sell;
}

const cases = async () => (await shop.get('admin', '/v1/cases?kind=inbound_rejected')).body.items;

describe('[R60] signed webhooks', () => {
  const vectors = '../shared/contracts/standard-webhooks/vectors.json';

  test.skipIf(!existsSync(vectors))('the published vectors are right, and wrong in any part that is changed', async () => {
    const published = JSON.parse(readFileSync(vectors, 'utf8')).vectors;
    expect(published.length).toBeGreaterThan(0);
    for (const vector of published) {
      const signed = {
        id: vector['webhook-id'],
        timestamp: String(vector['webhook-timestamp']),
        signatures: vector['webhook-signature'],
        body: new TextEncoder().encode(vector.body),
      };
      const at = vector['webhook-timestamp'] * 1_000;
      expect(await verifySignature(signed, [vector.secret], at)).toBe(null);
      const changed = [
        { ...signed, id: `${signed.id}x` },
        { ...signed, timestamp: String(vector['webhook-timestamp'] + 1) },
        { ...signed, body: new TextEncoder().encode(`${vector.body} `) },
        { ...signed, signatures: signed.signatures.replace('v1,', 'v1a,') },
        { ...signed, signatures: '' },
      ];
      for (const one of changed) {
        expect(await verifySignature(one, [vector.secret], at)).toMatchObject({ code: 'signature_invalid' });
      }
      expect(await verifySignature(signed, [], at)).toMatchObject({ code: 'signature_invalid' });
    }
  });
  if (!existsSync(vectors)) console.info('Skipped: the published vectors of Standard Webhooks are not beside this checkout.');

  test('what the reference library signs is accepted, and booked once however often it comes', async () => {
    const body = JSON.stringify({ movements: [received()] });
    const headers = signedBy([await secret()], body);
    const first = await deliver(body, headers);
    expect([first.status, first.body]).toEqual([202, { accepted: 1, duplicate: false }]);
    const again = await deliver(body, headers);
    expect([again.status, again.body]).toEqual([202, { accepted: 0, duplicate: true }]);
    expect(await shop.bookInbound()).toMatchObject([{ ...outcomes, applied: 1 }]);
    expect(await available()).toBe(5);
    await deliver(body, signedBy([await secret({ overlap_seconds: 0 })], body, { id: 'msg_2' }));
    expect(await shop.bookInbound()).toMatchObject([{ ...outcomes, duplicate: 1 }]);
    expect(await available()).toBe(5);
  });

  test.each([
    ['a second too old', -301_000, 401],
    ['as old as it may be', -300_000, 202],
    ['as far ahead as it may be', 300_000, 202],
    ['a second too far ahead', 301_000, 401],
  ])('one that is %s', async (_, offMs, status) => {
    const body = JSON.stringify({ movements: [] });
    const said = await deliver(body, signedBy([await secret()], body, { atMs: shop.nowMs + offMs }));
    expect(said.status).toBe(status);
  });

  test('a secret goes on beside its successor for a while, and a sender may sign with both', async () => {
    const old = await secret();
    const next = await secret({ overlap_seconds: 60 });
    const body = JSON.stringify({ movements: [received()] });
    const send = async (secrets: readonly string[]) => (await deliver(body, signedBy(secrets, body))).status;
    expect([await send([old]), await send([next]), await send([old, next])]).toEqual([202, 202, 202]);
    shop.nowMs += 60_000;
    expect([await send([old]), await send([next]), await send([old, next])]).toEqual([401, 202, 202]);
    const listed = await shop.get('admin', '/v1/sources/wms/webhook-secret');
    expect(listed.body.items).toMatchObject([{ expires_at: null }]);
    expect(JSON.stringify(listed.body)).not.toContain('whsec_');
  });

  test('a sender may bring its own secret; what is none is refused', async () => {
    const own = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    expect(await secret({ secret: own })).toBe(own);
    for (const wrong of ['MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'whsec_c2hvcnQ=', `${own}!`]) {
      const said = await shop.ask('admin', 'POST', '/v1/sources/wms/webhook-secret', { secret: wrong });
      expect([said.status, said.body.code]).toEqual([400, 'invalid_request']);
      expect(JSON.stringify(said.body)).not.toContain(wrong);
    }
  });

  test('five secrets count beside each other, and of six the oldest no more', async () => {
    const all: string[] = [];
    for (let n = 0; n < 6; n += 1) {
      shop.nowMs += 1_000;
      all.push(await secret());
    }
    const body = '{"movements":[]}';
    const statuses = [];
    for (const one of all) statuses.push((await deliver(body, signedBy([one], body))).status);
    expect(statuses).toEqual([401, 202, 202, 202, 202, 202]);
  });

  test('ten signatures of a request are looked at', async () => {
    const [body, right, wrong] = ['{"movements":[]}', await secret(), 'whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'];
    const send = async (before: number) => (await deliver(body, signedBy([...Array(before).fill(wrong), right], body))).status;
    expect([await send(9), await send(10)]).toEqual([202, 401]);
  });

  test('an id is remembered for four days, then forgotten', async () => {
    const kept = async () => (await shop.database.prepare('SELECT id FROM webhook_seen').all()).results.length;
    const body = '{"movements":[]}';
    const one = await secret();
    const send = async () => (await deliver(body, signedBy([one], body))).body.duplicate;
    expect(await send()).toBe(false);
    shop.nowMs += 4 * 86_400_000;
    expect(await send()).toBe(true);
    expect(await trimOldWebhookIds({ db: shop.database, nowMs: () => shop.nowMs })).toEqual({ trimmed: 0 });
    shop.nowMs += 86_400_000;
    expect(await trimOldWebhookIds({ db: shop.database, nowMs: () => shop.nowMs })).toEqual({ trimmed: 1 });
    expect(await kept()).toBe(0);
    expect(await send()).toBe(false);
  });

  test('revoked secrets let nobody in', async () => {
    const body = '{"movements":[]}';
    const headers = signedBy([await secret()], body);
    const said = await shop.ask('admin', 'POST', '/v1/sources/wms/webhook-secret/revoke', {});
    expect(said.body).toEqual({ items: [] });
    expect((await deliver(body, headers)).status).toBe(401);
  });

  test('[R60b] secrets are kept sealed, and in the audit log are their ids alone', async () => {
    const shown = await secret();
    shop.nowMs += 1;
    await secret();
    const { results } = await shop.database.prepare('SELECT * FROM webhook_secret').all();
    const { body } = await shop.get('admin', '/v1/audit-log?target=webhook_secret:wms');
    for (const text of [JSON.stringify(results), JSON.stringify(body), JSON.stringify(shop.log)]) {
      expect(text).not.toContain(shown);
      expect(text).not.toContain(shown.slice('whsec_'.length));
    }
    expect(body.items.map((entry: { action: string }) => entry.action)).toEqual(['rotate', 'rotate']);
    expect(body.items[1].after.secrets).toMatchObject([{ expires_at: expect.any(String) }, { expires_at: null }]);
  });

  test('a secret of one source lets in no other, also where its row is put under another name', async () => {
    const body = '{"movements":[]}';
    const headers = signedBy([await secret()], body);
    expect((await deliver(body, headers, 'erp')).body.code).toBe('signature_invalid');
    expect((await deliver(body, headers, 'moon')).body.code).toBe('signature_invalid');
    await shop.database.prepare("UPDATE webhook_secret SET source = 'erp'").run();
    expect((await deliver(body, headers, 'erp')).status).toBe(500);
  });

  test('[R4] a signature is judged before the body, and a wrong one is not helped by a key', async () => {
    await secret();
    const said = await shop.ask(
      'admin',
      'POST',
      '/v1/inbound/wms',
      'nonsense',
      signedBy(['whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'], 'nonsense'),
    );
    expect([said.status, said.body.code]).toEqual([401, 'signature_invalid']);
  });
});

describe('[R60] an API key lets in where there is no signature', () => {
  const send = (body: unknown, role: 'stock' | 'admin' = 'stock', source = 'wms') =>
    shop.ask(role, 'POST', `/v1/inbound/${source}`, body);

  test('for the sources and locations that it lists', async () => {
    await shop.put('/v1/locations/outlet', { type: 'store', aliases: [{ system: 'sap', external_id: '9000' }] });
    await shop.put('/v1/sources/pos', { books: 'front' });
    const refused = [
      await send({ movements: [received()] }, 'stock', 'pos'),
      await send({ movements: [received(), received({ source: 'erp' })] }),
      await send({ movements: [received({ location: 'outlet' })] }),
      await send({ movements: [received({ location: { system: 'sap', external_id: '9000' } })] }),
      await send({ orders: [{ lines: [{ location: 'outlet' }] }] }),
    ];
    expect(refused.map(({ status, body }) => [status, body.code])).toEqual(refused.map(() => [403, 'source_not_allowed']));
    expect(shop.inbound).toEqual([]);
    expect((await send({ movements: [received()] })).status).toBe(202);
  });

  test('an unknown source is not there', async () => {
    const said = await send({ movements: [] }, 'admin', 'moon');
    expect([said.status, said.body.code]).toEqual([404, 'not_found']);
  });

  test.each([
    ['no JSON', 'movements', 400],
    ['nothing that we know', {}, 400],
    ['something else beside', { movements: [], prices: [] }, 400],
    ['no list', { movements: received() }, 400],
    ['too many', { movements: Array.from({ length: 501 }, () => received()) }, 400],
    ['a fact that no message takes', { orders: [{ id: 'a', note: 'x'.repeat(100_000) }] }, 413],
    ['a fact that nests too deep', `{"movements":[{"id":"a","x":${'['.repeat(30_000)}${']'.repeat(30_000)}}]}`, 400],
    ['a body too large', { movements: ['x'.repeat(1_048_576)] }, 413],
  ])('%s is refused in clear words', async (_, body, status) => {
    const said = await send(body);
    expect([said.status, typeof said.body.detail]).toEqual([status, 'string']);
    expect(shop.inbound).toEqual([]);
  });

  test('the largest fact that a message takes is taken, and one byte more is not', async () => {
    const bytesOf = (note: string): number => JSON.stringify({ kind: 'order', fact: { source: 'wms', id: 'a', note } }).length;
    const fits = 'x'.repeat(INBOUND_FACT_BYTES_MAX - bytesOf(''));
    expect((await send({ orders: [{ id: 'a', note: fits }] })).status).toBe(202);
    expect((await send({ orders: [{ id: 'a', note: `${fits}x` }] })).status).toBe(413);
    expect(JSON.stringify(shop.inbound[0]).length).toBeLessThan(128_000);
  });

  test('a fact as deep as it may be is a case, and one level more is refused', async () => {
    const deep = (levels: number) => ({ id: 'deep', x: JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`) });
    expect((await send({ movements: [deep(INBOUND_FACT_LEVELS_MAX - 1)] })).status).toBe(202);
    expect((await send({ movements: [deep(INBOUND_FACT_LEVELS_MAX)] })).status).toBe(400);
    expect(await shop.bookInbound()).toMatchObject([{ ...outcomes, rejected: 1 }]);
    expect(await cases()).toMatchObject([{ id: 'inbound_rejected~wms~movement~deep' }]);
  });

  test('a fact whose id is none has a case that can be asked for, and says no more of it than one can read', async () => {
    const fields = Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`${n}${'x'.repeat(10)}`, 1]));
    await send({
      movements: [received({ id: '\ud800' }), received({ id: 'x'.repeat(201) }), received({ id: 'wide', ...fields })],
    });
    expect(await shop.bookInbound()).toMatchObject([{ ...outcomes, rejected: 3 }]);
    for (const { id, proposal } of await cases()) {
      const replayed = await shop.post('admin', `/v1/cases/${encodeURIComponent(id)}/replay`, {});
      expect([replayed.status, proposal.length < 3_000]).toEqual([200, true]);
    }
  });

  test('many facts are as few messages as carry them, each below what a queue takes', async () => {
    const movements = Array.from({ length: 500 }, (_, n) => received({ id: `n${n}`, reason: 'é'.repeat(150) }));
    expect((await send({ movements })).body.accepted).toBe(500);
    const sizes = shop.inbound.map((message) => new TextEncoder().encode(JSON.stringify(message)).byteLength);
    expect(sizes).toHaveLength(3);
    expect(Math.max(...sizes)).toBeLessThan(128_000);
    const reports = await shop.bookInbound();
    expect(reports.reduce((sum, { applied }) => sum + Number(applied), 0)).toBe(500);
    expect(await available()).toBe(2_500);
  });
});

describe('[R60] what came in is booked as its own route would', () => {
  const send = (body: unknown) => shop.ask('stock', 'POST', '/v1/inbound/wms', body);
  const order = {
    id: 'O-1',
    channel: 'web',
    order_ref: 'ref 1',
    lines: [{ sku: TEA, quantity: 2 }],
    placed_at: '2026-11-20T11:30:00Z',
  };

  test('an order comes before the movement that names it, whatever stands first', async () => {
    const shipped = received({ id: 'S-1', kind: 'shipped', quantity: 2, order_ref: 'ref 1' });
    await send({ movements: [received({ quantity: 10 }), shipped], orders: [order] });
    expect(await shop.bookInbound()).toMatchObject([{ ...outcomes, applied: 3 }]);
    expect(await available()).toBe(8);
    expect((await shop.get('web', '/v1/availability/TEA-1')).body.available_to_sell).toBe(8);
  });

  test('a fact that nobody can book is a case with what to do, and costs the others nothing', async () => {
    await send({ movements: [received({ id: 'bad', sku: 'NOPE' }), 7, received({ id: 'good' })] });
    expect(await shop.bookInbound()).toMatchObject([{ ...outcomes, applied: 1, rejected: 2 }]);
    const open = await cases();
    expect(open).toHaveLength(2);
    expect(open.find(({ id }: { id: string }) => id === 'inbound_rejected~wms~movement~bad')).toMatchObject({
      sku: 'NOPE',
      location: 'dc',
      proposal: expect.stringMatching(/sku_unknown.*Create what it names.*"id":"bad"/),
    });
    expect(await available()).toBe(5);
  });

  test('one that is sent again after its case was resolved opens it anew; a message that comes twice does not', async () => {
    await send({ movements: [received({ sku: 'NOPE' })] });
    const [message] = shop.inbound;
    await shop.bookInbound();
    await shop.post('admin', '/v1/cases/inbound_rejected~wms~movement~GR-1/resolve', { reason: 'not ours' });
    if (message !== undefined) shop.inbound.push(message);
    await shop.bookInbound();
    expect((await cases())[0].state).toBe('resolved');
    shop.nowMs += 1;
    await send({ movements: [received({ sku: 'NOPE' })] });
    await shop.bookInbound();
    expect((await cases())[0].state).toBe('open');
  });

  test('a case is replayed once its cause is mended, and closes when its fact is booked', async () => {
    await send({ movements: [received({ sku: 'NEW' })] });
    await shop.bookInbound();
    const replay = () => shop.post('admin', '/v1/cases/inbound_rejected~wms~movement~GR-1/replay', {});
    expect((await replay()).status).toBe(200);
    await shop.bookInbound();
    expect((await cases())[0].state).toBe('open');
    await shop.put('/v1/items/NEW', { status: 'active' });
    await replay();
    expect(await shop.bookInbound()).toMatchObject([{ ...outcomes, applied: 1 }]);
    expect((await cases())[0]).toMatchObject({ state: 'resolved', reason: 'It was booked when it came again.' });
    expect(await available('NEW')).toBe(5);
    await replay();
    expect(await shop.bookInbound()).toEqual([]);
  });

  test('a case closes of itself when its sender sends the fact again and it is booked', async () => {
    await send({ movements: [received({ kind: 'found' })] });
    await shop.bookInbound();
    await send({ movements: [received()] });
    await shop.bookInbound();
    expect((await cases())[0].state).toBe('resolved');
    const { results } = await shop.database.prepare('SELECT * FROM rejected_fact').all();
    expect(results).toEqual([]);
    const told = await shop.get('admin', '/v1/events?types=case.opened,case.closed');
    expect(told.body.items.map(({ type }: { type: string }) => type)).toEqual(['case.opened', 'case.closed']);
  });

  test('[R9] an object that is overloaded costs its message a moment, and nobody a fact', async () => {
    await send({ movements: [received(), received({ id: 'mug', sku: MUG })] });
    shop.object(MUG).trouble = () => ({ outcome: 'overloaded', retryAfterMs: 100 });
    expect(await shop.bookInbound()).toMatchObject([{ ...outcomes, repeated: 1 }]);
    expect(await shop.bookInbound()).toMatchObject([{ ...outcomes, applied: 1, duplicate: 1, repeated: 0 }]);
    expect(await available(MUG)).toBe(5);
  });

  test('orders with more lines than one call takes are booked in parts', async () => {
    const lines = Array.from({ length: 600 }, () => ({ sku: TEA, quantity: 1 }));
    const orders = Array.from({ length: 9 }, (_, n) => ({ ...order, id: `O-${n}`, order_ref: `ref ${n}`, lines }));
    await send({ orders });
    const reports = await shop.bookInbound();
    expect(reports.reduce((sum, { applied }) => sum + Number(applied), 0)).toBe(9);
  });

  test('[R34] a count that has to wait for a posting is tried again, and at last a person hears of it', async () => {
    await shop.receive(TEA, 5);
    const count = {
      id: 'C',
      source: 'erp',
      sku: TEA,
      location: 'dc',
      quantity: 5,
      meaning: 'on_hand_minus_committed',
      as_of: shop.today(),
      mark: 3,
    };
    shop.object(TEA).sendPostings();
    await shop.ask('stock', 'POST', '/v1/inbound/erp', { counts: [count] });
    expect(await shop.bookInbound()).toMatchObject([{ ...outcomes, deferred: 1 }]);
    expect(shop.inbound).toMatchObject([{ putOff: 1, facts: [{ kind: 'count' }] }]);
    for (let tries = 1; tries <= 20; tries += 1) await shop.bookInbound();
    expect(shop.inbound).toEqual([]);
    expect(await cases()).toMatchObject([{ proposal: expect.stringContaining('deferred') }]);
  });
});

describe('[R60] CloudEvents', () => {
  const event = (fields: object = {}) => ({
    specversion: '1.0',
    id: 'e-1',
    source: 'wms',
    type: 'com.example.movement',
    time: '2026-11-20T11:00:00Z',
    data: { kind: 'received', sku: TEA, location: 'dc', quantity: 3 },
    ...fields,
  });
  const send = (body: unknown, type = 'application/cloudevents+json', more: Record<string, string> = {}) =>
    shop.ask('stock', 'POST', '/v1/inbound/wms', body, { 'content-type': type, ...more });

  test('one, many, encoded, or with attributes as headers: each is one fact', async () => {
    const { data, ...attributes } = event({ id: 'e-3' });
    const replies = [
      await send(event()),
      await send([event(), event({ id: 'e-2' })], 'application/cloudevents-batch+json; charset=utf-8'),
      await send({ ...attributes, datacontenttype: 'application/json', data_base64: btoa(JSON.stringify(data)) }),
      await send(data, 'application/json', {
        'ce-specversion': '1.0',
        'ce-id': 'e%204',
        'ce-source': 'wms',
        'ce-type': 'movement.v1',
        'ce-time': '2026-11-20T11:00:00Z',
      }),
    ];
    expect(replies.map(({ status, body }) => [status, body.accepted])).toEqual([
      [202, 1],
      [202, 2],
      [202, 1],
      [202, 1],
    ]);
    await shop.bookInbound();
    expect(await available()).toBe(12);
  });

  test('what the sender calls its source is part of the identity', async () => {
    await send(
      [event({ source: '/hall/1' }), event({ source: '/hall/2' }), event({ source: '/hall/1' })],
      'application/cloudevents-batch+json',
    );
    expect(await shop.bookInbound()).toMatchObject([{ applied: 2, duplicate: 1 }]);
  });

  test('counts and orders are told by their type, and their time by the event', async () => {
    await send(event());
    await send(
      event({ id: 'c', type: 'count', time: shop.today(), data: { sku: TEA, location: 'dc', quantity: 9, meaning: 'on_hand' } }),
    );
    await send(event({ id: 'o', type: 'x.order', data: { channel: 'web', order_ref: 'r', lines: [{ sku: TEA, quantity: 1 }] } }));
    const reports = await shop.bookInbound();
    expect(reports.map(({ applied }) => applied)).toEqual([1, 1, 1]);
    expect(await available()).toBe(8);
  });

  test.each([
    ['another version', { specversion: '0.3' }, 'specversion'],
    ['another kind of news', { type: 'com.example.price' }, 'type'],
    ['no identity', { id: '' }, 'id'],
    ['a source that two ids could share', { source: 'a b' }, 'source'],
    ['a time that is none', { time: 'yesterday' }, 'time'],
    ['data that are no object', { data: 7 }, 'data'],
    ['an id of its own inside', { data: { id: 'x' } }, 'data'],
    ['data of another form', { datacontenttype: 'text/xml', data: '<a/>' }, 'datacontenttype'],
    ['data twice', { data_base64: 'e30=' }, 'data_base64'],
    ['a name too long', { id: 'x'.repeat(201) }, 'id'],
  ])('%s is refused, and so is the batch that it stands in', async (_, fields, at) => {
    const alone = await send(event(fields));
    expect([alone.status, alone.body.code]).toEqual([400, 'invalid_request']);
    expect(alone.body.detail).toContain(at);
    const batch = await send([event(), event(fields)], 'application/cloudevents-batch+json');
    expect(batch.body.detail).toMatch(/^\[1\]/);
    expect(shop.inbound).toEqual([]);
  });

  const published = '../shared/contracts/cloudevents/cloudevents.schema.json';
  test.skipIf(!existsSync(published))('we take no event that the published schema refuses, and all that it shows', () => {
    // zod takes a reference for a whole URL; a source may be either.
    const text = readFileSync(published, 'utf8').replace(/"format":\s*"uri-reference",/, '');
    const schema = z.fromJSONSchema(JSON.parse(text));
    const base = event();
    const { data: _, ...bare } = base;
    const shapes = [
      base,
      bare,
      { ...bare, data_base64: 'e30=' },
      { ...base, subject: 'hall', dataschema: 'https://example.com/schema', datacontenttype: 'application/json' },
      { ...base, time: null, datacontenttype: null },
      ...['specversion', 'id', 'source', 'type'].flatMap((name) => [
        { ...base, [name]: '' },
        { ...base, [name]: 7 },
        Object.fromEntries(Object.entries(base).filter(([key]) => key !== name)),
      ]),
      { ...base, time: 'yesterday' },
      { ...bare, data_base64: 7 },
    ];
    for (const shape of shapes) {
      const [ours, theirs] = [cloudEvent.safeParse(shape).success, schema.safeParse(shape).success];
      expect([JSON.stringify(shape), ours && !theirs]).toEqual([JSON.stringify(shape), false]);
    }
    expect(shapes.slice(0, 5).map((shape) => [cloudEvent.safeParse(shape).success, schema.safeParse(shape).success])).toEqual(
      Array.from({ length: 5 }, () => [true, true]),
    );
  });
  if (!existsSync(published)) console.info('Skipped: the published schema of CloudEvents is not beside this checkout.');
});
