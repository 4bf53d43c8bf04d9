import type { ChannelId, Sku } from '../../domain/ids.ts';
import { levelOf, type ItemLevel } from '../../domain/level.ts';
import type { Network } from '../../domain/network.ts';
import { KnownItems } from '../catalogue/known-items.ts';
import { nothingOf, snapshotsOf } from '../read-models/availability.ts';

export interface LeveledItem extends ItemLevel {
  readonly sequence: number;
  readonly asOfMs: number;
}

/**
 * What a channel is to show of these items as the database knows them now, nothing of it remembered. One of which nothing was
 * projected yet is absent; a kit that needs such a part cannot be made.
 */
export async function levelsOf(
  db: D1Database,
  skus: readonly Sku[],
  network: Network,
  channel: ChannelId,
): Promise<ReadonlyMap<Sku, LeveledItem>> {
  const known = await new KnownItems(db).among(skus, 0);
  const made = [...known].map(([sku, kit]) => ({ sku, kit: kit?.kit ?? null, parts: kit?.parts ?? [{ sku, units: 1 }] }));
  const snapshots = await snapshotsOf(db, [...new Set(made.flatMap(({ parts }) => parts.map((part) => part.sku)))]);
  const levels = new Map<Sku, LeveledItem>();
  for (const { sku, kit, parts } of made) {
    if (parts.every((part) => !snapshots.has(part.sku))) continue;
    const seen = parts.map(({ sku: part, units }) => ({ units, snapshot: snapshots.get(part) ?? nothingOf(part, 'active', 0) }));
    const level = levelOf({ sku, kit, parts: seen }, network, channel);
    levels.set(sku, {
      ...level,
      sequence: seen.reduce((sum, { snapshot }) => sum + snapshot.sequence, 0),
      asOfMs: Math.max(...seen.map(({ snapshot }) => snapshot.asOfMs)),
    });
  }
  return levels;
}

/** With these items all kits that are made of them, over all levels. */
export async function withKits(db: D1Database, skus: readonly Sku[]): Promise<readonly Sku[]> {
  const { results } = await db
    .prepare(
      `WITH RECURSIVE changed(sku) AS (
         SELECT value FROM json_each(?) UNION SELECT component.kit FROM changed JOIN component ON component.sku = changed.sku
       ) SELECT sku FROM changed`,
    )
    .bind(JSON.stringify(skus))
    .all<{ sku: Sku }>();
  return results.map(({ sku }) => sku);
}
