import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import type { Sku } from '../../domain/ids.ts';
import type { ChannelLane } from '../../durable-objects/channel-lane/channel-lane.ts';
import type { ChannelLaneStub, LaneVendor, Turn, Turned } from '../../durable-objects/channel-lane/protocol.ts';

const VENDOR: LaneVendor = {
  ways: [{ name: 'call', levelsMax: 50, callsPerSecond: 100, burst: 100, worthFrom: 1 }],
  questions: { callsPerSecond: 10, burst: 10 },
  slower: {},
};

const laneNamed = (name: string): DurableObjectStub<ChannelLane> => env.CHANNEL_LANES.getByName(name);

async function fill(lane: ChannelLaneStub, quantities: Readonly<Record<string, number>>): Promise<boolean> {
  const { revision, cursor } = await lane.position();
  const items = Object.entries(quantities).map(([sku, quantity]) => ({
    sku: sku as Sku,
    levels: [{ listing: `L-${sku}`, quantity, places: [], low: false, sequence: 1, atMs: Date.now() }],
  }));
  const rest = { basis: 'b', target: 't', sweepAfter: null, readAtMs: Date.now() };
  return lane.fill({ ...rest, revision, cursor: (cursor ?? 0) + 1, items });
}

async function turn(lane: ChannelLaneStub, more: Partial<Turn> = {}): Promise<Extract<Turned, { turn: 'yours' }>> {
  const rest = { pusher: 'one', vendor: VENDOR, running: 0, sent: [], asked: [], told: [] };
  const turned = await lane.turn({ ...rest, ...more });
  if (turned.turn !== 'yours') throw new Error(`taken for ${turned.waitMs} ms`);
  return turned;
}

/** All that a turn named was applied. */
function applied({ sendings }: Extract<Turned, { turn: 'yours' }>): Turn['sent'] {
  return sendings.map(({ id, way, levels }) => {
    const said = { outcome: 'applied' } as const;
    return {
      id,
      way,
      ms: 5,
      retryAfterMs: null,
      levels: levels.map(({ listing, quantity, places, low, version }) => ({ listing, quantity, places, low, version, said })),
    };
  });
}

function rowsWrittenBy(lane: DurableObjectStub<ChannelLane>, work: (lane: ChannelLaneStub) => Promise<void>): Promise<number> {
  return runInDurableObject(lane, async (instance, { storage }) => {
    let written = 0;
    const { sql } = storage;
    const exec = sql.exec.bind(sql);
    Object.defineProperty(sql, 'exec', {
      configurable: true,
      value: (query: string, ...values: unknown[]) => {
        const cursor = exec(query, ...(values as never[]));
        const rows = cursor.toArray();
        written += cursor.rowsWritten;
        return { toArray: () => rows, one: () => rows[0] };
      },
    });
    try {
      await work(instance);
    } finally {
      Reflect.deleteProperty(sql, 'exec');
    }
    return written;
  });
}

test('[R38] [R80] a lane that was never filled has no tables, and those that it makes are STRICT', async () => {
  const lane = laneNamed('tables');
  const tables = () =>
    runInDurableObject(lane, (_, { storage }) =>
      storage.sql.exec("SELECT name, strict FROM pragma_table_list WHERE name IN ('lane', 'level') ORDER BY name").toArray(),
    );
  expect(await lane.seen()).toMatchObject({ listings: 0, waiting: 0 });
  expect(await tables()).toEqual([]);
  await fill(lane, { TEA: 1 });
  expect(await tables()).toEqual([
    { name: 'lane', strict: 1 },
    { name: 'level', strict: 1 },
  ]);
});

test('[R80] [R83] what waits, what was confirmed and who sends outlive the object', async () => {
  const lane = laneNamed('evicted');
  await fill(lane, { TEA: 4, MUG: 0 });
  const first = await turn(lane);
  expect(first.sendings[0]?.levels.map(({ listing, quantity }) => [listing, quantity])).toEqual([
    ['L-MUG', 0],
    ['L-TEA', 4],
  ]);
  await evictDurableObject(lane);
  // Another one has to wait, and the first is given nothing while its own calls are under way.
  expect(await lane.turn({ pusher: 'two', vendor: VENDOR, running: 0, sent: [], asked: [], told: [] })).toMatchObject({
    turn: 'taken',
  });
  expect(await turn(lane, { running: 1 })).toMatchObject({ sendings: [] });
  expect(await turn(lane, { sent: applied(first) })).toMatchObject({ sendings: [], waitMs: null });
  await evictDurableObject(lane);
  expect(await lane.seen()).toMatchObject({ listings: 2, waiting: 0, underWay: 0 });
  expect(await fill(lane, { TEA: 3, MUG: 0 })).toBe(true);
  expect((await turn(lane)).sendings.map(({ levels }) => levels)).toMatchObject([
    [{ listing: 'L-TEA', believed: { quantity: 4 } }],
  ]);
});

test('[R80] what somebody read before another one filled is not taken', async () => {
  const lane = laneNamed('two-fill');
  await fill(lane, { TEA: 4 });
  const { revision } = await lane.position();
  await fill(lane, { TEA: 0 });
  const late = { revision, cursor: 9, basis: 'b', target: 't', sweepAfter: null, readAtMs: 0, items: [] };
  expect(await lane.fill(late)).toBe(false);
});

test('[R80] a change of many costs two rows each and a few for all, from filling to confirmation', async () => {
  const lane = laneNamed('cost');
  const items = Object.fromEntries(Array.from({ length: 50 }, (_, place) => [`SKU-${place}`, 5]));
  await fill(lane, items);
  await turn(lane, { sent: applied(await turn(lane)) });
  const changed = Object.fromEntries(Object.keys(items).map((sku) => [sku, 4]));
  const written = await rowsWrittenBy(lane, async (instance) => {
    await fill(instance, changed);
    await turn(instance, { sent: applied(await turn(instance)) });
  });
  console.info(`rows written for 50 changes, from filling to confirmation: ${written}`);
  expect(written).toBeLessThanOrEqual(104);
  const one = await rowsWrittenBy(lane, async (instance) => {
    await fill(instance, { 'SKU-1': 3 });
    await turn(instance, { sent: applied(await turn(instance)) });
  });
  console.info(`and for a single one: ${one}`);
  expect(one).toBeLessThanOrEqual(4);
});

test('[R81] what is refused is counted, kept through a restart, and asks for no room in memory', async () => {
  const lane = laneNamed('refused');
  await fill(lane, { A: 3, '"refused":{': 4, C: 5 });
  const sent = applied(await turn(lane)).map((one) => ({
    ...one,
    levels: one.levels.map((level) =>
      level.listing === 'L-A' ? { ...level, said: { outcome: 'refused', code: 'no', detail: '"refused":{' } as const } : level,
    ),
  }));
  const { news } = await turn(lane, { sent });
  expect(news).toMatchObject([{ about: 'refused', open: true, listing: 'L-A' }]);
  await turn(lane, { told: news.map(({ about, open, listing }) => ({ about, open, listing })), leaves: true });
  await evictDurableObject(lane);
  const active = await runInDurableObject(lane, (_, { storage }) =>
    storage.sql.exec('SELECT listing FROM level WHERE active = 1').toArray(),
  );
  expect(active).toEqual([]);
  expect(await lane.seen()).toMatchObject({ listings: 3, refused: 1, waiting: 0 });
  expect(await lane.sendAgain(['L-A'])).toBe(1);
  expect(await lane.seen()).toMatchObject({ refused: 0, waiting: 1 });
});
