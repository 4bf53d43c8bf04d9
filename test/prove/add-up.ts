import { againOf, type Job } from './jobs.ts';
import type { Failure, PartReport } from './part.ts';
import type { Asked, Part } from './parts.ts';
import type { Ran } from './run-job.ts';

export interface Proof {
  readonly parts: readonly ProvenPart[];
  /** Of all parts together. */
  readonly counted: Counts;
  readonly faults: Counts;
  readonly failures: readonly Failure[];
}

/** All processes of one part, added up. */
export interface ProvenPart extends Omit<PartReport, 'failures' | 'table'> {
  readonly table: readonly (readonly string[])[];
  /** Of all its processes, which may have run at the same time. */
  readonly seconds: number;
}

type Counts = Readonly<Record<string, number>>;

/** Whoever loses one is not proven, whatever else it says of itself. */
const NEVER = ['lost', 'doubled'] as const;
/** Of one process; its own command shows all. */
const FOUND_MAX = 5;

export interface Run extends Asked {
  /** Why it was stopped before its end, if it was. */
  readonly stopped?: string;
}

export function addUp(parts: readonly Part[], jobs: readonly Job[], ran: readonly Ran[], run: Run): Proof {
  const proven = parts.map((part) => addedUp(part, ran));
  const begun = new Set(ran.map(({ job }) => job));
  const late = jobs.flatMap((job) =>
    begun.has(job) ? [] : [{ what: `${job.name} was not begun: ${run.stopped ?? 'nobody began it'}`, again: job.again }],
  );
  // A part that did not come to its end, or found something, lacks much for that reason, which is told already.
  const whole = (part: Part): boolean =>
    jobs.every((job) => job.part !== part.name || ran.some((one) => one.job === job && failuresOf(one).length === 0));
  const missing = parts.flatMap((part, index) => (whole(part) ? missingIn(part, proven[index], run) : []));
  return {
    parts: proven,
    counted: summed(proven.map(({ counted }) => counted)),
    faults: summed(proven.map(({ faults }) => faults)),
    failures: [...ran.flatMap(failuresOf), ...late, ...missing],
  };
}

/** The first ones say what is wrong, and one mistake may break every seed. */
function failuresOf({ job, failures, report }: Ran): readonly Failure[] {
  const found = report?.failures ?? [];
  const more = found.length - FOUND_MAX;
  return [
    ...found.slice(0, FOUND_MAX),
    ...(more > 0 ? [{ what: `${job.name} found ${more} more`, again: job.again }] : []),
    ...failures,
  ];
}

function addedUp({ name }: Part, ran: readonly Ran[]): ProvenPart {
  const own = ran.filter(({ job }) => job.part === name);
  const reports = own.flatMap(({ report }) => (report === null ? [] : [report]));
  return {
    part: name,
    counted: summed(reports.map(({ counted }) => counted)),
    faults: summed(reports.map(({ faults }) => faults)),
    reached: summed(reports.map(({ reached }) => reached)),
    table: reports.flatMap(({ table }) => table ?? []),
    seconds: own.reduce((total, { seconds }) => total + seconds, 0),
  };
}

/** A state that no process of the part ever met was not tried, however green it is. */
function missingIn(part: Part, proven: ProvenPart | undefined, asked: Asked): readonly Failure[] {
  const { name, counts, inRealTime } = part;
  const again = againOf(part, asked);
  const counted = proven?.counted ?? {};
  const reached = inRealTime === true && asked.form === 'quick' ? {} : (proven?.reached ?? {});
  const zero = Object.entries(reached).flatMap(([state, times]) => (times === 0 ? [state] : []));
  return [
    ...counts
      .filter((what) => (counted[what] ?? 0) === 0)
      .map((what) => ({ what: `${name} counted no ${what.replaceAll('_', ' ')}`, again })),
    ...zero.map((state) => ({ what: `${name} never met: ${state}`, again })),
    ...NEVER.filter((what) => (counted[what] ?? 0) > 0).map((what) => ({ what: `${name}: ${counted[what]} ${what}`, again })),
  ];
}

function summed(all: readonly Counts[]): Counts {
  const sums: Record<string, number> = {};
  for (const counts of all) for (const [what, times] of Object.entries(counts)) sums[what] = (sums[what] ?? 0) + times;
  return sums;
}
