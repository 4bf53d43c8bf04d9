import { evictDurableObject, reset, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { countDatabase } from '../../bench/cost/front/counted-bindings.ts';
import { Tally } from '../../bench/cost/front/tally.ts';
import { total } from '../../bench/cost/counts.ts';
import type { Command } from '../../domain/command.ts';
import type { ChannelId } from '../../domain/ids.ts';
import type { Network } from '../../domain/network.ts';
import type { ReservationId, Sku } from '../../domain/ids.ts';
import { levelOf, type ItemLevel } from '../../domain/level.ts';
import type { ChangeMessage, StockEvent } from '../../durable-objects/sku-stock/protocol.ts';
import { turnTables } from '../../worker/jobs/turn-tables.ts';
import { projectChanges } from '../../worker/jobs/project-changes.ts';
import { EVENTS_LOOKED_AT_MAX } from '../../contracts/limits.ts';
import { eventPage, type EventRow, type EventsAsked } from '../../worker/read-models/event-pages.ts';
import { EVENT_TABLES } from '../../worker/read-models/event-tables.ts';
import { turn } from '../../worker/read-models/past-table.ts';
import { sale } from '../pipeline/postings.ts';
import { snapshotsOf } from '../../worker/read-models/availability.ts';
import { putObjectEvents } from '../../worker/read-models/events.ts';
import { deliveryOf, logDeliveries } from '../../worker/read-models/posting-log.ts';
import { pass, useOwnClock } from './clock.ts';
import { changeOf, deliver, DIRECTORIES, Listener, NO_NETWORK } from './pipeline.ts';
import { commit, counted, NETWORK, pin, received, reserve, SkuUnderTest, STORE, WEB } from './sku.ts';

const db = env.DB;
const TEA = 'TEA' as Sku;
const MUG = 'MUG' as Sku;
const DAY_MS = 86_400_000;

useOwnClock();
afterEach(() => reset());

function project(...changes: readonly ChangeMessage[]) {
  const { stockOf } = new Listener();
  return deliver('stock-changes', changes, (batch) =>
    projectChanges(batch, { db, directories: DIRECTORIES, nowMs: () => Date.now(), stockOf }),
  );
}

async function read(asked: Partial<EventsAsked> = {}) {
  const page = await eventPage(db, { after: 0, types: null, limit: 500, reader: { who: 'everybody' }, ...asked });
  if (page === null) throw new Error('gone');
  return page;
}

const gistOf = ({ sku, sequence, type }: EventRow): string => `${sku} ${sequence} ${type}`;
const gist = async (asked: Partial<EventsAsked> = {}): Promise<readonly string[]> => (await read(asked)).items.map(gistOf);

function lapsed(position: number, reservation = `r${position}`): StockEvent {
  return {
    type: 'reservation.expired',
    position,
    sequence: position,
    atMs: 1,
    reservation: reservation as ReservationId,
    channel: WEB,
  };
}

const news = (sku: Sku, sequence: number, events: readonly StockEvent[], more: Partial<ChangeMessage> = {}): ChangeMessage =>
  changeOf(sku, sequence, sequence * 1_000, { events, through: events.at(-1)?.position ?? 0, ...more });

describe('[R49] what an object tells is in the stream once', () => {
  test('a message that comes twice, or is sent again with more, adds only what is new', async () => {
    await project(news(TEA, 2, [lapsed(1), lapsed(2)]));
    await project(news(TEA, 2, [lapsed(1), lapsed(2)]));
    await project(news(TEA, 3, [lapsed(1), lapsed(2), lapsed(3)]));
    expect(await gist()).toEqual(['TEA 1 reservation.expired', 'TEA 2 reservation.expired', 'TEA 3 reservation.expired']);
  });

  test('a message that arrives after a newer one adds nothing, and one batch holds them in any order', async () => {
    await project(
      news(TEA, 3, [lapsed(1), lapsed(2), lapsed(3)]),
      news(TEA, 2, [lapsed(1), lapsed(2)]),
      news(MUG, 1, [lapsed(1)]),
    );
    await project(news(TEA, 2, [lapsed(1), lapsed(2)]));
    expect(await gist()).toEqual([
      'TEA 1 reservation.expired',
      'TEA 2 reservation.expired',
      'TEA 3 reservation.expired',
      'MUG 1 reservation.expired',
    ]);
  });

  // Its object restarted, forgot how far it was heard, and its list had to be cut earlier than before.
  test('a late message that lists more than a newer one does is passed over, and told again', async () => {
    await project(news(TEA, 5, [lapsed(1), lapsed(2)]));
    await project(news(TEA, 4, [lapsed(1), lapsed(2), lapsed(3)]));
    await project(news(TEA, 6, [lapsed(3), lapsed(4)]));
    expect((await read()).items.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4]);
  });

  test('the answer to a posting is told once, and a success after a refusal too', async () => {
    const posted = { erpReference: 'SL-1', mark: 1, error: null, sentAtMs: 1, postedAtMs: 2, acknowledgedAtMs: 2, attempts: 1 };
    const one = { ...deliveryOf(sale(TEA, 1, 2)), ...posted, state: 'posted' } as const;
    const failed = { ...deliveryOf(sale(TEA, 2, 2)), ...posted, state: 'failed', postedAtMs: null } as const;
    await logDeliveries(db, [one, failed], 3);
    await logDeliveries(db, [one, failed], 3);
    await logDeliveries(db, [{ ...failed, state: 'posted', postedAtMs: 9 }], 9);
    expect(await gist()).toEqual(['TEA 1 posting.posted', 'TEA 2 posting.failed', 'TEA 2 posting.posted']);
    // Neither the order nor the words of the ERP: who reads a feed need not be an operator.
    expect(JSON.stringify((await read()).items)).not.toContain('order');
  });
});

describe('[R49] availability.changed', () => {
  const offer = (availableToSell: number, channel = WEB) => ({ channel, availableToSell, status: 'in_stock' as const });
  const told = async (): Promise<readonly unknown[]> =>
    (await read({ types: ['availability.changed'] })).items.map(({ data }) => JSON.parse(data).channels);

  test('names the channels whose number is another than was told before', async () => {
    const app = 'app' as typeof WEB;
    await project(news(TEA, 1, [], { offers: [offer(5), offer(5, app)] }));
    await project(news(TEA, 2, [], { offers: [offer(4), offer(5, app)] }));
    await project(news(TEA, 3, [], { offers: [offer(4), offer(5, app)] }));
    await project(news(TEA, 2, [], { offers: [offer(9), offer(9, app)] }));
    const shown = (channel: string, available_to_sell: number) => ({ channel, available_to_sell, status: 'in_stock' });
    expect(await told()).toEqual([[shown('web', 5), shown('app', 5)], [shown('web', 4)]]);
  });

  test('of too many channels says that there is news, once per journal entry', async () => {
    await project(news(TEA, 1, [], { offers: null }));
    await project(changeOf(TEA, 1, 9_000, { offers: null }));
    await project(news(TEA, 2, [], { offers: null }));
    expect(await told()).toEqual([null, null]);
  });
});

test('an event costs one row and no index, and what changed for all channels one more', async () => {
  const offers = [
    { channel: WEB, availableToSell: 5, status: 'in_stock' as const },
    { channel: 'app' as typeof WEB, availableToSell: 5, status: 'in_stock' as const },
  ];
  const results = await db.batch(putObjectEvents(db, [news(TEA, 2, [lapsed(1), lapsed(2)], { offers })], NO_NETWORK, 0));
  expect(results.reduce((sum, { meta }) => sum + meta.rows_written, 0)).toBe(3);
});

describe('[R49] a reader', () => {
  test('who reads on while others write misses nothing, and meets each item in order', async () => {
    const skus = Array.from({ length: 8 }, (_, n) => `SKU-${n}` as Sku);
    const writing = skus.map(async (sku) => {
      for (let sequence = 1; sequence <= 12; sequence++) {
        await project(news(sku, sequence, [lapsed(sequence, `${sku}-${sequence}`)]));
      }
    });
    const seen: EventRow[] = [];
    let after = 0;
    let written = false;
    void Promise.all(writing).then(() => (written = true));
    for (let last = false; !last;) {
      last = written;
      const { items, through } = await read({ after, limit: 7 });
      seen.push(...items);
      if (items.length === 7) last = false;
      after = through;
    }
    await Promise.all(writing);
    for (const sku of skus) {
      expect(seen.filter((one) => one.sku === sku).map(({ sequence }) => sequence)).toEqual(
        Array.from({ length: 12 }, (_, n) => n + 1),
      );
    }
    expect(seen).toHaveLength(96);
  });

  test('who wants few of many gets them in one page, and goes on behind all that was looked at', async () => {
    await db
      .prepare(
        `INSERT INTO event (sku, sequence, type, channel, at_ms, recorded_at_ms, data)
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
         SELECT 'TEA', i, 'posting.posted', NULL, 0, 0, '{}' FROM n`,
      )
      .bind(EVENTS_LOOKED_AT_MAX + 10)
      .run();
    await project(news(TEA, 1, [lapsed(1)]));
    const page = await read({ types: ['reservation.expired'] });
    expect([page.items.length, page.through]).toEqual([1, EVENTS_LOOKED_AT_MAX + 11]);
    expect(await read({ types: ['reservation.expired'], after: page.through })).toMatchObject({
      items: [],
      through: page.through,
    });
  });

  test('whose cursor is older than what is kept hears so, and cursors are never given twice', async () => {
    await project(news(TEA, 1, [lapsed(1)]));
    await project(news(TEA, 3, [lapsed(2), lapsed(3)]));
    expect(await turn(db, EVENT_TABLES, Date.now())).toBe(true);
    expect(await eventPage(db, { after: 1, types: null, limit: 9, reader: { who: 'everybody' } })).not.toBeNull();
    expect(await turn(db, EVENT_TABLES, Date.now() + 8 * DAY_MS)).toBe(true);
    expect(await eventPage(db, { after: 1, types: null, limit: 9, reader: { who: 'everybody' } })).toBeNull();
    expect(await eventPage(db, { after: 9, types: null, limit: 9, reader: { who: 'everybody' } })).toBeNull();
    await project(news(TEA, 4, [lapsed(4)]));
    expect((await read()).items.map(({ cursor }) => cursor)).toEqual([3, 4]);
  });
});

/** Catches what an object sends to the read models; what it sends to the ERP gets lost. */
async function caught(sku: SkuUnderTest): Promise<ChangeMessage[]> {
  const sent: ChangeMessage[] = [];
  await runInDurableObject(sku.object, (instance) => {
    const { env: bindings } = instance as unknown as {
      env: Record<string, { readonly send: (body: ChangeMessage) => Promise<void> }>;
    };
    bindings['STOCK_CHANGES'] = { send: async (body) => void sent.push(body) };
    bindings['ERP_MOVEMENTS'] = { send: async () => undefined };
  });
  return sent;
}

/** Its alarm rings until it has no more to tell, and the read models take it all. */
async function toldAll(sku: SkuUnderTest, sent: ChangeMessage[], directories = DIRECTORIES): Promise<void> {
  for (let round = 0; round < 20; round++) {
    pass(1_000);
    await runDurableObjectAlarm(sku.object);
    const messages = sent.splice(0);
    if (messages.length === 0) return;
    await deliver('stock-changes', messages, (batch) =>
      projectChanges(batch, { db, directories, nowMs: () => Date.now(), stockOf: () => sku.object }),
    );
  }
}

const atStore = (quantity: number): Command => ({ ...received(`store-${quantity}`, quantity), location: STORE }) as Command;

test('[R49] what is let go of costs some dozens of rows written however much it is, and a page reads what it tells and not both tables', async () => {
  const insert = db.prepare(
    `INSERT INTO event (sku, sequence, type, channel, at_ms, recorded_at_ms, data)
     WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
     SELECT 'TEA', i, 'posting.posted', NULL, 0, 0, '{}' FROM n`,
  );
  await insert.run();
  expect(await turn(db, EVENT_TABLES, 0)).toBe(true);
  await insert.run();
  const tally = new Tally();
  countDatabase(db, tally);
  const page = await read({ after: 995, limit: 10 });
  expect(page.items.map(({ cursor }) => cursor)).toEqual(Array.from({ length: 10 }, (_, n) => 996 + n));
  expect(total(tally.counts(), ['d1 row read'])).toBeLessThan(100);
  expect(await turn(db, EVENT_TABLES, 8 * DAY_MS)).toBe(true);
  expect(total(tally.counts(), ['d1 row written'])).toBeLessThan(100);
});

test('[R49] of two clocks that ring at one moment one lets go of a table, and the other finds that it was done', async () => {
  await project(news(TEA, 2, [lapsed(1), lapsed(2)]));
  for (const day of [0, 8]) {
    const turned = await Promise.all([1, 2, 3].map(() => turn(db, EVENT_TABLES, Date.now() + day * DAY_MS)));
    expect(turned.filter(Boolean)).toHaveLength(1);
  }
  expect((await read()).items.map(({ cursor }) => cursor)).toEqual([2]);
});

test('[R49] events are kept for seven days and not a millisecond less', async () => {
  const turned = async (nowMs: number) => (await turnTables({ db, nowMs: () => nowMs }))['event'];
  await project(news(TEA, 2, [lapsed(1), lapsed(2)]));
  const recordedAtMs = Date.now();
  expect(await turned(recordedAtMs)).toBe(true);
  expect(await turned(recordedAtMs + 7 * DAY_MS)).toBe(false);
  expect((await read()).items.map(({ cursor }) => cursor)).toEqual([1, 2]);
  expect(await turned(recordedAtMs + 7 * DAY_MS + 1)).toBe(true);
  expect((await read()).items.map(({ cursor }) => cursor)).toEqual([2]);
});

describe('[R49] of an object', () => {
  let tea: SkuUnderTest;
  let sent: ChangeMessage[];
  beforeEach(async () => {
    tea = new SkuUnderTest(TEA);
    sent = await caught(tea);
  });

  test('[R28b] a count below what is promised can be read step by step: moved, ended, waiting, and the case', async () => {
    await tea.stocked(9, { backorderLimit: 2, overReservation: ['reallocate', 'release_unpinned', 'backorder', 'list'] });
    await tea.ask(reserve('owed', 6));
    await tea.ask(commit('owed'));
    pass(1);
    await tea.ask(reserve('cart.of-somebody~2', 2));
    await tea.ask(atStore(1));
    await toldAll(tea, sent);
    const before = (await read()).through;

    await tea.ask(counted(2));
    await toldAll(tea, sent);
    const { items } = await read({ after: before });
    expect(items.map(({ type }) => type)).toEqual([
      'reservation.reallocated',
      'reservation.released',
      'reservation.reallocated',
      'reservation.backordered',
      'case.opened',
      'availability.threshold',
      'availability.changed',
    ]);
    expect(items.map(({ data }) => JSON.parse(data))).toMatchObject([
      { reservation_id: 'cart.of-somebody', channel: 'web', quantity: 1, from: 'dc', to: 'store', order_ref: null },
      { reservation_id: 'cart.of-somebody', reason: 'over_reservation', lines: [{ line: 1, quantity: 2 }] },
      { reservation_id: 'owed', order_ref: 'order-owed', from: 'dc', to: 'store' },
      { reservation_id: 'owed', quantity: 2, from: 'dc' },
      { kind: 'over_reservation', difference: 1 },
      { channels: [{ channel: 'web', status: 'out_of_stock', was: 'low_stock', available_to_sell: 0 }] },
      { channels: [{ channel: 'web', status: 'out_of_stock', available_to_sell: 0 }] },
    ]);
    const sequences = items.map(({ sequence }) => sequence);
    expect(sequences).toEqual(sequences.toSorted((a, b) => a - b));

    await tea.ask(received('found', 3));
    await toldAll(tea, sent);
    expect((await gist({ after: items.at(-1)?.cursor ?? 0 })).map((line) => line.split(' ')[2])).toEqual(
      expect.arrayContaining(['case.closed', 'reservation.placed']),
    );
  });

  test('[R86] what only changes the number of a channel at a place, or that of one that counts its own orders, is told too', async () => {
    const counting = {
      ...NETWORK,
      channels: NETWORK.channels.map((one) => ({ ...one, shows: { meaning: 'input', atMost: null } as const })),
    };
    const ask = async (command: Command): Promise<unknown> =>
      tea.object.execute({
        networkVersion: counting.version,
        network: counting,
        asked: [{ command, key: 'reservation' in command ? tea.newKey() : null, correlationId: 'c0ffee' }],
      });
    const told = async (after: number): Promise<readonly unknown[]> =>
      (await read({ after, types: ['availability.changed'] })).items.map(({ data }) => JSON.parse(data).channels);
    const level = async (): Promise<ItemLevel | null> => {
      const snapshot = (await snapshotsOf(db, [TEA])).get(TEA);
      return snapshot === undefined ? null : levelOf({ sku: TEA, kit: null, parts: [{ units: 1, snapshot }] }, counting, WEB);
    };
    const directories = {
      current: async () => ({ network: counting, sources: new Map(), soldOutHints: new Set<ChannelId>(), kitsVersion: 0 }),
    };
    await ask({ type: 'set_item', status: 'active', policy: null });
    await ask(received('opening', 9));
    await ask({ ...received('more', 2), location: STORE } as Command);
    await toldAll(tea, sent, directories);

    const before = (await read()).through;
    await ask({
      ...received('moved', 3),
      kind: 'transferred',
      to: { location: STORE, status: 'sellable' },
    } as Command);
    await toldAll(tea, sent, directories);
    const same = { channel: 'web', available_to_sell: 11, status: 'in_stock' };
    expect(await told(before)).toEqual([[same]]);
    expect(await level()).toMatchObject({ quantity: 11, places: [{ quantity: 6 }, { quantity: 5 }] });

    await ask(reserve('a', 4));
    await toldAll(tea, sent, directories);
    const reserved = (await read()).through;
    await ask(commit('a'));
    await toldAll(tea, sent, directories);
    expect(await told(reserved)).toEqual([[{ ...same, available_to_sell: 7 }]]);
    expect(await level()).toMatchObject({ quantity: 11 });

    await evictDurableObject(tea.object);
    expect((await tea.object.snapshot())?.terms.owed).toEqual([{ channel: 'web', quantity: 4, places: [] }]);
    expect((await tea.object.proof())?.checks.filter(({ holds }) => !holds)).toEqual([]);
  });

  test('sold out and back at once are both told, though no message but the last arrives', async () => {
    await tea.stocked(3);
    await toldAll(tea, sent);
    await tea.ask(reserve('all', 3));
    await tea.ask(received('more', 50));
    sent.splice(0, sent.length - 1);
    await toldAll(tea, sent);
    const { items } = await read({ types: ['availability.threshold'] });
    expect(items.map(({ data }) => JSON.parse(data).channels[0].status)).toEqual(['low_stock', 'out_of_stock', 'in_stock']);
  });

  test('sold out and back are both told after a restart, though every message of them was lost', async () => {
    await tea.stocked(3);
    await toldAll(tea, sent);
    await tea.ask(reserve('all', 3));
    await tea.ask(received('more', 50));
    await evictDurableObject(tea.object);
    sent = await caught(tea);
    await toldAll(tea, sent);
    const { items } = await read({ types: ['availability.threshold'] });
    expect(items.map(({ data }) => JSON.parse(data).channels[0].status)).toEqual(['low_stock', 'out_of_stock', 'in_stock']);
  });

  test('a word that time alone changed while the object slept is told when it wakes', async () => {
    const soon = Date.now() + 60_000;
    const quotas = [{ channel: WEB, protected: 0, cap: 0, startsAtMs: soon, endsAtMs: null }];
    await tea.stocked(50, { quotas });
    await toldAll(tea, sent);
    await evictDurableObject(tea.object);
    sent = await caught(tea);
    pass(60_000);
    await toldAll(tea, sent);
    const { items } = await read({ types: ['availability.threshold'] });
    expect(items.map(({ data }) => JSON.parse(data).channels[0].status)).toEqual(['in_stock', 'out_of_stock']);
  });

  test('what was not heard before a restart is told after it, and nothing twice', async () => {
    await tea.stocked(9);
    await tea.ask(reserve('short', 1, 1_000));
    pass(1_000);
    await tea.object.snapshot();
    sent.splice(0);
    await evictDurableObject(tea.object);
    sent = await caught(tea);
    await toldAll(tea, sent);
    await evictDurableObject(tea.object);
    sent = await caught(tea);
    await tea.ask(pin('short'));
    await toldAll(tea, sent);
    expect(await gist({ types: ['reservation.expired'] })).toEqual(['TEA 4 reservation.expired']);
  });

  test('of up to 200 channels each number is told, of more that there is news', async () => {
    const sellThrough = async (version: number, channels: number, command: Command): Promise<void> => {
      const sellers = Array.from({ length: channels }, (_, n) => ({
        ...NETWORK.channels[0],
        id: `c${n}`,
      })) as unknown as Network['channels'];
      const network = { ...NETWORK, version, channels: sellers };
      await tea.object.execute({ networkVersion: version, network, asked: [{ command, key: null, correlationId: 'c' }] });
      await toldAll(tea, sent);
    };
    await tea.stocked(0);
    await toldAll(tea, sent);
    await sellThrough(2, 200, received('a', 1));
    await sellThrough(3, 201, received('b', 1));
    const { items } = await read({ types: ['availability.changed'] });
    expect(items.slice(-2).map(({ data }) => JSON.parse(data).channels?.length ?? null)).toEqual([200, null]);
  });

  test('many that lapse at once are told in as many messages as they need', async () => {
    await tea.stocked(2_000);
    const long = '茶'.repeat(60);
    await tea.askAll(Array.from({ length: 1_000 }, (_, n) => reserve(`${long}${n}`, 1, 10_000)));
    pass(10_000);
    await tea.object.snapshot();
    const sizes: number[] = [];
    for (let round = 0; round < 30; round++) {
      pass(1_000);
      await runDurableObjectAlarm(tea.object);
      const messages = sent.splice(0);
      sizes.push(...messages.map((message) => new TextEncoder().encode(JSON.stringify(message)).length));
      await deliver('stock-changes', messages, (batch) =>
        projectChanges(batch, { db, directories: DIRECTORIES, nowMs: () => Date.now(), stockOf: () => tea.object }),
      );
    }
    expect(Math.max(...sizes)).toBeLessThan(128_000);
    const { items } = await read({ types: ['reservation.expired'], limit: 2_000 });
    expect(new Set(items.map(({ data }) => JSON.parse(data).reservation_id)).size).toBe(1_000);
    expect(items).toHaveLength(1_000);
  });
});
