import { reset } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TURN_MS } from '../../domain/lane/limits.ts';
import type { MovementsMessage } from '../../durable-objects/sku-stock/protocol.ts';
import { MemoryErp } from '../../erp/memory/memory-erp.ts';
import { postMovements } from '../../worker/jobs/post-movements.ts';
import { recordDeadLetters } from '../../worker/jobs/record-dead-letters.ts';
import { listCases } from '../../worker/read-models/cases.ts';
import { deliveriesAfter, deliveriesAt, logDeliveries, type Delivery } from '../../worker/read-models/posting-log.ts';
import { deliveriesOfTrace } from '../../worker/read-models/postings-of-trace.ts';
import { MUG, sale, TEA } from '../pipeline/postings.ts';
import { deliver, Listener } from './pipeline.ts';

const db = env.DB;
const NOW_MS = 9_000;
let erp: MemoryErp;
let heard: Listener;

beforeEach(() => {
  erp = new MemoryErp({ enforcesKeys: false });
  heard = new Listener();
});
afterEach(() => reset());

function message(sku: typeof TEA, sequences: readonly number[], attempt = 1): MovementsMessage {
  return { sku, sentAtMs: 2_000, attempt, postings: sequences.map((sequence) => sale(sku, sequence, 2)) };
}

function post(...messages: readonly unknown[]) {
  return deliver('erp-movements', messages, (batch) =>
    postMovements(batch, { db, erp, stockOf: heard.stockOf, nowMs: () => NOW_MS }),
  );
}

async function logged(): Promise<readonly Delivery[]> {
  const positions = [TEA, MUG].flatMap((sku) => [1, 2, 3].map((sequence) => ({ sku, sequence })));
  return deliveriesAt(db, positions);
}

async function gist(): Promise<readonly string[]> {
  return (await logged()).map(({ key, state, attempts, mark, error }) => `${key} ${state} ${attempts} ${mark ?? error}`);
}

test('[R32] what was posted is written down and told to its object entry by entry, with the mark of the ERP', async () => {
  expect(await post(message(TEA, [1, 2]), message(MUG, [1]))).toEqual({ acked: ['m1', 'm2'], retried: [] });
  expect(heard.acknowledged.get(TEA)).toEqual([
    { sequence: 1, outcome: 'posted', mark: 1 },
    { sequence: 2, outcome: 'posted', mark: 2 },
  ]);
  expect(heard.acknowledged.get(MUG)).toEqual([{ sequence: 1, outcome: 'posted', mark: 3 }]);
  expect((await logged())[1]).toEqual({
    sku: TEA,
    sequence: 1,
    key: 'TEA#1',
    kind: 'committed',
    location: 'dc',
    quantity: 2,
    orderRef: 'ORDER-1',
    state: 'posted',
    attempts: 1,
    erpReference: 'M-1',
    mark: 1,
    error: null,
    correlationId: 'trace-of-TEA-1',
    recordedAtMs: 1_000,
    sentAtMs: 2_000,
    postedAtMs: NOW_MS,
    acknowledgedAtMs: NOW_MS,
  });
});

test('[R31] [I12] an answer that was lost is asked for, and the ERP has each posting once', async () => {
  erp.faults.applyThenTimeOutNext = 1;
  await post(message(TEA, [1]));
  expect(heard.acknowledged.get(TEA)).toEqual([{ sequence: 1, outcome: 'unknown', retryAfterMs: null }]);
  expect(await gist()).toEqual(['TEA#1 pending 1 No answer in time.']);
  await post(message(TEA, [1], 2));
  expect(await gist()).toEqual(['TEA#1 posted 2 1']);
  expect(erp.documents('TEA#1')).toBe(1);
});

test('[R31] [I12] a message that the queue hands out twice books once', async () => {
  heard.deaf.add(TEA);
  expect(await post(message(TEA, [1]))).toEqual({ acked: [], retried: ['m1'] });
  heard.deaf.clear();
  expect(await post(message(TEA, [1]))).toEqual({ acked: ['m1'], retried: [] });
  expect(erp.documents('TEA#1')).toBe(1);
  expect(heard.acknowledged.get(TEA)).toEqual([{ sequence: 1, outcome: 'posted', mark: 1 }]);
});

test('[R33] a refusal for good is told as such, and blocks no other SKU', async () => {
  erp.faults.refusedSkus.add(TEA);
  await post(message(TEA, [1]), message(MUG, [1]));
  expect(heard.acknowledged.get(TEA)).toEqual([
    { sequence: 1, outcome: 'refused', detail: 'sku_blocked: TEA is closed for booking.' },
  ]);
  expect(await gist()).toEqual(['MUG#1 posted 1 1', 'TEA#1 failed 1 sku_blocked: TEA is closed for booking.']);
  expect(await deliveriesAfter(db, { state: 'failed', sku: null, after: null, limit: 5 })).toMatchObject([{ key: 'TEA#1' }]);
});

test('[R33] while the ERP asks for patience every object hears how long', async () => {
  erp.faults.throttled = { retryAfterMs: 30_000 };
  await post(message(TEA, [1]), message(MUG, [1]));
  const away = { sequence: 1, outcome: 'unknown', ofTheErp: true };
  expect(heard.acknowledged.get(TEA)).toEqual([{ ...away, retryAfterMs: 30_000 }]);
  // One after the other, so that they do not all come back at once.
  expect(heard.acknowledged.get(MUG)).toEqual([{ ...away, retryAfterMs: 30_000 + TURN_MS }]);
});

test('what was accepted is asked for later and not sent again', async () => {
  erp.faults.pendingNext = 1;
  await post(message(TEA, [1]));
  expect(await gist()).toEqual(['TEA#1 pending 1 The ERP accepted it and has not booked it yet.']);
  await post(message(TEA, [1], 2));
  expect(await gist()).toEqual(['TEA#1 posted 2 1']);
  expect(erp.documents('TEA#1')).toBe(1);
});

test('a message that nobody can read comes back alone', async () => {
  expect(await post('garbage', message(TEA, [1]))).toEqual({ acked: ['m2'], retried: ['m1'] });
});

test('a posting that goes well costs a row and its event, one that meets an outage costs no row per attempt', async () => {
  await post(message(TEA, [1]));
  const [posted] = await logged();
  if (posted === undefined) throw new Error('nothing was logged');
  expect(await logDeliveries(db, [{ ...posted, sequence: 2 }], NOW_MS)).toBe(2);
  const faulty: Delivery = { ...posted, sku: MUG, state: 'pending', error: 'down' };
  expect(await logDeliveries(db, [faulty], NOW_MS)).toBe(3);
  expect(await logDeliveries(db, [{ ...faulty, attempts: 2 }], NOW_MS)).toBe(0);
  expect(await logDeliveries(db, [{ ...posted, attempts: 3 }], NOW_MS)).toBe(0);
});

test('a posting first met in the feed of the ERP is completed when the consumer tells more of it', async () => {
  await post(message(MUG, [1]));
  const [full] = await logged();
  if (full === undefined) throw new Error('nothing was logged');
  const met = { ...full, sku: TEA, key: 'TEA#1', attempts: 0, correlationId: null, quantity: 1, sentAtMs: null };
  await logDeliveries(db, [met], NOW_MS);
  await logDeliveries(db, [{ ...full, sku: TEA, key: 'TEA#1' }], NOW_MS);
  expect(await deliveriesAt(db, [{ sku: TEA, sequence: 1 }])).toEqual([{ ...full, sku: TEA, key: 'TEA#1' }]);
  await logDeliveries(db, [met], NOW_MS);
  expect(await deliveriesAt(db, [{ sku: TEA, sequence: 1 }])).toEqual([{ ...full, sku: TEA, key: 'TEA#1' }]);
  expect(await deliveriesOfTrace(db, { correlationId: 'trace-of-MUG-1', sku: null, limit: 10 })).toHaveLength(2);
});

test('a fault that is told after the feed told of success completes the row and leaves it posted', async () => {
  await post(message(MUG, [1]));
  const [full] = await logged();
  if (full === undefined) throw new Error('nothing was logged');
  const row = { ...full, sku: TEA, key: 'TEA#1' };
  await logDeliveries(db, [{ ...row, attempts: 0, correlationId: null, sentAtMs: null }], NOW_MS);
  await logDeliveries(
    db,
    [{ ...row, state: 'pending', error: 'No answer in time.', mark: null, erpReference: null, postedAtMs: null }],
    NOW_MS,
  );
  expect(await deliveriesAt(db, [{ sku: TEA, sequence: 1 }])).toEqual([row]);
});

test('pages of the log follow each other in order of SKU and sequence', async () => {
  await post(message(TEA, [1, 2, 10]), message(MUG, [1]));
  const first = await deliveriesAfter(db, { state: 'posted', sku: null, after: null, limit: 2 });
  expect(first.map(({ key }) => key)).toEqual(['MUG#1', 'TEA#1']);
  const rest = await deliveriesAfter(db, { state: null, sku: null, after: { sku: TEA, sequence: 1 }, limit: 10 });
  expect(rest.map(({ key }) => key)).toEqual(['TEA#2', 'TEA#10']);
  expect(await deliveriesAfter(db, { state: 'posted', sku: MUG, after: null, limit: 10 })).toHaveLength(1);
});

test('a dead letter is kept whole, opens a case once, and is done with', async () => {
  const record = (batch: MessageBatch) => recordDeadLetters(batch, { db, nowMs: () => NOW_MS });
  const letter = message(TEA, [1], 3);
  expect(await deliver('erp-movements-dlq', [letter, 'garbage'], record, 6)).toEqual({ acked: ['m1', 'm2'], retried: [] });
  await deliver('erp-movements-dlq', [letter], record, 7);
  const { results } = await db.prepare('SELECT * FROM dead_letter ORDER BY message_id').all();
  expect(results).toMatchObject([
    { queue: 'erp-movements-dlq', message_id: 'm1', body: JSON.stringify(letter), attempts: 6 },
    { message_id: 'm2', body: '"garbage"' },
  ]);
  const cases = await listCases(db, { state: 'open', kind: 'dead_letter', sku: null, before: null, limit: 10 });
  expect(cases.map(({ id, sku }) => ({ id, sku }))).toEqual([
    { id: 'dead_letter~m2', sku: null },
    { id: 'dead_letter~m1', sku: 'TEA' },
  ]);
});

test('[R51] a dead letter that cannot be written down is not done with', async () => {
  await db.prepare("CREATE TRIGGER full BEFORE INSERT ON dead_letter BEGIN SELECT RAISE(ABORT, 'full'); END").run();
  const record = (batch: MessageBatch) => recordDeadLetters(batch, { db, nowMs: () => NOW_MS });
  const done: string[] = [];
  const said = deliver('erp-movements-dlq', [message(TEA, [1])], async (batch) => {
    const ackAll = batch.ackAll.bind(batch);
    batch.ackAll = () => {
      done.push('all');
      ackAll();
    };
    await record(batch);
  });
  await expect(said).rejects.toThrow('full');
  expect(done).toEqual([]);
  expect(await listCases(db, { state: 'open', kind: 'dead_letter', sku: null, before: null, limit: 10 })).toEqual([]);
});
