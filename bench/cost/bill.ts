import { total, type Counts } from './counts.ts';
import { ASSUMED, PRICES } from './prices.ts';

/** A workload as it was counted: so many units of work, and all that they cost together. */
export interface Measured {
  readonly name: string;
  /** What one of it is: a read, a life … */
  readonly unit: string;
  readonly units: number;
  readonly counts: Counts;
  /** Of the whole runtime process; null where it was not looked at. */
  readonly cpuMs: number | null;
  /** What has to be said beside the figures. */
  readonly notes: readonly string[];
}

/** One line: so many of it in one unit of work, at that price. A million units cost count × price, since the price is per million too. */
export interface Line {
  readonly what: keyof typeof PRICES;
  readonly where: string;
  readonly perUnit: number;
  readonly dollarsPerMillion: number;
}

export interface Bill {
  readonly lines: readonly Line[];
  readonly dollarsPerMillion: number;
  /** Beside it, and not in it: what logging every invocation would add. */
  readonly logs: Line;
}

export function billOf({ counts, units, cpuMs }: Pick<Measured, 'counts' | 'units' | 'cpuMs'>): Bill {
  const line = (what: Line['what'], where: string, count: number): Line => {
    const perUnit = count / units;
    return { what, where, perUnit, dollarsPerMillion: perUnit * PRICES[what].dollarsPerMillion };
  };
  const objectRequests = total(counts, ['object request']);
  const activeMs =
    objectRequests * ASSUMED.activeMsPerObjectRequest + total(counts, ['queue message']) * ASSUMED.activeMsPerQueueMessage;
  const requests = total(counts, ['request']);
  const lines = [
    line('request', 'HTTP', total(counts, ['request'], 'http')),
    line('request', 'queue consumers', total(counts, ['request'], 'queue')),
    line('cpuMs', 'the whole runtime', cpuMs ?? 0),
    line('objectRequest', 'calls and alarms', objectRequests),
    line('objectMs', 'assumed', activeMs),
    line('rowWritten', 'objects', total(counts, ['object row written'])),
    line('rowWritten', 'D1', total(counts, ['d1 row written'])),
    line('rowRead', 'objects', total(counts, ['object row read'])),
    line('rowRead', 'D1', total(counts, ['d1 row read'])),
    line('queueOperation', 'write, read, delete', total(counts, ['queue operation'])),
    line('kvRead', 'not used', total(counts, ['kv read'])),
    line('kvWrite', 'not used', total(counts, ['kv write'])),
  ].filter(({ perUnit }) => perUnit !== 0);
  return {
    lines,
    dollarsPerMillion: lines.reduce((sum, { dollarsPerMillion }) => sum + dollarsPerMillion, 0),
    logs: line('logEvent', 'lines and invocations', total(counts, ['log line']) + requests + objectRequests),
  };
}

/** What a read costs on average where that share of them is answered from a cache. */
export function mixed(cached: number, uncached: number, hitRatio: number): number {
  return hitRatio * cached + (1 - hitRatio) * uncached;
}
