import { reset } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, expect, test } from 'vitest';
import type { Sku } from '../../domain/ids.ts';
import { projectChanges } from '../../worker/jobs/project-changes.ts';
import { putNewer, skusThatWait, snapshotsOf } from '../../worker/read-models/availability.ts';
import { listCases } from '../../worker/read-models/cases.ts';
import { reservationsOfOrder } from '../../worker/read-models/orders.ts';
import { changeOf, deliver, DIRECTORIES, Listener, NO_NETWORK, order, shortage, snapshotOf } from './pipeline.ts';

const TEA = 'TEA' as Sku;
const MUG = 'MUG' as Sku;
const db = env.DB;

afterEach(() => reset());

function project(...changes: readonly unknown[]) {
  const heard = new Listener();
  return deliver('stock-changes', changes, (batch) =>
    projectChanges(batch, { db, directories: DIRECTORIES, nowMs: () => 9_000, stockOf: heard.stockOf }),
  ).then((result) => ({
    ...result,
    heard,
  }));
}

async function projected(sku: Sku): Promise<string | null> {
  const snapshot = (await snapshotsOf(db, [sku])).get(sku);
  return snapshot === undefined ? null : `${snapshot.sequence} ${snapshot.asOfMs}`;
}

test('[R39] a newer change replaces an older one, and an older one that comes late replaces nothing', async () => {
  await project(changeOf(TEA, 5, 5_000));
  await project(changeOf(TEA, 4, 9_000));
  expect(await projected(TEA)).toBe('5 5000');
  await project(changeOf(TEA, 5, 4_000));
  expect(await projected(TEA)).toBe('5 5000');
  await project(changeOf(TEA, 5, 6_000));
  expect(await projected(TEA)).toBe('5 6000');
  await project(changeOf(TEA, 6, 6_000));
  expect(await projected(TEA)).toBe('6 6000');
});

test('[R39] of one batch the newest of each SKU is written, whatever the order, and its object hears of that one', async () => {
  const { acked, heard } = await project(changeOf(TEA, 3, 3_000), changeOf(MUG, 1, 1_000), changeOf(TEA, 2, 2_000));
  expect(acked).toEqual(['m1', 'm2', 'm3']);
  expect(await projected(TEA)).toBe('3 3000');
  expect(heard.published).toEqual(['TEA 3 3000', 'MUG 1 1000']);
});

test('a snapshot comes back as it went in', async () => {
  const snapshot = snapshotOf('T\'ä"茶' as Sku, 7, 7_000);
  await project(changeOf(snapshot.sku, 7, 7_000, { snapshot }));
  expect((await snapshotsOf(db, [snapshot.sku, MUG])).get(snapshot.sku)).toEqual(snapshot);
});

test('five hundred SKUs are one call, and what was never projected is missing', async () => {
  const skus = Array.from({ length: 500 }, (_, n) => `SKU-${n}` as Sku);
  await project(...skus.slice(1).map((sku) => changeOf(sku, 1, 1_000)));
  const found = await snapshotsOf(db, skus);
  expect(found.size).toBe(499);
  expect(found.has(skus[0] ?? TEA)).toBe(false);
});

test('an order finds every reservation that it took units of, once', async () => {
  const orders = [order('O-1', 'a'), order('O-1', 'b'), order('O-2', 'c')];
  await project(changeOf(TEA, 1, 1_000, { orders }));
  await project(changeOf(TEA, 2, 2_000, { orders }));
  expect(await reservationsOfOrder(db, 'O-1')).toEqual(['a', 'b']);
  expect(await reservationsOfOrder(db, 'O-9')).toEqual([]);
});

async function casesNow(): Promise<readonly string[]> {
  const rows = await listCases(db, { state: null, kind: null, sku: null, before: null, limit: 10 });
  return rows.map(({ id, state, difference }) => `${id} ${state} ${difference}`);
}

test('[R28] a case is shown with its number, and closes when its object closes it', async () => {
  await project(changeOf(TEA, 4, 4_000, { cases: [shortage(4, 2)] }));
  await project(changeOf(TEA, 5, 5_000, { cases: [shortage(4, 7)] }));
  expect(await casesNow()).toEqual(['VEVB.4 open 7']);
  await project(changeOf(TEA, 6, 6_000, { cases: [shortage(4, 0, 6_000)] }));
  expect(await casesNow()).toEqual(['VEVB.4 resolved 0']);
});

test('[R39] a message that comes late opens no case that is closed', async () => {
  const opened = changeOf(TEA, 4, 4_000, { cases: [shortage(4, 2)] });
  await project(opened);
  await project(changeOf(TEA, 4, 4_000, { cases: [shortage(4, 0, 4_000)] }));
  await project(opened);
  await project(changeOf(TEA, 9, 9_000, { cases: [shortage(4, 3)] }));
  expect(await casesNow()).toEqual(['VEVB.4 resolved 0']);
});

test('an object that cannot be told costs its message nothing, for it sends its change again', async () => {
  const heard = new Listener();
  heard.deaf.add(TEA);
  const { acked } = await deliver('stock-changes', [changeOf(TEA, 1, 1_000), changeOf(MUG, 1, 1_000)], (batch) =>
    projectChanges(batch, { db, directories: DIRECTORIES, nowMs: () => 9_000, stockOf: heard.stockOf }),
  );
  expect(acked).toEqual(['m1', 'm2']);
  expect(heard.published).toEqual(['MUG 1 1000']);
});

test('a message that nobody can read comes back alone', async () => {
  expect(await project({ sku: 'TEA' }, changeOf(MUG, 1, 1_000))).toMatchObject({ acked: ['m2'], retried: ['m1'] });
  expect(await projected(MUG)).toBe('1 1000');
});

test('a field that a newer version added is passed over (both versions meet in a deploy)', async () => {
  const { acked } = await project({ ...changeOf(TEA, 1, 1_000), colour: 'green' });
  expect(acked).toEqual(['m1']);
});

test('SKUs with postings under way are found in order', async () => {
  const waiting = { count: 2, oldestAtMs: 500, failed: 0 };
  await project(changeOf(TEA, 1, 1_000, { waiting }), changeOf(MUG, 1, 1_000, { waiting }), changeOf('CUP' as Sku, 1, 1_000));
  expect(await skusThatWait(db, null, 10)).toEqual([MUG, TEA]);
  expect(await skusThatWait(db, TEA, 10)).toEqual([TEA]);
});

test('a batch of changes costs one row per SKU', async () => {
  const rows = async (): Promise<number> => {
    const results = await db.batch(putNewer(db, [changeOf(TEA, 1, 1_000), changeOf(MUG, 1, 1_000)], NO_NETWORK));
    return results.reduce((sum, { meta }) => sum + meta.rows_written, 0);
  };
  expect(await rows()).toBe(2);
});
