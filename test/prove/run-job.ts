import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { ROOT } from '../source-files.ts';
import { startChild, type Ended, type Started } from './child.ts';
import type { Job } from './jobs.ts';
import type { Failure, PartReport } from './part.ts';

export interface Ran {
  readonly job: Job;
  readonly seconds: number;
  /** What it wrote down, or null if it never came to that. */
  readonly report: PartReport | null;
  /** What is wrong with how it ended, beside what its report says. */
  readonly failures: readonly Failure[];
}

export interface Running extends Pick<Started, 'said' | 'stop'> {
  readonly ran: Promise<Ran>;
}

const counts = z.record(z.string(), z.number());
const partReport = z.object({
  part: z.string(),
  counted: counts,
  faults: counts,
  reached: counts,
  failures: z.array(z.object({ what: z.string(), again: z.string() })),
  table: z.array(z.array(z.string())).exactOptional(),
});

/** Starts one process of a part; it becomes what it found. A process that dies, hangs or writes no report is a failure too. */
export function startJob(job: Job, folder: string, endsWithinMs?: number): Running {
  const reportFile = path.join(folder, `${job.name.replaceAll(/[^a-z0-9]+/g, '-')}.json`);
  const args = [path.resolve(ROOT, job.script), ...job.args, '--report', reportFile];
  const patience = endsWithinMs === undefined ? {} : { endsWithinMs };
  // What it leaves behind where it was killed goes with the folder.
  const env = { TMPDIR: folder };
  const { ended, said, stop } = startChild(args, { cwd: ROOT, limitMs: job.limitMs, env, ...patience });
  const ran = ended.then(async (end): Promise<Ran> => {
    const report = await readReport(reportFile);
    const wrong = whatIsWrong(end, report);
    const what = `${job.name} ${wrong ?? ''}. The last it said:\n${end.said}`;
    return { job, seconds: end.seconds, report, failures: wrong === null ? [] : [{ what, again: job.again }] };
  });
  return { ran, said, stop };
}

export async function readReport(file: string): Promise<PartReport | null> {
  try {
    return partReport.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return null;
  }
}

function whatIsWrong({ how, well, hung }: Ended, report: PartReport | null): string | null {
  if (hung) return how;
  if (report === null) return `${how} and left no report that can be read`;
  if (report.failures.length === 0 && !well) return `${how}, though its report names no failure`;
  return report.failures.length > 0 && well ? `${how}, though its report names failures` : null;
}
