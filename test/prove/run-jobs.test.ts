import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Job } from './jobs.ts';
import { startJob, type Ran } from './run-job.ts';
import { Jobs, type Machine } from './run-jobs.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'holdfast-prove-'));
});
afterAll(() => rm(folder, { recursive: true }));

const GONE = { timeout: 40_000, interval: 200 };
const REPORT = { part: 'fake', counted: { steps: 7 }, faults: {}, reached: { rare: 1 }, failures: [] };
const FAILURE = { what: 'I1 in step 3', again: 'npm run simulate -- --seed 3' };
const WRITES = (report: object): string => `
  import { writeFileSync } from 'node:fs';
  writeFileSync(process.argv[process.argv.indexOf('--report') + 1], ${JSON.stringify(JSON.stringify(report))});
`;

test('what a part found is read from its report', async () => {
  const { report, failures } = await ranAs('good', WRITES(REPORT));
  expect({ report, failures }).toEqual({ report: REPORT, failures: [] });
});

test('a part that finds a failure is no failure of the run', async () => {
  const ran = await ranAs('finds', `${WRITES({ ...REPORT, failures: [FAILURE] })} process.exitCode = 1;`);
  expect({ found: ran.report?.failures, failures: ran.failures }).toEqual({ found: [FAILURE], failures: [] });
});

test('a part that dies is a failure that says how, with the last it said and the command that shows it again', async () => {
  const { report, failures } = await ranAs('dies', `console.log('seed 12'); throw new Error('no such table');`);
  expect(report).toBeNull();
  expect(failures).toMatchObject([{ again: 'again' }]);
  expect(failures[0]?.what).toMatch(/dies ended with 1 and left no report[^]*seed 12[^]*no such table/);
});

test('a part that writes no report is a failure though it ends well', async () => {
  const { failures } = await ranAs('silent', '');
  expect(failures[0]?.what).toContain('silent ended with 0 and left no report');
});

test('a report that cannot be read is none', async () => {
  const { report, failures } = await ranAs('wrong', WRITES({ ...REPORT, counted: { steps: 'many' } }));
  expect({ report, failures: failures.length }).toEqual({ report: null, failures: 1 });
});

test('a part that ends with 1 though its report is content is a failure', async () => {
  const { failures } = await ranAs('odd', `${WRITES(REPORT)} process.exitCode = 1;`);
  expect(failures[0]?.what).toContain('odd ended with 1, though its report names no failure');
});

test('a part that hangs is ended with what it started, though neither listens', async () => {
  const deaf = `process.on('SIGTERM', () => {}); setInterval(() => {}, 1_000);`;
  const child = path.join(folder, 'child.mjs');
  await writeFile(child, deaf);
  const hangs = `
    import { spawn } from 'node:child_process';
    console.log('started', spawn(process.execPath, [${JSON.stringify(child)}]).pid);
    ${deaf}
  `;
  const running = startJob(await jobOf('hangs', hangs, 1_500), folder, 200);
  const { failures } = await running.ran;
  expect(failures[0]?.what).toContain('hangs did not end within 1.5 s');
  const pid = Number(/started (\d+)/.exec(failures[0]?.what ?? '')?.[1]);
  // It was killed with its parent, and dies when the machine has time for that.
  await vi.waitFor(() => expect(isRunning(pid)).toBe(false), GONE);
});

const LOOKS_AT_NOTHING = `console.log('pid', process.pid); for (;;);`;
const HAS_A_SERVER = `
  import { spawn } from 'node:child_process';
  const { pid } = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1_000)'], { stdio: 'ignore' });
  setInterval(() => console.log('pid', pid), 20);
`;

test.each([
  ['that looks at nothing', LOOKS_AT_NOTHING],
  ['that speaks to it, and what it started', HAS_A_SERVER],
])(
  'a child of a parent that was killed ends: one %s',
  async (_, script) => {
    const [busy, parent] = [path.join(folder, 'busy.mjs'), path.join(folder, 'parent.mjs')];
    await writeFile(busy, script);
    const child = JSON.stringify(new URL('child.ts', import.meta.url).href);
    await writeFile(
      parent,
      `import { startChild } from ${child};
     const { said } = startChild([${JSON.stringify(busy)}], { cwd: process.cwd(), limitMs: 30_000 });
     setInterval(() => process.stdout.write(said() + '\\n'), 1);`,
    );
    const killed = spawn(process.execPath, [parent], { stdio: ['ignore', 'pipe', 'inherit'] });
    const pid = await new Promise<number>((resolve) => {
      createInterface({ input: killed.stdout }).on('line', (said) => {
        const [, found] = /^pid (\d+)$/.exec(said) ?? [];
        if (found !== undefined) resolve(Number(found));
      });
    });
    expect(isRunning(pid)).toBe(true);
    killed.kill('SIGKILL');
    await vi.waitFor(() => expect(isRunning(pid)).toBe(false), GONE);
  },
  90_000,
);

test('what a part leaves in its folder for a while goes with that of the proof', async () => {
  const elsewhere = `import { tmpdir } from 'node:os'; if (tmpdir() !== ${JSON.stringify(folder)}) process.exitCode = 3;`;
  expect((await ranAs('leaves', WRITES(REPORT) + elsewhere)).failures).toEqual([]);
});

test('as many run at once as there are processors, in the order given', async () => {
  const { machine, log, end } = fakeMachine(4);
  const running = new Jobs([job('a', 2), job('b', 3), job('c', 2), job('d', 1)], machine).run();
  expect(log).toEqual(['a', 'c']);
  await end('a');
  expect(log).toEqual(['a', 'c', 'd']);
  await end('c');
  await end('d');
  await end('b');
  expect((await running).map((ran) => ran.job.name)).toEqual(['a', 'c', 'd', 'b']);
});

test('one that asks for more processors than there are has all of them', async () => {
  const { machine, log, end } = fakeMachine(2);
  const running = new Jobs([job('a', 4), job('b', 1)], machine).run();
  expect(log).toEqual(['a']);
  await end('a');
  expect(log).toEqual(['a', 'b']);
  await end('b');
  await running;
});

test('after a stop nothing begins any more', async () => {
  const { machine, log, end } = fakeMachine(1);
  const jobs = new Jobs([job('a', 1), job('b', 1)], machine);
  const running = jobs.run();
  jobs.stop();
  await end('a');
  expect({ ran: (await running).length, log }).toEqual({ ran: 1, log: ['a', 'stop a'] });
});

/** One that ended and that nobody has asked about is still listed, as a zombie. */
function isRunning(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return /^[^Z\s]/.test(stdout);
}

async function ranAs(name: string, script: string): Promise<Ran> {
  return startJob(await jobOf(name, script, 20_000), folder).ran;
}

async function jobOf(name: string, script: string, limitMs: number): Promise<Job> {
  const file = path.join(folder, `${name}.mjs`);
  await writeFile(file, script);
  return { ...job(name, 1), script: file, limitMs };
}

function job(name: string, cores: number): Job {
  return { part: 'fake', name, script: '', args: [], cores, limitMs: 1_000, again: 'again' };
}

/** Jobs that end when they are told to. */
function fakeMachine(cores: number): { machine: Machine; log: readonly string[]; end: (name: string) => Promise<void> } {
  const log: string[] = [];
  const ends = new Map<string, () => void>();
  const start: Machine['start'] = (job) => {
    log.push(job.name);
    const { promise, resolve } = Promise.withResolvers<Ran>();
    ends.set(job.name, () => resolve({ job, seconds: 1, report: null, failures: [] }));
    return { ran: promise, said: () => '', stop: () => void log.push(`stop ${job.name}`) };
  };
  const end = async (name: string): Promise<void> => {
    ends.get(name)?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { machine: { cores, start }, log, end };
}
