import type { Sku } from '../../domain/ids.ts';
import type { Network } from '../../domain/network.ts';
import type { Snapshot } from '../../domain/snapshot.ts';
import type { ChangeMessage } from '../../durable-objects/sku-stock/protocol.ts';
import { jsonPages } from './json-pages.ts';
import { shownOf } from './shown-now.ts';

/** The projected snapshots of these SKUs in one call; what was never projected is absent. */
export async function snapshotsOf(db: D1Database, skus: readonly Sku[]): Promise<Map<Sku, Snapshot>> {
  if (skus.length === 0) return new Map();
  const { results } = await db
    .prepare('SELECT snapshot FROM availability WHERE sku IN (SELECT value FROM json_each(?))')
    .bind(JSON.stringify(skus))
    .all<{ snapshot: string }>();
  return new Map(results.map(({ snapshot }) => readSnapshot(snapshot)).map((snapshot) => [snapshot.sku, snapshot]));
}

/**
 * What was never projected: there is none of it until it is. Were nothing told of it, a channel would go on with what it was told
 * before, under a name that was another item's or of a kit that was made of other parts.
 */
export function nothingOf(sku: Sku, status: Snapshot['status'], nowMs: number): Snapshot {
  const terms = { places: [], backordered: 0, backorderLimit: 0, lowStockAt: 0, buffers: [], quotas: [], stopSell: false };
  return { sku, status, terms, sequence: 0, asOfMs: nowMs, freshForMs: 0 };
}

/** A newer (sequence, as_of) replaces an older one, never the other way round (R39). */
export function putNewer(db: D1Database, changes: readonly Projected[], network: Network): D1PreparedStatement[] {
  return jsonPages(changes.map((change) => rowOf(change, network))).map((page) => db.prepare(UPSERT).bind(page));
}

/** SKUs with postings that the ERP has not confirmed, in order. */
export async function skusThatWait(db: D1Database, from: Sku | null, limit: number): Promise<readonly Sku[]> {
  const { results } = await db
    .prepare('SELECT sku FROM availability WHERE waiting > 0 AND sku >= ? ORDER BY sku LIMIT ?')
    .bind(from ?? '', limit)
    .all<{ sku: Sku }>();
  return results.map(({ sku }) => sku);
}

/** SKUs with a posting that has waited since then or longer, the longest waiting first. */
export async function skusWaitingSince(db: D1Database, sinceMs: number, limit: number): Promise<readonly Sku[]> {
  const { results } = await db
    .prepare('SELECT sku FROM availability WHERE waiting > 0 AND waiting_oldest_ms <= ? ORDER BY waiting_oldest_ms, sku LIMIT ?')
    .bind(sinceMs, limit)
    .all<{ sku: Sku }>();
  return results.map(({ sku }) => sku);
}

export type Projected = Pick<ChangeMessage, 'sku' | 'snapshot' | 'waiting' | 'counters' | 'through' | 'offers'>;

// An equal version replaces too: what waits may have changed within the same millisecond.
const UPSERT = `
  INSERT INTO availability (sku, sequence, as_of_ms, snapshot, waiting, waiting_oldest_ms, failed, counters, events_through, offers,
    shown, network_version)
  SELECT value->>'sku', value->>'sequence', value->>'as_of_ms', value->>'snapshot',
         value->>'waiting', value->>'waiting_oldest_ms', value->>'failed', value->>'counters',
         value->>'events_through', value->>'offers', value->>'shown', value->>'network_version'
  FROM json_each(?) WHERE true
  ON CONFLICT (sku) DO UPDATE SET
    sequence = excluded.sequence, as_of_ms = excluded.as_of_ms, snapshot = excluded.snapshot, waiting = excluded.waiting,
    waiting_oldest_ms = excluded.waiting_oldest_ms, failed = excluded.failed, counters = excluded.counters,
    events_through = max(availability.events_through, excluded.events_through), offers = excluded.offers,
    shown = excluded.shown, network_version = excluded.network_version
  WHERE (excluded.sequence, excluded.as_of_ms) >= (availability.sequence, availability.as_of_ms)`;

function rowOf(change: Projected, network: Network): object {
  const { sku, snapshot, waiting, counters, through } = change;
  const { channels, shown, networkVersion } = shownOf(change, network);
  return {
    sku,
    sequence: snapshot.sequence,
    as_of_ms: snapshot.asOfMs,
    snapshot,
    waiting: waiting.count,
    waiting_oldest_ms: waiting.oldestAtMs,
    failed: waiting.failed,
    counters,
    events_through: through,
    offers: channels,
    shown,
    network_version: networkVersion,
  };
}

// What was written here had passed its schema; to check five hundred again would cost more than to read them.
function readSnapshot(text: string): Snapshot {
  return JSON.parse(text);
}
