import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { ROOT } from '../source-files.ts';
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

export interface Running {
  readonly ran: Promise<Ran>;
  /** The last line it printed. */
  readonly said: () => string;
  /** Ends it and whatever it started. */
  readonly stop: () => void;
}

/** Long enough to end a server and remove its state. */
const ENDS_WITHIN_MS = 8_000;
const SAID_LINES_MAX = 30;

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
export function startJob(job: Job, folder: string, endsWithinMs = ENDS_WITHIN_MS): Running {
  const startedAtMs = performance.now();
  const reportFile = path.join(folder, `${job.name.replaceAll(/[^a-z0-9]+/g, '-')}.json`);
  // A group of its own: what it starts is ended with it, even if it cannot do so itself any more.
  const child = spawn(process.execPath, [path.resolve(ROOT, job.script), ...job.args, '--report', reportFile], {
    cwd: ROOT,
    detached: true,
    env: { ...process.env, PATH: `${path.join(ROOT, 'node_modules/.bin')}:${process.env['PATH'] ?? ''}` },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines = new LastLines(SAID_LINES_MAX);
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => lines.add(chunk.toString()));

  let hangs = false;
  const stop = (): void => {
    signalGroup(child.pid, 'SIGTERM');
    setTimeout(() => signalGroup(child.pid, 'SIGKILL'), endsWithinMs).unref();
  };
  const limit = setTimeout(() => {
    hangs = true;
    stop();
  }, job.limitMs);

  const closed = once(child, 'close');
  const ran = once(child, 'exit').then(async ([code, signal]: (number | NodeJS.Signals | null)[]): Promise<Ran> => {
    clearTimeout(limit);
    // Whatever it left behind; that may hold on to its output.
    signalGroup(child.pid, 'SIGKILL');
    await closed;
    const report = await readReport(reportFile);
    const ended = hangs ? `did not end within ${job.limitMs / 1_000} s` : whyEnded(code, signal, report);
    const what = `${job.name} ${ended ?? ''}. The last it said:\n${lines.all()}`;
    const seconds = (performance.now() - startedAtMs) / 1_000;
    return { job, seconds, report, failures: ended === null ? [] : [{ what, again: job.again }] };
  });
  return { ran, said: () => lines.last(), stop };
}

type Ended = number | string | null | undefined;

function whyEnded(code: Ended, signal: Ended, report: PartReport | null): string | null {
  const how = typeof signal === 'string' ? `was ended by ${signal}` : `ended with ${code}`;
  if (report === null) return `${how} and left no report that can be read`;
  if (report.failures.length === 0 && code !== 0) return `${how}, though its report names no failure`;
  return report.failures.length > 0 && code === 0 ? 'ended with 0, though its report names failures' : null;
}

async function readReport(file: string): Promise<PartReport | null> {
  try {
    return partReport.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return null;
  }
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It is gone, and all that it started.
  }
}

class LastLines {
  readonly #max: number;
  #lines: string[] = [];
  #unfinished = '';

  constructor(max: number) {
    this.#max = max;
  }

  add(text: string): void {
    // A bar on a terminal goes back to the begin of its line.
    const lines = (this.#unfinished + text).split(/[\r\n]+/);
    this.#unfinished = lines.pop() ?? '';
    this.#lines = [...this.#lines, ...lines.filter((line) => line.trim() !== '')].slice(-this.#max);
  }

  last(): string {
    return this.#unfinished.trim() || (this.#lines.at(-1) ?? '');
  }

  all(): string {
    return [...this.#lines, this.#unfinished].filter((line) => line !== '').join('\n');
  }
}
