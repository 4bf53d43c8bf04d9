import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import path from 'node:path';
import { choosePort } from '../start/ports.ts';
import { untilItAnswers } from './ask-tryton.ts';
import { DATABASE, writeConfig } from './database.ts';
import { PYTHON, TRYTOND } from './packages.ts';

const START_MS_MAX = 60_000;

/** One server process over one folder. */
export interface TrytonProcess {
  /** Of the database: what ERP_URL is. */
  readonly url: string;
  /** As the machine does it when its power goes. */
  kill(): Promise<void>;
  /** On the same port as before; answers once it serves. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export async function startServer(folder: string, wantedPort: number): Promise<TrytonProcess> {
  const port = wantedPort === 0 ? await choosePort('--port', 0) : wantedPort;
  const url = `http://127.0.0.1:${port}/${DATABASE}/`;
  const config = await writeConfig(folder, port);
  let child = run(folder, config);
  await untilItAnswers(url, Date.now() + START_MS_MAX);

  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  };
  return {
    url,
    kill: () => end('SIGKILL'),
    restart: async () => {
      await end('SIGKILL');
      child = run(folder, config);
      await untilItAnswers(url, Date.now() + START_MS_MAX);
    },
    // It has nothing to save: what it answered is on disk.
    stop: () => end('SIGKILL'),
  };
}

function run(folder: string, config: string): ChildProcess {
  const log = openSync(path.join(folder, 'trytond.log'), 'a');
  const child = spawn(PYTHON, [TRYTOND, '-c', config, '-d', DATABASE], {
    stdio: ['ignore', log, log],
    env: { ...process.env, PYTHONWARNINGS: 'ignore' },
  });
  // Whoever started it takes it along.
  const end = (): void => void child.kill('SIGKILL');
  process.once('exit', end);
  child.once('exit', () => process.removeListener('exit', end));
  return child;
}
