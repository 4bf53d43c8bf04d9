import { beforeEach, describe, expect, test } from 'vitest';
import { EMPTY_NETWORK } from '../../domain/network.ts';
import type { ChannelId, ReservationId, Sku } from '../../domain/ids.ts';
import type { ChangeMessage, StockEvent } from '../../durable-objects/sku-stock/protocol.ts';
import { MUG, Shop, TEA, type Role } from '../../test/shop.ts';
import { openCases, NEW_CASE } from '../read-models/cases.ts';
import { EVENT_TABLES } from '../read-models/event-tables.ts';
import { turn } from '../read-models/past-table.ts';
import { putObjectEvents } from '../read-models/events.ts';

let shop: Shop;
beforeEach(async () => {
  shop = await Shop.open();
  // What furnishing it told is of no interest here.
  await shop.database.prepare('DELETE FROM event').run();
});

const WEB = 'web' as ChannelId;
const APP = 'app' as ChannelId;
const at = (sequence: number) => ({ position: sequence, sequence, atMs: 1_000 * sequence });

function lapsed(sequence: number, channel: ChannelId | null): StockEvent {
  return { type: 'reservation.expired', ...at(sequence), reservation: `r${sequence}` as ReservationId, channel };
}
const opened: StockEvent = { type: 'case.opened', ...at(4), number: 4, kind: 'over_reservation', difference: 2 };
const offer = { availableToSell: 0, status: 'out_of_stock' as const };
const soldOut: StockEvent = {
  type: 'availability.threshold',
  ...at(5),
  channels: [
    { channel: WEB, ...offer, was: 'low_stock' },
    { channel: APP, ...offer, was: 'in_stock' },
  ],
};

/** The read models hear this of the item. */
async function tell(events: readonly StockEvent[], offers: ChangeMessage['offers'] = []): Promise<void> {
  const terms = { places: [], quotas: [], buffers: [], backordered: 0, backorderLimit: 0, lowStockAt: 0, stopSell: false };
  const snapshot = { sequence: 9, asOfMs: 9_000, status: 'active', terms };
  const change = { sku: TEA as Sku, snapshot, events, offers } as unknown as ChangeMessage;
  const [row] = await shop.database
    .prepare('SELECT version FROM network_version')
    .all<{ version: number }>()
    .then(({ results }) => results);
  const network = { ...EMPTY_NETWORK, version: row?.version ?? 0 };
  await shop.database.batch(putObjectEvents(shop.database, [change], network, shop.nowMs));
}

async function types(role: Role, query = ''): Promise<readonly string[]> {
  const { body } = await shop.get(role, `/v1/events${query}`);
  return body.items.map((item: { type: string; sequence: number }) => `${item.sequence} ${item.type}`);
}

describe('[R49] the events', () => {
  test('are read in order, page by page, and go on from where the last page ended', async () => {
    const empty = await shop.get('feeds', '/v1/events');
    expect(empty.body).toEqual({ items: [], next_cursor: expect.any(String) });
    await tell([lapsed(1, WEB), lapsed(2, WEB), lapsed(3, WEB)]);
    const first = await shop.get('admin', `/v1/events?limit=2&after=${empty.body.next_cursor}`);
    const second = await shop.get('admin', `/v1/events?limit=2&after=${first.body.next_cursor}`);
    const third = await shop.get('admin', `/v1/events?limit=2&after=${second.body.next_cursor}`);
    expect([first, second, third].map(({ body }) => body.items.map(({ sequence }: { sequence: number }) => sequence))).toEqual([
      [1, 2],
      [3],
      [],
    ]);
    expect(third.body.next_cursor).toBe(second.body.next_cursor);
    expect(first.body.items[1].cursor).toBe(first.body.next_cursor);
    expect(first.body.items[0]).toEqual({
      cursor: expect.any(String),
      type: 'reservation.expired',
      sku: TEA,
      sequence: 1,
      at: '1970-01-01T00:00:01.000Z',
      data: { reservation_id: 'r1', channel: 'web' },
    });
    await tell([lapsed(8, WEB)]);
    expect(await types('admin', `?after=${third.body.next_cursor}`)).toEqual(['8 reservation.expired']);
  });

  test('may be asked for by type', async () => {
    await tell([lapsed(1, WEB), opened, soldOut]);
    expect(await types('admin', '?types=case.opened,availability.threshold')).toEqual([
      '4 case.opened',
      '5 availability.threshold',
    ]);
  });

  test('name a case as the list of cases does', async () => {
    await tell([opened]);
    const { body } = await shop.get('admin', '/v1/events');
    expect(body.items[0].data).toEqual({ case_id: 'VEVBLTE.4', kind: 'over_reservation', difference: 2 });
  });
});

describe('[R49] [I22] who reads', () => {
  const bothChannels = [
    { channel: WEB, availableToSell: 3, status: 'low_stock' as const },
    { channel: APP, availableToSell: 9, status: 'in_stock' as const },
  ];
  const all = [lapsed(1, WEB), lapsed(2, APP), lapsed(3, null), opened, soldOut];

  test('for a channel hears of its own alone', async () => {
    await tell(all, bothChannels);
    expect(await types('web_feeds')).toEqual(['1 reservation.expired', '5 availability.threshold', '9 availability.changed']);
    const { body } = await shop.get('web_feeds', '/v1/events');
    expect(JSON.stringify(body)).not.toContain('app');
    expect(body.items[2].data).toEqual({ channels: [{ channel: 'web', available_to_sell: 3, status: 'low_stock' }] });
  });

  test('for a channel whose number did not change hears nothing', async () => {
    await tell([], [{ channel: APP, availableToSell: 9, status: 'in_stock' }]);
    expect(await types('web_feeds')).toEqual([]);
    await tell([], null);
    expect(await types('web_feeds')).toEqual(['9 availability.changed']);
  });

  test("for no channel hears of nobody's reservations", async () => {
    await tell(all, bothChannels);
    expect(await types('feeds')).toEqual(['4 case.opened', '5 availability.threshold', '9 availability.changed']);
  });

  test('as administrator hears of everything', async () => {
    await tell(all, bothChannels);
    expect(await types('admin')).toHaveLength(6);
  });

  test.each(['web', 'reader', 'stock'] as const)('without the scope hears nothing: %s', async (role) => {
    expect((await shop.get(role, '/v1/events')).body.code).toBe('scope_missing');
  });
});

describe('[R49] a reader that asks wrongly is told how to ask', () => {
  test.each([
    'types=case.opened,pray',
    'types=',
    'types=case.opened&types=case.closed',
    'types=case',
    'after=x',
    'after=',
    'limit=0',
    'limit=501',
    'cursor=x',
    'since=1',
  ])('%s', async (query) => {
    const said = await shop.get('admin', `/v1/events?${query}`);
    expect([said.status, said.body.code]).toEqual([400, 'invalid_request']);
  });

  test('when what comes next is no longer kept', async () => {
    await tell([lapsed(1, WEB), lapsed(2, WEB), lapsed(3, WEB)]);
    const { body } = await shop.get('admin', '/v1/events?limit=1');
    // What was told last is kept through the first turn, and all of them through that.
    expect(await turn(shop.database, EVENT_TABLES, shop.nowMs)).toBe(true);
    expect(await types('admin')).toHaveLength(3);
    expect(await turn(shop.database, EVENT_TABLES, shop.nowMs + 8 * 86_400_000)).toBe(true);
    const late = await shop.get('admin', `/v1/events?after=${body.next_cursor}`);
    expect([late.status, late.body.code]).toEqual([400, 'invalid_request']);
    expect(late.body.detail).toContain('begin without after');
    expect(await types('admin')).toEqual(['3 reservation.expired']);
  });
});

test('[R49] a case of the read models alone is told when it opens, opens again and closes, each once', async () => {
  const row = { ...NEW_CASE, id: 'code_unknown~item~X', kind: 'code_unknown', openedAtMs: 1_000, sequence: 1 };
  const open = (sequence: number) =>
    shop.database.batch(
      openCases(shop.database, [
        { ...row, sequence },
        { ...row, sequence },
      ]),
    );
  const resolve = () => shop.post('admin', `/v1/cases/${encodeURIComponent(row.id)}/resolve`, { reason: 'declared' });
  await open(1);
  await open(1);
  await resolve();
  await resolve();
  await open(1);
  await open(2);
  expect(await types('admin')).toEqual(['1 case.opened', '1 case.closed', '2 case.opened']);
});

describe('[R72] item.changed', () => {
  const told = async (): Promise<readonly string[]> => {
    const { body } = await shop.get('admin', '/v1/events?types=item.changed');
    return body.items.map(({ sku, data }: { sku: string; data: object }) => `${sku} ${JSON.stringify(data)}`);
  };
  const changedNames = (names_added: object, names_removed: object): string => JSON.stringify({ names_added, names_removed });
  const names = (...ids: readonly string[]) => ids.map((external_id) => ({ system: 'web', external_id }));

  test('tells that the catalogue says something else of an item, and which names it got and lost', async () => {
    await shop.put(`/v1/items/${MUG}`, { status: 'active', aliases: names('M-1', 'M-2') });
    await shop.put(`/v1/items/${MUG}`, { status: 'active', aliases: names('M-2', 'M-3') });
    expect(await told()).toEqual([
      `${MUG} ${changedNames(names('M-1', 'M-2'), [])}`,
      `${MUG} ${changedNames(names('M-3'), names('M-1'))}`,
    ]);
  });

  test('is not told where nothing changed, or the change was refused', async () => {
    await shop.put(`/v1/items/${MUG}`, { status: 'active' });
    await shop.put(`/v1/items/${MUG}`, { status: 'discontinued' }, { 'if-match': '"9"' });
    await shop.put(`/v1/items/${MUG}`, { status: 'active', aliases: [{ system: 'gtin', external_id: '4012345' }] });
    expect(await told()).toEqual([]);
  });

  test("tells of a kit's policy, for which no object speaks, and of no other", async () => {
    await shop.put('/v1/items/SET', { status: 'active', components: [{ sku: TEA, factor: 2 }] });
    await shop.put('/v1/items/SET/policy', { stop_sell: true });
    await shop.put(`/v1/items/${TEA}/policy`, { stop_sell: true });
    expect(await told()).toEqual([`SET ${changedNames([], [])}`, `SET ${changedNames([], [])}`]);
  });

  test('is not for a channel, whose names are not all its own', async () => {
    await shop.put(`/v1/items/${MUG}`, { status: 'preorder' });
    expect(await types('web_feeds')).toEqual([]);
    expect(await types('feeds')).toEqual(['0 item.changed']);
  });
});
