import { effectOf } from '../../domain/effect.ts';
import type { Entry } from '../../domain/event.ts';
import { quotaVersionsAfter } from '../../domain/quotas.ts';
import { placeKey, type QuotaVersion } from '../../domain/stock.ts';
import { readMeta, writeMeta } from './schema.ts';

/** What the dropped part of the journal added up to, so that the kept part still explains every number (I10). */
export interface Checkpoint {
  /** The last entry that was dropped. */
  readonly sequence: number;
  /** Everything before this time was dropped. */
  readonly throughMs: number;
  /** By place: units on hand and units committed. */
  readonly onHand: Readonly<Record<string, number>>;
  readonly committed: Readonly<Record<string, number>>;
  /** Absent in what was stored before quotas were. */
  readonly quotaVersions?: readonly QuotaVersion[];
  /** Hash of the newest archive segment; each names the one before. */
  readonly segmentHash: string | null;
}

const START: Checkpoint = { sequence: 0, throughMs: 0, onHand: {}, committed: {}, segmentHash: null };

export function readCheckpoint(sql: SqlStorage): Checkpoint {
  const stored = readMeta(sql, 'checkpoint');
  return stored === null ? START : (JSON.parse(stored) as Checkpoint);
}

export function writeCheckpoint(sql: SqlStorage, checkpoint: Checkpoint): void {
  writeMeta(sql, 'checkpoint', JSON.stringify(checkpoint));
}

/** The sums after these entries. */
export function advanced(checkpoint: Checkpoint, entries: Iterable<Entry>): Checkpoint {
  const onHand: Record<string, number> = { ...checkpoint.onHand };
  const committed: Record<string, number> = { ...checkpoint.committed };
  let { sequence, quotaVersions = [] } = checkpoint;
  for (const entry of entries) {
    sequence = entry.sequence;
    quotaVersions = quotaVersionsAfter(quotaVersions, entry);
    const { lines, apart } = effectOf(entry.event);
    for (const line of [...lines, ...apart]) {
      const key = placeKey(line);
      onHand[key] = (onHand[key] ?? 0) + line.onHand;
      committed[key] = (committed[key] ?? 0) + line.committed;
    }
  }
  return { ...checkpoint, sequence, onHand, committed, quotaVersions };
}
