// `npm run prove -- [--quick] [--seeds N] [--seed S] [--only part,part] [--bugs] [--report FILE]`: every part of the
// proof as processes of their own, several at once, and one summary. It ends with 1 unless all is proven.
import { execFileSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../source-files.ts';
import { addUp } from './add-up.ts';
import { jobsOf } from './jobs.ts';
import { PARTS, type Asked, type Part } from './parts.ts';
import { Jobs } from './run-jobs.ts';
import { startJob } from './run-job.ts';
import { showProgress } from './screen.ts';
import { summary } from './summary.ts';

/** More at once would measure the machine's memory. */
const CORES_MAX = 4;
const SEED_MAX = 1_000_000_000;
/** In CI other steps need their time; the full form takes two thirds of this on four processors. */
const SECONDS_MAX = { quick: 285, full: 1_500 } as const;
/** The short form belongs to every change: it looks at the same each time, so that it fails only for the change's sake. */
const QUICK_SEED = 1;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      seeds: { type: 'string' },
      seed: { type: 'string' },
      only: { type: 'string' },
      bugs: { type: 'boolean', default: false },
      report: { type: 'string' },
    },
  });
  const form = values.quick ? 'quick' : 'full';
  const seed = whole('--seed', values.seed) ?? (values.quick ? QUICK_SEED : randomInt(1, SEED_MAX));
  const asked: Asked = { form, seed, seeds: whole('--seeds', values.seeds) };
  const parts = partsNamed(values.bugs ? 'bugs' : values.only).filter((part) => part.processes(asked).length > 0);

  const startedAtMs = performance.now();
  const folder = await mkdtemp(path.join(tmpdir(), 'holdfast-proof-'));
  const cores = Math.min(CORES_MAX, availableParallelism());
  const all = jobsOf(parts, asked);
  const jobs = new Jobs(all, { cores, start: (job) => startJob(job, folder) });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => jobs.stop());
  const limit = asked.seeds === null ? setTimeout(() => jobs.stop(), SECONDS_MAX[form] * 1_000) : undefined;
  const title = `Proof of Holdfast, ${form} form, commit ${commit()}, seed ${seed}, ${cores} processors`;
  console.log(title);
  const shown = showProgress(jobs, all.length);
  const ran = await jobs.run();
  clearTimeout(limit);
  shown();
  await rm(folder, { recursive: true });

  const proof = addUp(parts, all, ran, asked);
  const seconds = (performance.now() - startedAtMs) / 1_000;
  console.log(`\n${summary(proof, { title, seconds })}`);
  if (values.report !== undefined)
    await writeFile(values.report, `${JSON.stringify({ title, seconds, ...asked, ...proof }, null, 2)}\n`);
  process.exitCode = proof.failures.length > 0 ? 1 : 0;
}

function partsNamed(names: string | undefined): readonly Part[] {
  if (names === undefined) return PARTS;
  return names.split(',').map((name) => {
    const part = PARTS.find((one) => one.name === name);
    if (part === undefined) throw new Error(`there is no part ${name}, but ${PARTS.map((one) => one.name).join(', ')}`);
    return part;
  });
}

function whole(name: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1) throw new Error(`${name} is a whole number of at least 1, not ${text}`);
  return number;
}

/** What was proven; a copy without history has no name for it. */
function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
      cwd: ROOT,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return 'unknown';
  }
}

await main();
