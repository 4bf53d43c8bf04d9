import { isConfirmed, type Drift, type Entry } from './entry.ts';
import { GRACE_MS, QUIET_MS } from './limits.ts';
import { areSame, isAbove, ofOurPlaces, type Shown } from './numbers.ts';

export interface ReadBackRules {
  /** Whether what somebody changed there by hand is set again, or left to a person. */
  readonly onDrift: 'set_again' | 'case';
}

/**
 * Compares what the channel was seen to show (null: it does not know the listing) with what it confirmed, and says what follows.
 * Less than that may be an order of its own that is on its way to us, and is drift only when it is still so after a while.
 */
export function afterReading(entry: Entry, read: Shown | null, busy: boolean, { onDrift }: ReadBackRules, nowMs: number): Entry {
  const { shown, wanted } = entry;
  // Of a file the end is heard; what a lost call carried shows itself here first.
  if (
    busy ||
    entry.onTheWay.some(({ receipt }) => receipt !== null) ||
    !isConfirmed(entry) ||
    shown === null ||
    shown.atMs + QUIET_MS > nowMs
  )
    return entry;
  if (read === null)
    return { ...entry, drift: { class: 'unmapped', sinceMs: since(entry, nowMs), shown: null, leftAtVersion: null } };
  const seen = ofOurPlaces(read, wanted, shown);
  if (areSame(seen, shown)) return entry.drift === null ? entry : { ...entry, drift: null };

  const sinceMs = since(entry, nowMs);
  if (!isAbove(seen, shown) && sinceMs + GRACE_MS > nowMs) {
    return { ...entry, drift: { class: 'late', sinceMs, shown: seen, leftAtVersion: null } };
  }
  const drift: Drift = {
    class: entry.previous !== null && areSame(seen, entry.previous) ? 'rejected' : 'changed_by_hand',
    sinceMs,
    shown: seen,
    leftAtVersion: null,
  };
  const version = wanted.version + 1;
  const left = drift.class === 'changed_by_hand' && onDrift === 'case';
  return {
    ...entry,
    shown: { ...seen, version: 0, low: shown.low, atMs: nowMs },
    wanted: { ...wanted, version, sinceMs: nowMs },
    drift: { ...drift, leftAtVersion: left ? version : null },
  };
}

function since({ drift }: Entry, nowMs: number): number {
  return drift?.sinceMs ?? nowMs;
}
