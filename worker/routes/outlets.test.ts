import { beforeEach, describe, expect, test } from 'vitest';
import type { ChannelId } from '../../domain/ids.ts';
import { publish } from '../../test/feeds/publish.ts';
import { MUG, Shop, TEA } from '../../test/shop.ts';
import { readBack } from '../channels/read-back.ts';
import { tellChannel } from '../channels/tell-channel.ts';

const WEB = 'web' as ChannelId;
let shop: Shop;
beforeEach(async () => {
  shop = await Shop.open();
  await shop.put('/v1/channels/web', { listings: {} });
  await shop.put(`/v1/items/${TEA}`, { status: 'active', aliases: [{ system: 'web', external_id: 'W-TEA' }] });
  await shop.receive(TEA, 10);
});

const put = async (body: object = {}) => shop.put('/v1/channels/web/outlet', { adapter: 'memory', ...body });
const get = async (path = '') => (await shop.get('admin', `/v1/channels/web/outlet${path}`)).body;
const tell = async () => {
  await publish(shop);
  return tellChannel(WEB, shop.channelParts);
};
const kept = async () => {
  const outlet = await shop.channelParts.outlets.find(WEB);
  return outlet === null ? null : shop.channelParts.outlets.credentials(outlet);
};
const shown = (): unknown => shop.channelNamed(WEB).at('W-TEA')?.quantity;

describe('an outlet', () => {
  test('[R80] is not there until somebody says how the channel is told', async () => {
    expect((await shop.get('admin', '/v1/channels/web/outlet')).status).toBe(404);
    expect((await shop.put('/v1/channels/nobody/outlet', { adapter: 'memory' })).status).toBe(404);
    expect(await tell()).toMatchObject({ outcome: 'off' });
  });

  test('[R80] is woken when it is put, and switched off keeps silent', async () => {
    expect((await put()).status).toBe(201);
    expect(shop.channelsWoken).toEqual(['web']);
    await put({ enabled: false });
    expect(shop.channelsWoken).toEqual(['web']);
    expect(await tell()).toMatchObject({ outcome: 'off' });
  });

  test('[R80] refuses options that its adapter does not know', async () => {
    const { status, body } = await put({ options: { shop: 'x' } });
    expect([status, body.code]).toEqual([400, 'invalid_request']);
    expect((await shop.get('admin', '/v1/channels/web/outlet')).status).toBe(404);
  });

  test('[R80] keeps what it signs in with to itself', async () => {
    const options = { url: 'https://marketplace.example.com', ship_nodes: 'default' };
    await shop.put('/v1/channels/web/outlet', { adapter: 'walmart', options });
    const credentials = { client_id: 'me', client_secret: 'hush-hush-walmart' };
    const wrong = await shop.put('/v1/channels/web/outlet/credentials', { client_id: 'me', client_secret: 'hush hush' });
    expect([wrong.status, JSON.stringify(wrong.body).includes('hush')]).toEqual([400, false]);
    expect(await shop.put('/v1/channels/web/outlet/credentials', credentials)).toMatchObject({ status: 200 });
    expect(await get()).toMatchObject({ adapter: 'walmart', options, credentials_set_at: '2026-11-20T12:00:00.000Z' });
    const everything = JSON.stringify([await get(), (await shop.get('admin', '/v1/audit-log?limit=500')).body]);
    expect(everything).not.toContain('hush');
    expect(await kept()).toEqual(credentials);
  });

  test.each([
    ['', { adapter: 'memory', options: JSON.parse('{"__proto__": 1}') as object }],
    ['', { adapter: 'memory', limits: JSON.parse('{"__proto__": 1}') as object }],
    ['/credentials', JSON.parse('{"__proto__": 1}') as object],
  ])('[R80] leaves out no name without a word: outlet%s %j', async (path, body) => {
    await put();
    const said = await shop.put(`/v1/channels/web/outlet${path}`, body);
    expect([said.status, said.body.detail]).toEqual([400, '__proto__: names nothing here']);
  });

  test('[R80] sends what it signs in with nowhere else when it is pointed elsewhere', async () => {
    const at = async (url: string) => shop.put('/v1/channels/web/outlet', { adapter: 'adobe', options: { url } });
    await at('https://shop.example.com');
    await shop.put('/v1/channels/web/outlet/credentials', { token: 'hush-hush-adobe' });
    expect(await kept()).toEqual({ token: 'hush-hush-adobe' });
    await at('https://elsewhere.example.com');
    expect(await kept()).toBe(null);
    await at('https://shop.example.com');
    expect(await kept()).toEqual({ token: 'hush-hush-adobe' });
  });
});

describe('a channel with an outlet', () => {
  beforeEach(async () => {
    await put();
    await tell();
  });

  test('[R80] shows what it may sell under its own name, and hears nothing of what it has no name for', async () => {
    expect(shown()).toBe(10);
    expect(await get('/levels')).toMatchObject({
      items: [{ sku: TEA, listing: 'W-TEA', state: 'confirmed', wanted: { quantity: 10 }, shown: { quantity: 10, ours: true } }],
      next_cursor: null,
    });
    expect(await get(`/levels?sku=${MUG}`)).toEqual({ items: [], next_cursor: null });
    expect(await get()).toMatchObject({ lane: { listings: 1, waiting: 0, complete: true, lag_ms: { of: 1 } } });
  });

  test('[R80] hears of a change by the stream, and of nothing twice', async () => {
    await shop.receive(TEA, 5);
    await tell();
    expect(shown()).toBe(15);
    expect(await tell()).toMatchObject({ sent: 0 });
  });

  test('[R80] hears of a changed network, of another name, and of a kit whose part changed', async () => {
    await shop.put('/v1/channels/web', { listings: {}, buffer: 4 });
    await tell();
    expect(shown()).toBe(6);
    const aliases = [{ system: 'web', external_id: 'W-PAIR' }];
    await shop.put('/v1/items/PAIR', { status: 'active', aliases, components: [{ sku: TEA, factor: 2 }] });
    await tell();
    expect(shop.channelNamed(WEB).at('W-PAIR')?.quantity).toBe(3);
    await shop.receive(TEA, 10);
    await tell();
    expect([shown(), shop.channelNamed(WEB).at('W-PAIR')?.quantity]).toEqual([16, 8]);
  });

  test('[R80] is told everything anew when it is another one', async () => {
    shop.vendors.clear();
    await tell();
    expect(shown()).toBe(undefined);
    await shop.put('/v1/channels/web/outlet', { adapter: 'walmart', options: { ship_nodes: 'default' } });
    await tell();
    expect(shown()).toBe(10);
  });

  test('[R80] is in the metrics with what waits and how long changes take', async () => {
    const { body } = await shop.get('admin', '/metrics');
    expect(body).toContain('holdfast_outlet_waiting{channel="web"} 0');
    expect(body).toContain('holdfast_outlet_confirmed_total{channel="web"} 1');
    expect(body).toMatch(/holdfast_outlet_lag_seconds\{channel="web",quantile="0.95"\} \d/);
  });

  test('[R81] what it refuses is a case, which a replay tries again and its success closes', async () => {
    const { faults } = shop.channelNamed(WEB);
    faults.refused.add('W-TEA');
    await shop.receive(TEA, 5);
    await tell();
    const [refused] = (await shop.get('admin', '/v1/cases?kind=channel_refused')).body.items;
    expect(refused).toMatchObject({ state: 'open', sku: TEA });
    expect(await tell()).toMatchObject({ sent: 0 });
    expect(await get()).toMatchObject({ lane: { refused: 1 } });

    faults.refused.clear();
    expect((await shop.post('admin', `/v1/cases/${encodeURIComponent(refused.id)}/replay`, {})).status).toBe(200);
    await tell();
    expect(shown()).toBe(15);
    expect((await shop.get('admin', '/v1/cases?kind=channel_refused')).body.items).toMatchObject([{ state: 'resolved' }]);
  });
});

describe('[R84] what a channel is read to show', () => {
  beforeEach(async () => {
    await put();
    await tell();
  });
  const read = async () => {
    const outlet = await shop.channelParts.outlets.find(WEB);
    if (outlet === null) throw new Error('there is one');
    return readBack(outlet, shop.channelParts);
  };
  const drifts = async () => (await shop.get('admin', '/v1/cases?kind=channel_drift')).body.items;

  test('is not looked at while it was set a moment ago', async () => {
    shop.channelNamed(WEB).setByHand('W-TEA', 99);
    expect(await read()).toMatchObject({ compared: 1, changed_by_hand: 0 });
    expect(await drifts()).toEqual([]);
  });

  test('is a case and is set again where somebody changed it by hand', async () => {
    shop.nowMs += 120_000;
    shop.channelNamed(WEB).setByHand('W-TEA', 99);
    expect(await read()).toMatchObject({ changed_by_hand: 1 });
    await tell();
    expect(shown()).toBe(10);
    expect(await drifts()).toMatchObject([{ state: 'open', sku: TEA, difference: 89 }]);
    shop.nowMs += 120_000;
    await read();
    await tell();
    expect(await drifts()).toMatchObject([{ state: 'resolved' }]);
  });

  test('is left to a person where the outlet says so, until its number changes', async () => {
    await put({ on_drift: 'case' });
    shop.nowMs += 120_000;
    shop.channelNamed(WEB).setByHand('W-TEA', 99);
    await read();
    await tell();
    expect([shown(), (await drifts()).length]).toEqual([99, 1]);
    await shop.receive(TEA, 1);
    await tell();
    expect(shown()).toBe(11);
  });

  test('gets time for an order of its own before less than it should be is called drift', async () => {
    shop.nowMs += 120_000;
    shop.channelNamed(WEB).setByHand('W-TEA', 9);
    expect(await read()).toMatchObject({ late: 1 });
    await tell();
    expect([shown(), await drifts()]).toEqual([9, []]);
    shop.nowMs += 120_000;
    expect(await read()).toMatchObject({ changed_by_hand: 1 });
    await tell();
    expect([shown(), (await drifts()).length]).toEqual([10, 1]);
  });
});
