import os from 'node:os';
import { billOf, mixed, type Bill, type Measured } from './bill.ts';
import { details } from './counts.ts';
import { NAIVE, TARGETS } from './naive.ts';
import { ASSUMED, PRICES } from './prices.ts';

export interface Row extends Bill {
  readonly name: string;
  readonly unit: string;
  readonly units: number;
  readonly notes: readonly string[];
  /** Where rows are written, per unit of work, the most first. */
  readonly rows: readonly { readonly where: string; readonly perUnit: number }[];
  /** By how much the database grows. */
  readonly d1BytesPerUnit: number;
}

export interface Verdict {
  readonly what: string;
  readonly dollarsPerMillion: number;
  readonly target: number;
  readonly naive: number;
  readonly met: boolean;
}

export interface Report {
  readonly at: string;
  readonly machine: string;
  readonly prices: typeof PRICES;
  readonly assumed: typeof ASSUMED;
  readonly rows: readonly Row[];
  readonly verdicts: readonly Verdict[];
  readonly cron: Row;
  /** What is let go of, a table of it at a time. */
  readonly turn: Row;
  /** What has a line here as soon as it is counted. */
  readonly open: readonly string[];
}

/** Where something new is built, its name stands here until it is counted. */
const OPEN: readonly string[] = [];
/** A shop that is looked at: of each item, so many reads come while its snapshot is fresh. */
const HIT_RATIOS = [0.9, 0.99];

interface Counted {
  readonly workloads: readonly Measured[];
  readonly cron: Measured;
  readonly turn: Measured;
}

export function reportOf({ workloads, cron, turn }: Counted): Report {
  const rows = workloads.map(rowOf);
  const [load = 0] = os.loadavg();
  return {
    at: new Date().toISOString(),
    machine: `${os.cpus().length} × ${os.cpus()[0]?.model.trim() ?? 'unknown'}, load ${load.toFixed(1)}, Node ${process.version}`,
    prices: PRICES,
    assumed: ASSUMED,
    rows,
    verdicts: verdictsOn(rows),
    cron: rowOf(cron),
    turn: rowOf(turn),
    open: OPEN,
  };
}

export function verdictsOn(rows: readonly Pick<Row, 'name' | 'dollarsPerMillion'>[]): readonly Verdict[] {
  const dollars = (name: string): number => rows.find((row) => row.name === name)?.dollarsPerMillion ?? Number.NaN;
  const cached = Math.max(dollars('read, isolate memory'), dollars('read, colo cache'));
  const reads = HIT_RATIOS.map((ratio) => {
    const what = `reads, ${ratio * 100} % of them from the dearer of both caches`;
    return verdict(what, mixed(cached, dollars('read, object (strong)'), ratio), TARGETS.read, NAIVE.read.dollarsPerMillion);
  });
  return [...reads, verdict('reservation lives', dollars('life: reserve, commit'), TARGETS.life, NAIVE.life.dollarsPerMillion)];
}

function verdict(what: string, dollarsPerMillion: number, target: number, naive: number): Verdict {
  return { what, dollarsPerMillion, target, naive, met: dollarsPerMillion <= target };
}

function rowOf(measured: Measured): Row {
  const { name, unit, units, notes, counts } = measured;
  const written = ['object row written', 'd1 row written'].flatMap((kind) =>
    details(counts, kind).map(([detail, count]) => ({
      where: kind.startsWith('d1') ? `D1 ${detail}` : detail,
      perUnit: count / units,
    })),
  );
  const rows = written.toSorted((a, b) => b.perUnit - a.perUnit);
  return { ...billOf(measured), name, unit, units, notes, rows, d1BytesPerUnit: (counts['d1 byte|all'] ?? 0) / units };
}
