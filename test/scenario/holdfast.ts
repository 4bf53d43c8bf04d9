import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readRun } from '../../tools/start/state.ts';
import { leaksOfState } from '../secrets/leaks-of-state.ts';
import { ROOT } from '../source-files.ts';

export const UP_MS_MAX = 60_000;

export interface Holdfast {
  readonly url: string;
  readonly erpUrl: string;
  /** The folder with the keys and all data. */
  readonly state: string;
  /** Ends it and forgets its state. */
  stop(): Promise<void>;
  /** As a power cut would: nobody gets a chance to close anything. */
  kill(): Promise<void>;
  /** The same for the runtime alone, which then starts anew by itself; `whileDown` happens when nobody serves. */
  killRuntime(whileDown: () => void): Promise<void>;
}

/** `npm start` on free ports and a new state, until it is stopped. */
export async function startHoldfast(...flags: readonly string[]): Promise<Holdfast> {
  return startAgain(await newState(), ...flags);
}

export async function startAgain(state: string, ...flags: readonly string[]): Promise<Holdfast> {
  const starting = npmStart(state, ...flags);
  const stop = async (): Promise<void> => {
    await ended(starting);
    const leaks = await leaksOfState(state);
    await forget(state);
    if (leaks.length > 0) throw new Error(`secrets stand in the server's log: ${leaks.join('; ')}`);
  };
  try {
    await greeted(starting);
    const run = await readRun(state);
    if (run === undefined) throw new Error(`it greets without a record of its run:\n${starting.said()}`);
    const kill = async (): Promise<void> => {
      const exit = once(starting.child, 'exit');
      process.kill(run.parentPid, 'SIGKILL');
      killIfAlive(run.runtimePid);
      await exit;
    };
    const url = `http://127.0.0.1:${run.port}`;
    const killRuntime = async (whileDown: () => void): Promise<void> => {
      const before = (await readRun(state))?.runtimePid ?? run.runtimePid;
      process.kill(before, 'SIGKILL');
      whileDown();
      await upAgain(starting, state, url, before);
    };
    return { url, erpUrl: `http://127.0.0.1:${run.erpPort}`, state, stop, kill, killRuntime };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** It ends by itself when its parent is gone, and may have been quicker than we are. */
function killIfAlive(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/**
 * The record of the run comes first: to knock at a port that nobody listens at may connect the caller with itself, and
 * then nobody else gets the port.
 */
async function upAgain({ child, said }: Starting, state: string, url: string, before: number): Promise<void> {
  const deadlineMs = performance.now() + UP_MS_MAX;
  while (performance.now() < deadlineMs && child.exitCode === null) {
    if ((await readRun(state))?.runtimePid !== before) {
      const reply = await fetch(`${url}/healthz`).catch(() => undefined);
      if (reply?.ok) return;
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`the runtime did not come back. It said:\n${said()}`);
}

export function newState(): Promise<string> {
  return mkdtemp(path.join(tmpdir(), 'holdfast-'));
}

/** Whoever was killed may still be writing there. */
export function forget(state: string): Promise<void> {
  return rm(state, { recursive: true, maxRetries: 5 });
}

export interface Starting {
  readonly child: ChildProcess;
  readonly said: () => string;
}

export function npmStart(state: string, ...flags: readonly string[]): Starting {
  let said = '';
  const args = [path.join(ROOT, 'tools/start.ts'), '--state', state, '--port', '0', '--erp-port', '0', ...flags];
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  return { child, said: () => said };
}

export async function ended({ child }: Starting): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

/** The greeting comes last, when both servers answer and the catalogue is there. */
function greeted({ child, said }: Starting): Promise<void> {
  return new Promise((resolve, reject) => {
    const giveUp = (why: string): void => reject(new Error(`${why}. It said:\n${said()}`));
    const timer = setTimeout(() => giveUp(`npm start was not up after ${UP_MS_MAX} ms`), UP_MS_MAX);
    child.once('exit', () => giveUp('npm start ended'));
    child.stdout?.on('data', () => {
      if (!said().includes('Ctrl-C stops ')) return;
      clearTimeout(timer);
      resolve();
    });
  });
}
