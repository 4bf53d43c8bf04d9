// Every part of the proof as processes of their own, several at once, and one summary.
import { execFileSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { ROOT } from '../source-files.ts';
import { addUp } from './add-up.ts';
import { jobsOf } from './jobs.ts';
import { asked as askedFor, whole, WrongOption } from '../../tools/command-line.ts';
import { PARTS, type Asked, type Part } from './parts.ts';
import { Jobs } from './run-jobs.ts';
import { startJob } from './run-job.ts';
import { showProgress } from './screen.ts';
import { summary } from './summary.ts';

const USAGE = `npm run prove -- [--quick] [--seed S] [--seeds N] [--only part,part | --bugs] [--within S] [--report FILE]
  runs every part of the proof and prints one summary. It ends with 1 unless all is proven, and names for each failure the command
  that shows it again.
    --quick           the short form that belongs to every change, in less than 5 minutes; else it takes up to 20
    --seed S          where the seeds begin: in short at 1, else at random
    --seeds N         so many for each simulation, however long it takes: 20000 is for a night
    --only part,part  of ${PARTS.map(({ name }) => name).join(', ')}
    --bugs            the catalogue of bugs alone
    --within S        so many seconds, for a machine that is slow or busy: it has 285 in short, else 1200
    --report FILE     writes all figures down, as JSON`;

/** More at once would measure the machine's memory. */
const CORES_MAX = 4;
const SEED_MAX = 1_000_000_000;
/** The short form takes half of this on four processors, the full one two thirds. */
const SECONDS_MAX = { quick: 285, full: 1_200 } as const;
/** The short form belongs to every change: it looks at the same each time, so that it fails only for the change's sake. */
const QUICK_SEED = 1;

async function main(): Promise<void> {
  const { asked, parts, within, reportFile } = askedFor(
    USAGE,
    {
      quick: { type: 'boolean', default: false },
      seeds: { type: 'string' },
      seed: { type: 'string' },
      only: { type: 'string' },
      bugs: { type: 'boolean', default: false },
      within: { type: 'string' },
      report: { type: 'string' },
    },
    ({ quick, seed, seeds, only, bugs, within, report }) => {
      if (bugs && only !== undefined) throw new WrongOption('--bugs is --only bugs: there is no other part beside it');
      const asked: Asked = {
        form: quick ? 'quick' : 'full',
        seed: seed === undefined ? (quick ? QUICK_SEED : randomInt(1, SEED_MAX)) : whole('seed', seed),
        seeds: seeds === undefined ? null : whole('seeds', seeds),
      };
      const seconds = within === undefined ? SECONDS_MAX[asked.form] : whole('within', within);
      return { asked, parts: partsNamed(bugs ? 'bugs' : only), within: seconds, reportFile: report };
    },
  );
  const { form, seed } = asked;

  const startedAtMs = performance.now();
  const folder = await mkdtemp(path.join(tmpdir(), 'holdfast-proof-')).catch((error: unknown) => {
    console.error(`There is no room for what the proof writes down: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  });
  const cores = Math.min(CORES_MAX, availableParallelism());
  // Who has longer for all of it has longer for each.
  const slower = within / SECONDS_MAX[form];
  const all = jobsOf(parts, asked).map((job) => ({ ...job, limitMs: job.limitMs * slower }));
  const jobs = new Jobs(all, { cores, start: (job) => startJob(job, folder) });
  let stopped = '';
  const stop = (why: string): void => {
    stopped = why;
    jobs.stop();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop(`${signal} came`));
  const limit = asked.seeds === null ? setTimeout(() => stop('the time was over'), within * 1_000) : undefined;
  const title = `Proof of Holdfast, ${form} form, commit ${commit()}, seed ${seed}, ${cores} processors`;
  console.log(title);
  const shown = showProgress(jobs, all.length);
  const ran = await jobs.run();
  clearTimeout(limit);
  shown();
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });

  const proof = addUp(parts, all, ran, { ...asked, stopped });
  const seconds = (performance.now() - startedAtMs) / 1_000;
  console.log(`\n${summary(proof, { title, seconds })}`);
  if (reportFile !== undefined)
    await writeFile(reportFile, `${JSON.stringify({ title, seconds, ...asked, ...proof }, null, 2)}\n`);
  process.exitCode = proof.failures.length > 0 ? 1 : 0;
}

function partsNamed(names: string | undefined): readonly Part[] {
  if (names === undefined) return PARTS;
  return names.split(',').map((name) => {
    const part = PARTS.find((one) => one.name === name);
    if (part === undefined) throw new WrongOption(`There is no part ${name}, but ${PARTS.map((one) => one.name).join(', ')}`);
    return part;
  });
}

/** What was proven; a copy without history has no name for it. */
function commit(): string {
  try {
    const head = git('rev-parse', '--short', 'HEAD');
    return git('status', '--porcelain') === '' ? head : `${head} with changes that are not in it`;
  } catch {
    return 'unknown';
  }
}

function git(...args: readonly string[]): string {
  return execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
}

await main();
