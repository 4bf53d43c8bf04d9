import type { Sku } from '../../domain/ids.ts';
import { projectChanges } from '../../worker/jobs/project-changes.ts';
import type { Shop } from '../shop.ts';

/** The objects tell the read models of themselves, as their queue would. */
export async function publish(shop: Shop, skus: readonly string[] = [...shop.objects.keys()]): Promise<void> {
  const bodies: object[] = [];
  for (const sku of skus) {
    const snapshot = await shop.object(sku).snapshot();
    if (snapshot === null) continue;
    const counters = { reserved: 0, refused: {}, lapsed: 0, duplicates: 0, replays: 0, posted: 0, retries: 0 };
    bodies.push({ sku, snapshot, waiting: { count: 0, oldestAtMs: null, failed: 0 }, counters, cases: [], orders: [] });
  }
  const messages = bodies.map((body, n) => ({ id: `c${n}`, body, ack: () => undefined, retry: () => undefined }));
  const { database: db, directories, nowMs } = shop;
  const stockOf = (sku: Sku) => shop.object(sku);
  await projectChanges({ queue: 'stock-changes', messages } as unknown as MessageBatch, {
    db,
    directories,
    stockOf,
    nowMs: () => nowMs,
  });
}
