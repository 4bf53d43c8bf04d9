// `npm run fuzz -- [--requests 20000] [--seed 1] [--report FILE]`: the fuzzer against the server of `npm start`, which it
// starts and ends. It prints what it did as one line of JSON, and what it complains of; it fails if there is any, or if a
// call never succeeded. `npm run prove` runs it as one of its parts.
import { parseArgs } from 'node:util';
import { writeReport, type PartReport } from '../prove/part.ts';
import { fuzz, type FuzzOptions, type FuzzReport } from './fuzz.ts';
import { HttpDoor } from './http-door.ts';

/** After so many requests each call has succeeded at least once, some a few times only. */
const ENOUGH = 6_000;

/** What the report says in the words of the proof; `again` is the command that shows its complaints once more. */
export function asPart(report: FuzzReport, again: string): PartReport {
  const { requests, mutated, refused, replays, byStatus, neverSucceeded, complaints } = report;
  const untried = requests < ENOUGH ? [] : neverSucceeded;
  const failures = [
    ...complaints,
    ...untried.map((operation) => `${operation} never succeeded: what is behind it was not tried`),
  ];
  const refusals = Object.entries(byStatus).filter(([status]) => Number(status) >= 400);
  return {
    part: 'fuzz',
    counted: { fuzz_requests: requests, fuzz_replays: replays, fuzz_refused_without_effect: refused },
    faults: { 'a request with one thing wrong': mutated },
    reached: Object.fromEntries(refusals.map(([status, times]) => [`a request answered ${status}`, times])),
    failures: failures.map((what) => ({ what, again })),
  };
}

async function fuzzHoldfast(options: FuzzOptions): Promise<FuzzReport> {
  const door = await HttpDoor.open();
  try {
    return await fuzz(door, options);
  } finally {
    await door.close();
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      requests: { type: 'string', default: '20000' },
      seed: { type: 'string', default: '1' },
      report: { type: 'string' },
    },
  });
  const [requests, seed] = [Number(values.requests), Number(values.seed)];
  const again = `npm run fuzz -- --requests ${requests} --seed ${seed}`;
  const progress = (done: number): void => {
    if (done % 1_000 === 0) console.error(`${done} of ${requests} requests`);
  };
  const report = await fuzzHoldfast({ requests, seed, progress });
  const part = asPart(report, again);
  console.log(JSON.stringify({ ...report, complaints: report.complaints.length }));
  for (const { what } of part.failures) console.error(`\n${what}`);
  if (part.failures.length > 0) console.error(`\nAgain: ${again}`);
  await writeReport(values.report, part);
}

if (import.meta.main) await main();
