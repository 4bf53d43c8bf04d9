import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { expect, test } from 'vitest';
import { ACKNOWLEDGE_WAIT_MS, LOOKED_AT_MIN } from '../../durable-objects/sku-stock/limits.ts';
import { pass, useOwnClock } from './clock.ts';
import { moved } from '../story/orders.ts';
import { commit, ERP, received, reserve, SkuUnderTest } from './sku.ts';

useOwnClock();

async function alarmInMs(sku: SkuUnderTest): Promise<number> {
  const atMs = await runInDurableObject(sku.object, (_, { storage }) => storage.getAlarm());
  return (atMs ?? Infinity) - Date.now();
}

test('[R39] what changed while a message was under way goes out when that one has arrived, not when it would be repeated', async () => {
  const sku = await new SkuUnderTest('NEWS').stocked(100);
  pass(1_000);
  await runDurableObjectAlarm(sku.object);
  await sku.object.acknowledge([{ sequence: 2, outcome: 'posted', mark: 1 }]);
  pass(60_000);
  await sku.ask(received('more', 1));
  pass(1_000);
  await runDurableObjectAlarm(sku.object);
  const sentAtMs = Date.now();
  await sku.ask(reserve('a', 1));
  pass(500);
  const snapshot = await sku.object.snapshot();
  await sku.object.published({ sequence: snapshot?.sequence ?? 0, asOfMs: sentAtMs });
  expect(await alarmInMs(sku)).toBeLessThanOrEqual(1_000);
});

test('[R37] who starts an object that died in a burst, before anybody heard of it, reads little more than its last thousand entries', async () => {
  const sku = await new SkuUnderTest('BURST').stocked(0);
  const arrived = (n: number) => moved('received', 1, { id: `burst-${n}`, source: ERP, books: 'erp' });
  for (let page = 0; page < 8; page += 1) await sku.askAll(Array.from({ length: 500 }, (_, n) => arrived(500 * page + n)));
  await evictDurableObject(sku.object);
  const read = await countRead(sku);
  expect(await sku.object.snapshot()).toMatchObject({ sequence: 4_001 });
  // The read models and the ERP are each looked after by themselves.
  expect(await read()).toBeLessThan(2 * (LOOKED_AT_MIN + 500));
  // That the numbers changed is told all the same.
  expect(await alarmInMs(sku)).toBeLessThanOrEqual(1_000);
});

async function countRead(sku: SkuUnderTest): Promise<() => Promise<number>> {
  const cursors: { readonly rowsRead: number }[] = [];
  await runInDurableObject(sku.object, (_, { storage }) => {
    const exec = storage.sql.exec.bind(storage.sql);
    storage.sql.exec = ((query: string, ...bindings: unknown[]) => {
      const cursor = exec(query, ...bindings);
      cursors.push(cursor);
      return cursor;
    }) as typeof storage.sql.exec;
  });
  return () => runInDurableObject(sku.object, () => cursors.reduce((total, { rowsRead }) => total + rowsRead, 0));
}

test('[R12] the alarm is set for what was answered, also where its news breaks on the way out', async () => {
  const sku = await new SkuUnderTest('BROKEN-NEWS').stocked(1);
  await runInDurableObject(sku.object, async (_, { storage }) => storage.deleteAlarm());
  await evictDurableObject(sku.object);
  // The binding is that of all objects, so it is mended before anybody else wants it.
  const mend = await runInDurableObject(sku.object, (instance) => {
    const { env: bindings } = instance as unknown as { env: { STOCK_CHANGES: Queue } };
    const send = bindings.STOCK_CHANGES.send.bind(bindings.STOCK_CHANGES);
    bindings.STOCK_CHANGES.send = () => {
      throw new Error('a message that nobody can build');
    };
    return () => {
      bindings.STOCK_CHANGES.send = send;
    };
  });
  expect(await sku.ask(reserve('last', 1)).finally(mend)).toMatchObject({ outcome: 'answered' });
  expect(await alarmInMs(sku)).toBeLessThan(60_000);
});

// Three bytes each, and as many as a text of ours may have.
const LONG = '茶'.repeat(200);
const QUEUE_MESSAGE_BYTES_MAX = 128_000;

/** What was left unsaid because a queue refused it would be left unsaid for ever. */
async function sizesSentBy(sku: SkuUnderTest): Promise<{ readonly movements: number[]; readonly changes: number[] }> {
  const sent = { movements: [] as number[], changes: [] as number[] };
  await runInDurableObject(sku.object, (instance) => {
    const { env: bindings } = instance as unknown as { env: { ERP_MOVEMENTS: Queue; STOCK_CHANGES: Queue } };
    for (const [sizes, name] of [
      [sent.movements, 'ERP_MOVEMENTS'],
      [sent.changes, 'STOCK_CHANGES'],
    ] as const) {
      const send = bindings[name].send.bind(bindings[name]);
      bindings[name].send = (body) => {
        sizes.push(new TextEncoder().encode(JSON.stringify(body)).length);
        return send(body);
      };
    }
  });
  return sent;
}

test('[R32] a flush of long texts still fits the queue, and the next takes what was left', async () => {
  const sku = await new SkuUnderTest('TALKATIVE').stocked(0);
  const sizes = await sizesSentBy(sku);
  await sku.askAll(
    Array.from({ length: 100 }, (_, n) => ({ ...received(`m${n}`, 1), reason: LONG, document: LONG, orderRef: LONG }) as const),
  );
  pass(1_000);
  await runDurableObjectAlarm(sku.object);
  const first = await sku.object.waiting({ after: 0, limit: 500 });
  const sent = first.filter(({ state }) => state === 'sent').map(({ posting }) => posting.sequence);
  expect(sent.length).toBeGreaterThan(10);
  expect(Math.max(...sizes.movements)).toBeLessThan(QUEUE_MESSAGE_BYTES_MAX);
  await sku.object.acknowledge(sent.map((sequence) => ({ sequence, outcome: 'posted', mark: sequence })));
  expect((await sku.object.waiting({ after: 0, limit: 500 })).filter(({ state }) => state === 'sent').length).toBeGreaterThan(10);
});

test('[R39] a change that lists many orders fits the queue, and the next lists the others', async () => {
  const sku = await new SkuUnderTest('POPULAR').stocked(500);
  const sizes = await sizesSentBy(sku);
  await sku.askAll(Array.from({ length: 300 }, (_, n) => reserve(`${LONG.slice(0, 80)}${n}`, 1)));
  await sku.askAll(Array.from({ length: 300 }, (_, n) => commit(`${LONG.slice(0, 80)}${n}`, `${LONG.slice(0, 190)}${n}`)));
  for (let round = 0; round < 6; round++) {
    pass(1_000);
    await runDurableObjectAlarm(sku.object);
    await sku.object.published({ sequence: (await sku.object.snapshot())?.sequence ?? 0, asOfMs: Date.now() });
  }
  expect(sizes.changes.length).toBeGreaterThan(3);
  expect(Math.max(...sizes.changes)).toBeLessThan(QUEUE_MESSAGE_BYTES_MAX);
});

test('[R32] a message that got lost after many answers is sent again as soon as one that got lost at first', async () => {
  const sku = await new SkuUnderTest('PATIENT').stocked(5);
  pass(1_000);
  await runDurableObjectAlarm(sku.object);
  for (let attempt = 1; attempt <= 6; attempt++) {
    await sku.object.acknowledge([{ sequence: 2, outcome: 'unknown', retryAfterMs: null }]);
    pass(61_000);
    await runDurableObjectAlarm(sku.object);
  }
  const lost = await sku.object.waiting({ after: 0, limit: 1 });
  pass(ACKNOWLEDGE_WAIT_MS);
  await runDurableObjectAlarm(sku.object);
  const again = await sku.object.waiting({ after: 0, limit: 1 });
  expect([lost[0]?.attempts, again[0]?.attempts]).toEqual([7, 8]);
});

test('[R39] what the read models have is not sent again when the object that sent it was put to sleep meanwhile', async () => {
  const sku = await new SkuUnderTest('ASLEEP').stocked(0);
  pass(1_000);
  await runDurableObjectAlarm(sku.object);
  const sentAtMs = Date.now();
  const snapshot = await sku.object.snapshot();
  await sku.object.published({ sequence: snapshot?.sequence ?? 0, asOfMs: sentAtMs });
  await evictDurableObject(sku.object);
  const sent = await sizesSentBy(sku);
  for (let minute = 0; minute < 3; minute += 1) {
    pass(60_000);
    await runDurableObjectAlarm(sku.object);
  }
  expect(sent.changes).toEqual([]);
});
