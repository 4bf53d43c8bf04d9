import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { ROOT } from '../source-files.ts';

const runRecord = z.object({ runtimePid: z.int(), parentPid: z.int(), port: z.int(), erpPort: z.int() });
const UP_MS_MAX = 30_000;

let state: string;
let said = '';
const started: ChildProcess[] = [];

beforeAll(async () => {
  state = await mkdtemp(path.join(tmpdir(), 'holdfast-start-'));
});
afterAll(async () => {
  for (const child of started.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)) {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  await rm(state, { recursive: true });
});

test('npm start answers on both ports, survives the loss of its runtime and of itself, and leaves nothing behind', async () => {
  const first = start();
  const firstRun = await answering();
  expect((await fetch(`http://127.0.0.1:${firstRun.erpPort}/healthz`)).status).toBe(200);

  process.kill(firstRun.runtimePid, 'SIGKILL');
  const healedRun = await answering(firstRun.runtimePid);
  expect(healedRun.port).toBe(firstRun.port);

  // Killed like this, the parent cannot end the runtime, which goes on serving.
  first.kill('SIGKILL');
  await once(first, 'exit');
  const second = start();
  const secondRun = await answering(healedRun.runtimePid);
  expect(isAlive(healedRun.runtimePid)).toBe(false);

  second.kill('SIGTERM');
  expect(await once(second, 'exit')).toEqual([0, null]);
  expect(isAlive(secondRun.runtimePid)).toBe(false);
}, 90_000);

function start(): ChildProcess {
  said = '';
  const flags = ['--state', state, '--port', '0', '--erp-port', '0', '--seed', 'none'];
  const child = spawn(process.execPath, [path.join(ROOT, 'tools/start.ts'), ...flags], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  started.push(child);
  return child;
}

/** The record of a run whose front answers, other than the one that served before. */
async function answering(earlierRuntimePid?: number): Promise<z.infer<typeof runRecord>> {
  const deadlineMs = performance.now() + UP_MS_MAX;
  while (performance.now() < deadlineMs && started.at(-1)?.exitCode === null) {
    const run = await readFile(path.join(state, 'run.json'), 'utf8').then(
      (text) => runRecord.parse(JSON.parse(text)),
      () => undefined,
    );
    if (run && run.runtimePid !== earlierRuntimePid) {
      const reply = await fetch(`http://127.0.0.1:${run.port}/healthz`).catch(() => undefined);
      if (reply?.ok) return run;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`No front answered within ${UP_MS_MAX} ms. It said:\n${said}`);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
