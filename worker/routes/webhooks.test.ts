import { Webhook } from 'standardwebhooks';
import { beforeEach, describe, expect, test } from 'vitest';
import type { EventType } from '../../contracts/events.ts';
import { WEBHOOKS_MAX } from '../../contracts/limits.ts';
import { GIVES_UP_AFTER_MS } from '../../domain/webhook-lane/limits.ts';
import { DANGEROUS_URLS } from '../../test/dangerous-urls.ts';
import type { Received } from '../../test/memory-hooks.ts';
import { Shop, TEA, type Said } from '../../test/shop.ts';
import { deliver } from '../webhooks/deliver.ts';
import { DELIVERY_RUN_EVENTS_MAX } from '../webhooks/limits.ts';

let shop: Shop;
beforeEach(async () => {
  shop = await Shop.open();
});

const URL_IN = 'https://hooks.shop.com/in';
const HOUR_MS = 3_600_000;
let sequence = 0;

/** So many reservations of a channel lapse, and the stream tells of it. */
async function lapse(times = 1, channel = 'web'): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    sequence += 1;
    await tell('reservation.expired', channel, { reservation_id: `r${sequence}`, channel });
  }
}

async function tell(type: EventType, channel: string | null, data: object): Promise<void> {
  await shop.database
    .prepare('INSERT INTO event (sku, sequence, type, channel, at_ms, recorded_at_ms, data) VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6)')
    .bind(TEA, sequence, type, channel, shop.nowMs, JSON.stringify(data))
    .run();
}

async function register(more: object = {}): Promise<Said['body']> {
  const { status, body } = await shop.post('admin', '/v1/webhooks', { url: URL_IN, ...more });
  expect(status).toBe(201);
  return body;
}

const seen = async (id: string): Promise<Said['body']> => (await shop.get('admin', `/v1/webhooks/${id}`)).body;
/** The reservations that it was told of, for a case of its own is an event like any other. */
const told = (received: readonly Received[]): readonly string[] => received.flatMap(({ body }) => body.data.reservation_id ?? []);
const cases = async (state: string): Promise<Said['body'][]> =>
  (await shop.get('admin', `/v1/cases?kind=webhook_failing&state=${state}`)).body.items;

/** As a receiver checks it, by the library of the standard. */
function verified({ headers, text }: Received, secret: string): boolean {
  try {
    new Webhook(secret).verify(text, Object.fromEntries(headers), { jsonParse: false });
    return true;
  } catch {
    return false;
  }
}

describe('[R76] a webhook', () => {
  test('is registered with a secret that is shown this once, and is in no list, no audit log and no second answer', async () => {
    const said = await shop.post('admin', '/v1/webhooks', { url: URL_IN, types: ['case.opened'], channel: 'web' }, 'once');
    expect(said.body).toMatchObject({ url: URL_IN, types: ['case.opened'], channel: 'web', state: 'on', off_reason: null });
    expect(said.body.secret).toMatch(/^whsec_/);
    const again = await shop.post('admin', '/v1/webhooks', { url: URL_IN, types: ['case.opened'], channel: 'web' }, 'once');
    expect([again.status, again.headers.get('idempotent-replayed'), again.body.id, again.body.secret]).toEqual([
      201,
      'true',
      said.body.id,
      null,
    ]);
    const other = await shop.post('admin', '/v1/webhooks', { url: URL_IN }, 'once');
    expect(other.body.code).toBe('key_reused');
    const { body: list } = await shop.get('admin', '/v1/webhooks');
    const log = await shop.get('admin', '/v1/audit-log?target=webhook');
    expect(list.items.map((item: object) => ({ ...item, secret: said.body.secret }))).toEqual([said.body]);
    expect(JSON.stringify(list)).not.toContain(said.body.secret);
    expect(log.body.items).toMatchObject([{ action: 'create', after: { url: URL_IN, state: 'on', secrets: [{}] } }]);
    expect(JSON.stringify([list, log.body])).not.toContain('sealed');
  });

  test.each(DANGEROUS_URLS)('[F41] of an address that is %s is not registered', async (_, url) => {
    const { status, body } = await shop.post('admin', '/v1/webhooks', { url });
    expect([status, body.code]).toEqual([422, 'url_not_allowed']);
    expect(shop.hooks.received).toEqual([]);
  });

  test('must name what there is', async () => {
    const code = async (body: object): Promise<string> =>
      (await shop.post('admin', '/v1/webhooks', { url: URL_IN, ...body })).body.code;
    expect(await code({ channel: 'nope' })).toBe('channel_unknown');
    expect(await code({ types: ['nope'] })).toBe('invalid_request');
    expect(await code({ types: [] })).toBe('invalid_request');
    expect(await code({ types: ['case.opened', 'case.opened'] })).toBe('invalid_request');
    for (const call of ['verify', 'rotate', 'disable', 'enable'])
      expect((await shop.post('admin', `/v1/webhooks/nope/${call}`, {})).body.code).toBe('not_found');
    expect((await shop.post('admin', '/v1/webhooks/nope/replay', { from_at: shop.today() })).body.code).toBe('not_found');
    expect((await shop.get('admin', '/v1/webhooks/nope')).body.code).toBe('not_found');
  });

  test('is one of a hundred that are on', async () => {
    const made = await Promise.all(Array.from({ length: WEBHOOKS_MAX }, () => register()));
    const onceMore = await shop.post('admin', '/v1/webhooks', { url: URL_IN });
    expect([onceMore.status, onceMore.body.code]).toEqual([409, 'too_many_webhooks']);
    await shop.post('admin', `/v1/webhooks/${made[0].id}/disable`, {});
    await register();
    expect((await shop.post('admin', `/v1/webhooks/${made[0].id}/enable`, {})).body.code).toBe('too_many_webhooks');
  });

  test('is tried with a signed event that is none of the stream, and its answer is told', async () => {
    shop.nowMs = Date.now();
    const { id, secret } = await register();
    expect((await shop.post('admin', `/v1/webhooks/${id}/verify`, {})).body).toEqual({
      delivered: true,
      status: 204,
      detail: null,
      duration_ms: 0,
    });
    expect(shop.hooks.received).toMatchObject([{ url: URL_IN, body: { type: 'webhook.test', data: { webhook: id } } }]);
    expect(shop.hooks.received.map((one) => verified(one, secret))).toEqual([true]);
    shop.hooks.answer = () => new Response('secret things', { status: 500 });
    expect((await shop.post('admin', `/v1/webhooks/${id}/verify`, {})).body).toMatchObject({
      delivered: false,
      status: 500,
      detail: 'It answered 500.',
    });
    shop.hooks.answer = () => Promise.reject(new Error(`no way to ${URL_IN}`));
    expect((await shop.post('admin', `/v1/webhooks/${id}/verify`, {})).body).toMatchObject({
      status: null,
      detail: 'It could not be reached.',
    });
  });
});

describe('[R77] what a webhook is told', () => {
  test('is each event of the stream since it was registered, in order, one a call, signed', async () => {
    shop.nowMs = Date.now();
    await lapse();
    const { id, secret } = await register();
    await lapse(3);
    const received = await shop.hooks.deliver(id);
    expect(told(received)).toEqual([`r${sequence - 2}`, `r${sequence - 1}`, `r${sequence}`]);
    expect(received.map((one) => verified(one, secret))).toEqual([true, true, true]);
    const { items } = (await shop.get('admin', '/v1/events')).body;
    const { at, ...event } = items.at(-1);
    expect(received.at(-1)?.body).toEqual({ ...event, timestamp: at });
    expect(await shop.hooks.deliver(id)).toEqual([]);
    expect((await seen(id)).delivery).toMatchObject({ cursor: event.cursor, delivered_total: 3, failed_total: 0, attempts: 0 });
  });

  test('is what it asked for: some types, one channel, and of a channel what a key of it would read (I22)', async () => {
    const ofApp = await register({ channel: 'app' });
    const ofCases = await register({ types: ['case.opened'] });
    await lapse(1, 'web');
    await lapse(1, 'app');
    const offer = { available_to_sell: 0, status: 'out_of_stock', was: 'in_stock' };
    await tell('availability.threshold', null, { channels: ['web', 'app'].map((channel) => ({ channel, ...offer })) });
    const hook = await shop.hooks.deliver(ofApp.id);
    expect(hook.map(({ body }) => body.type)).toEqual(['reservation.expired', 'availability.threshold']);
    expect(hook[1]?.body.data.channels).toEqual([
      { channel: 'app', available_to_sell: 0, status: 'out_of_stock', was: 'in_stock' },
    ]);
    expect(await shop.hooks.deliver(ofCases.id)).toEqual([]);
  });

  test('has an id that is the same whenever the same event is sent again, and another for each webhook', async () => {
    const [one, other] = [await register(), await register()];
    await lapse();
    shop.hooks.answer = () => new Response(null, { status: 500 });
    const ids = (received: readonly Received[]): readonly (string | null)[] =>
      received.map(({ headers }) => headers.get('webhook-id'));
    const [first] = ids(await shop.hooks.deliver(one.id));
    shop.nowMs += HOUR_MS;
    expect(ids(await shop.hooks.deliver(one.id))).toEqual([first]);
    expect(ids(await shop.hooks.deliver(other.id))).not.toEqual([first]);
  });

  test('is signed by both secrets after a rotation, and by the new one alone when the overlap is over', async () => {
    shop.nowMs = Date.now();
    const { id, secret: old } = await register();
    const { body } = await shop.post('admin', `/v1/webhooks/${id}/rotate`, { overlap_seconds: 60 });
    expect(body.secrets).toHaveLength(2);
    await lapse();
    const [during] = await shop.hooks.deliver(id);
    shop.nowMs += 60_000;
    await lapse();
    const [after] = await shop.hooks.deliver(id);
    const by = (one: Received | undefined): readonly boolean[] =>
      [old, body.secret].map((secret) => one !== undefined && verified(one, secret));
    expect([by(during), by(after)]).toEqual([
      [true, true],
      [false, true],
    ]);
  });
});

describe('[R78] an endpoint that does not take an event', () => {
  test('is told it again, later and later, and what comes behind it waits, so that the order holds', async () => {
    const { id } = await register();
    await lapse(2);
    shop.hooks.answer = () => new Response(null, { status: 500 });
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      expect(told(await shop.hooks.deliver(id))).toEqual([`r${sequence - 1}`]);
      expect(await shop.hooks.deliver(id)).toEqual([]);
      shop.nowMs = shop.hooks.dueMs.get(id) ?? 0;
    }
    expect((await seen(id)).delivery).toMatchObject({ attempts: 3, failed_total: 3, failure: { detail: 'It answered 500.' } });
    shop.hooks.restart();
    shop.hooks.answer = () => new Response(null, { status: 200 });
    expect(told(await shop.hooks.deliver(id))).toEqual([`r${sequence - 1}`, `r${sequence}`]);
    expect((await seen(id)).delivery).toMatchObject({ attempts: 0, failing_since: null, next_attempt_at: null });
  });

  test('is left alone for as long as it asks, an hour at most', async () => {
    const { id } = await register();
    await lapse();
    const waits: number[] = [];
    for (const asked of ['120', '86400']) {
      shop.hooks.answer = () => new Response(null, { status: 429, headers: { 'retry-after': asked } });
      await shop.hooks.deliver(id);
      waits.push((shop.hooks.dueMs.get(id) ?? 0) - shop.nowMs);
      shop.nowMs = shop.hooks.dueMs.get(id) ?? 0;
    }
    expect(waits).toEqual([120_500, HOUR_MS + 500]);
  });

  test('for a day is off with a case, which closes when it is enabled and takes events again', async () => {
    const { id } = await register();
    await lapse(2);
    shop.hooks.answer = () => new Response(null, { status: 503 });
    const startedAtMs = shop.nowMs;
    let tries = 0;
    while ((await seen(id)).state === 'on') {
      tries += (await shop.hooks.deliver(id)).length;
      shop.nowMs = Math.max(shop.nowMs, shop.hooks.dueMs.get(id) ?? 0);
    }
    expect(shop.nowMs - startedAtMs).toBeGreaterThan(GIVES_UP_AFTER_MS - HOUR_MS);
    expect([tries > 20, tries < 100]).toEqual([true, true]);
    expect(await seen(id)).toMatchObject({ state: 'off', off_reason: 'failing' });
    expect(await cases('open')).toMatchObject([{ proposal: expect.stringContaining('hooks.shop.com took nothing for a day') }]);
    expect(await shop.hooks.deliver(id)).toEqual([]);

    shop.hooks.answer = () => new Response(null, { status: 204 });
    expect((await shop.post('admin', `/v1/webhooks/${id}/enable`, {})).body).toMatchObject({ state: 'on', off_reason: null });
    expect(await cases('open')).toHaveLength(1);
    expect(told(await shop.hooks.deliver(id))).toEqual([`r${sequence - 1}`, `r${sequence}`]);
    expect([await cases('open'), await cases('resolved')]).toMatchObject([[], [{ reason: 'It takes events again.' }]]);
  });

  test('and says that it is gone is off at once', async () => {
    const { id } = await register();
    await lapse();
    shop.hooks.answer = () => new Response(null, { status: 410 });
    await shop.hooks.deliver(id);
    expect(await seen(id)).toMatchObject({ state: 'off', off_reason: 'gone' });
    expect(await cases('open')).toHaveLength(1);
  });

  test('whose give-up died before anybody saw it is off at the next look', async () => {
    const { id } = await register();
    await lapse();
    shop.hooks.answer = () => new Response(null, { status: 410 });
    await shop.hooks.deliver(id);
    await shop.database.prepare("UPDATE webhook SET state = 'on', off_reason = NULL").run();
    expect(await shop.hooks.deliver(id)).toEqual([]);
    expect(await seen(id)).toMatchObject({ state: 'off', off_reason: 'gone' });
  });

  test('may be enabled behind the event on which it breaks', async () => {
    const { id } = await register();
    await lapse(2);
    shop.hooks.answer = ({ body }) => new Response(null, { status: body.data.reservation_id === `r${sequence}` ? 204 : 410 });
    const [broken] = await shop.hooks.deliver(id);
    await shop.post('admin', `/v1/webhooks/${id}/enable`, { after: broken?.body.cursor });
    expect(told(await shop.hooks.deliver(id))).toEqual([`r${sequence}`]);
    expect((await shop.post('admin', `/v1/webhooks/${id}/enable`, { after: 'x' })).body.code).toBe('invalid_request');
  });

  test('[F41] because its name leads inside by now is not called', async () => {
    const { id } = await register();
    await lapse();
    shop.hooks.names = { 'hooks.shop.com': ['10.0.0.1'] };
    expect(await shop.hooks.deliver(id)).toEqual([]);
    expect((await seen(id)).delivery.failure.detail).toContain('not public');
    expect((await shop.post('admin', `/v1/webhooks/${id}/enable`, {})).body.code).toBe('url_not_allowed');
  });

  test('because nobody can read its secrets is failing, and says so, until it is rotated', async () => {
    const { id } = await register();
    await lapse();
    await shop.database.prepare(`UPDATE webhook SET secrets = json_set(secrets, '$[0].sealed', 'AAAA')`).run();
    expect(await shop.hooks.deliver(id)).toEqual([]);
    expect((await seen(id)).delivery.failure.detail).toContain('rotate it');
    await shop.post('admin', `/v1/webhooks/${id}/rotate`, { overlap_seconds: 0 });
    shop.nowMs += HOUR_MS;
    expect(await shop.hooks.deliver(id)).toHaveLength(1);
  });
});

describe('[R79] a replay', () => {
  test('sends a part of the stream again under the same ids, beside what is new, and is written down', async () => {
    const { id } = await register();
    await lapse(4);
    const first = await shop.hooks.deliver(id);
    const [, after, until] = first.map(({ body }) => body.cursor);
    const asked = await shop.post('admin', `/v1/webhooks/${id}/replay`, { after: first[0]?.body.cursor, until });
    expect([asked.status, asked.body]).toEqual([202, { after: first[0]?.body.cursor, until }]);
    expect((await shop.post('admin', `/v1/webhooks/${id}/replay`, { after })).body.code).toBe('replay_running');
    await lapse();
    const ids = (received: readonly Received[]): readonly (string | null)[] =>
      received.map(({ headers }) => headers.get('webhook-id'));
    const again = await shop.hooks.deliver(id);
    expect(told(again)).toEqual([`r${sequence}`, `r${sequence - 3}`, `r${sequence - 2}`]);
    expect(ids(again).slice(1)).toEqual(ids(first).slice(1, 3));
    expect((await seen(id)).delivery.replay).toBe(null);
    expect((await shop.get('admin', `/v1/audit-log?target=webhook:${id}`)).body.items).toMatchObject([{}, { action: 'replay' }]);
  });

  test('may be asked for by time', async () => {
    const { id } = await register();
    const times: string[] = [];
    for (let minute = 0; minute < 4; minute += 1) {
      times.push(shop.today());
      await lapse();
      shop.nowMs += 60_000;
    }
    await shop.hooks.deliver(id);
    const replay = async (range: object): Promise<readonly string[]> => {
      await shop.post('admin', `/v1/webhooks/${id}/replay`, range);
      return told(await shop.hooks.deliver(id));
    };
    expect(await replay({ from_at: times[1], until_at: times[3] })).toEqual([`r${sequence - 2}`, `r${sequence - 1}`]);
    expect(await replay({ from_at: times[2] })).toEqual([`r${sequence - 1}`, `r${sequence}`]);
    expect((await shop.post('admin', `/v1/webhooks/${id}/replay`, { from_at: shop.today() })).body.code).toBe('invalid_request');
    expect((await shop.post('admin', `/v1/webhooks/${id}/replay`, {})).body.code).toBe('invalid_request');
  });

  test('that breaks on an event of its own is given up after a day, and holds up nothing new', async () => {
    const { id } = await register();
    await lapse(2);
    const [bad] = await shop.hooks.deliver(id);
    shop.hooks.answer = ({ headers }) =>
      new Response(null, { status: headers.get('webhook-id') === bad?.headers.get('webhook-id') ? 500 : 204 });
    await shop.post('admin', `/v1/webhooks/${id}/replay`, { from_at: new Date(0).toISOString() });
    const news: string[] = [];
    for (let hour = 0; hour < 40 && (await seen(id)).delivery.replay !== null; hour += 1) {
      await lapse();
      news.push(...told(await shop.hooks.deliver(id)).filter((one) => one === `r${sequence}`));
      shop.nowMs += HOUR_MS;
    }
    expect(news.length).toBeGreaterThan(20);
    expect(await seen(id)).toMatchObject({ state: 'on', delivery: { replay: null } });
  });

  test('brings what a webhook missed while it was off, as far as it is kept', async () => {
    const { id } = await register();
    await shop.post('admin', `/v1/webhooks/${id}/disable`, {});
    expect((await seen(id)).off_reason).toBe('asked');
    await lapse(3);
    expect(await shop.hooks.deliver(id)).toEqual([]);
    await shop.database.prepare('DELETE FROM event WHERE cursor < (SELECT max(cursor) - 1 FROM event)').run();
    await shop.post('admin', `/v1/webhooks/${id}/enable`, {});
    expect(told(await shop.hooks.deliver(id))).toEqual([`r${sequence - 1}`, `r${sequence}`]);
  });
});

describe('[R77] delivering', () => {
  test('goes on where it was when its worker dies, and tells an event twice at most', async () => {
    const { id } = await register();
    await lapse(3);
    const lane = shop.hooks.lane(id);
    expect(await lane.begin(0)).toMatchObject({ turn: 'deliver' });
    // Whoever comes while somebody delivers goes away; the one who delivers died, though, and is waited for no longer than this.
    expect(await shop.hooks.deliver(id)).toEqual([]);
    shop.nowMs += 25_000;
    expect(told(await shop.hooks.deliver(id))).toHaveLength(3);
  });

  test('ends after two hundred events and has another message go on', async () => {
    const { id } = await register();
    await lapse(DELIVERY_RUN_EVENTS_MAX + 1);
    const { parts } = shop.hooks;
    if (parts === null) throw new Error('the shop is open');
    expect(await deliver(id, parts)).toMatchObject({ delivered: DELIVERY_RUN_EVENTS_MAX });
    expect(shop.hooks.woken).toEqual([id]);
    expect(told(await shop.hooks.deliver(id))).toEqual([`r${sequence}`]);
  });

  test('costs one row for as many events as go out at a time, and none for what a webhook does not want', async () => {
    const { id } = await register({ types: ['reservation.expired'] });
    await lapse(50);
    await shop.hooks.deliver(id);
    expect(shop.hooks.written).toBe(1);
    const quiet = await register({ types: ['case.opened'] });
    await lapse(50);
    await shop.hooks.deliver(quiet.id);
    expect(shop.hooks.written).toBe(1);
  });

  test('of a database that was set back to a backup goes on with what is new there', async () => {
    const { id } = await register();
    await lapse(5);
    await shop.hooks.deliver(id);
    await shop.database.prepare('DELETE FROM event WHERE cursor > 2').run();
    expect(await shop.hooks.deliver(id)).toEqual([]);
    await lapse();
    expect(told(await shop.hooks.deliver(id))).toEqual([`r${sequence}`]);
  });
});

test('[R78] /metrics tells how each webhook is told, and how long the oldest event waits for it', async () => {
  const { id } = await register();
  const off = await register();
  await shop.post('admin', `/v1/webhooks/${off.id}/disable`, {});
  await lapse(2);
  shop.hooks.answer = ({ body }) => new Response(null, { status: body.data.reservation_id === `r${sequence}` ? 500 : 204 });
  await shop.hooks.deliver(id);
  shop.nowMs += 90_000;
  const { body } = await shop.get('admin', '/metrics');
  for (const line of [
    'holdfast_webhooks{state="on"} 1',
    'holdfast_webhooks{state="off"} 1',
    `holdfast_webhook_deliveries_total{webhook="${id}"} 1`,
    `holdfast_webhook_failures_total{webhook="${id}"} 1`,
    `holdfast_webhook_attempts{webhook="${id}"} 1`,
    `holdfast_webhook_lag_seconds{webhook="${id}"} 90`,
  ])
    expect(body.split('\n')).toContain(line);
});
