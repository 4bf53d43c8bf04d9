import { once } from 'node:events';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { isRunning } from '../../tools/start/processes.ts';
import { readRun, type Run } from '../../tools/start/state.ts';
import { ended, forget, newState, npmStart, UP_MS_MAX, type Starting } from './holdfast.ts';

let state: string;
const started: Starting[] = [];

beforeAll(async () => {
  state = await newState();
});
afterAll(async () => {
  await Promise.all(started.map(ended));
  await forget(state);
});

test('npm start answers on both ports, survives the loss of its runtime and of itself, and leaves nothing behind', async () => {
  const first = start();
  const firstRun = await answering();
  expect((await fetch(`http://127.0.0.1:${firstRun.erpPort}/healthz`)).status).toBe(200);

  process.kill(firstRun.runtimePid, 'SIGKILL');
  const healedRun = await answering(firstRun.runtimePid);
  expect(healedRun.port).toBe(firstRun.port);

  // Killed like this, the parent cannot end the runtime itself, whose queues would stand still from now on.
  first.kill('SIGKILL');
  await once(first, 'exit');
  await vi.waitFor(() => expect(fetch(`http://127.0.0.1:${healedRun.port}/healthz`)).rejects.toThrow(), UP_MS_MAX);
  const second = start();
  const secondRun = await answering(healedRun.runtimePid);
  expect(await isRunning(healedRun.runtimePid, 'workerd')).toBe(false);

  second.kill('SIGTERM');
  expect(await once(second, 'exit')).toEqual([0, null]);
  expect(await isRunning(secondRun.runtimePid, 'workerd')).toBe(false);
}, 180_000);

function start(): Starting['child'] {
  const starting = npmStart(state, '--seed', 'none');
  started.push(starting);
  return starting.child;
}

/** The record of a run whose front answers, other than the one that served before. */
async function answering(earlierRuntimePid?: number): Promise<Run> {
  const deadlineMs = performance.now() + UP_MS_MAX;
  while (performance.now() < deadlineMs && started.at(-1)?.child.exitCode === null) {
    const run = await readRun(state);
    if (run && run.runtimePid !== earlierRuntimePid) {
      const reply = await fetch(`http://127.0.0.1:${run.port}/healthz`).catch(() => undefined);
      if (reply?.ok) return run;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`No front answered within ${UP_MS_MAX} ms. It said:\n${started.at(-1)?.said() ?? ''}`);
}
