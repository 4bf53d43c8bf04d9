import { spawn } from 'node:child_process';
import { on, once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readRun } from '../../tools/start/state.ts';
import { readApiKeys, readErpToken, type ApiKeys } from '../../tools/replay/keys.ts';

const START = path.join(import.meta.dirname, '../../tools/start.ts');
const UP_MS_MAX = 60_000;

export interface Server {
  readonly url: string;
  readonly erpUrl: string;
  readonly state: string;
  readonly keys: ApiKeys;
  readonly erpToken: string;
  /** Ends it and forgets what it held. */
  stop(): Promise<void>;
}

/** `npm start` on free ports with an empty state, the reference ERP's fault switches open. */
export async function startServer(): Promise<Server> {
  const state = await mkdtemp(path.join(tmpdir(), 'holdfast-bench-'));
  const flags = ['--state', state, '--port', '0', '--erp-port', '0', '--seed', 'none', '--erp-faults'];
  const child = spawn(process.execPath, [START, ...flags], { stdio: ['ignore', 'pipe', 'inherit'] });
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
    return {
      url: `http://127.0.0.1:${run.port}`,
      erpUrl: `http://127.0.0.1:${run.erpPort}`,
      state,
      keys: await readApiKeys(path.join(state, 'dev-keys.json')),
      erpToken: await readErpToken(path.join(state, 'secrets.json')),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

export function logOf(state: string): Promise<string> {
  return readFile(path.join(state, 'log.ndjson'), 'utf8');
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
