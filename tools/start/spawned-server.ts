import { spawn } from 'node:child_process';
import { on, once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readRun } from './state.ts';
import { dyingWithUs, forgetWithUs } from './with-us.ts';

const START = path.join(import.meta.dirname, '../start.ts');
const UP_MS_MAX = 60_000;

export interface SpawnedServer {
  readonly url: string;
  readonly erpUrl: string;
  /** The folder with its keys and all data. */
  readonly state: string;
  /** Ends it and forgets what it held. */
  stop(): Promise<void>;
}

/** `npm start` on free ports with an empty state of its own. */
export async function spawnServer(...flags: readonly string[]): Promise<SpawnedServer> {
  const state = await mkdtemp(path.join(tmpdir(), 'holdfast-'));
  forgetWithUs(state);
  const args = [START, '--state', state, '--port', '0', '--erp-port', '0', '--seed', 'none', ...flags];
  const [program = '', ...rest] = dyingWithUs([process.execPath, ...args], 'TERM');
  const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'inherit'] });
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      const exit = once(child, 'exit');
      child.kill('SIGTERM');
      await exit;
    }
    await rm(state, { recursive: true, force: true });
  };
  // Whoever ends this run early leaves no server behind.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => void stop().then(() => process.exit(1)));
  try {
    await greeted(child.stdout);
    const run = await readRun(state);
    if (run === undefined) throw new Error('The server greets without a record of its run.');
    return { url: `http://127.0.0.1:${run.port}`, erpUrl: `http://127.0.0.1:${run.erpPort}`, state, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function greeted(said: NodeJS.ReadableStream): Promise<void> {
  let text = '';
  const patience = AbortSignal.timeout(UP_MS_MAX);
  for await (const [chunk] of onData(said, patience)) {
    text += String(chunk);
    if (text.includes('Ctrl-C stops both.')) return;
  }
  throw new Error(`The server ended:\n${text}`);
}

function onData(stream: NodeJS.ReadableStream, signal: AbortSignal): AsyncIterable<readonly unknown[]> {
  return on(stream, 'data', { signal, close: ['end'] });
}
