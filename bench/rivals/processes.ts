import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { dyingWithUs } from '../../tools/start/with-us.ts';

// A database of an empty folder is up within two seconds on a machine that has nothing else to do.
const START_MS_MAX = 60_000;
// Longer than a database takes to write down what it has in memory.
const STOP_MS_MAX = 15_000;
// Enough to see why a database did not start.
const LAST_WORDS_MAX = 5;

export interface User {
  readonly uid: number;
  readonly gid: number;
}

export interface Database {
  readonly pid: number;
  stop(): Promise<void>;
}

/** Runs a database in the foreground until its log says `ready`. It dies with us, however we die. */
export async function startDatabase(folder: string, command: readonly string[], ready: string, user?: User): Promise<Database> {
  const [program = '', ...args] = dyingWithUs(command);
  const child = spawn(program, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], ...user });
  const log = createWriteStream(path.join(folder, 'log.txt'));
  const lastWords: string[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  for (const stream of [child.stdout, child.stderr]) {
    createInterface(stream).on('line', (line) => {
      log.write(`${line}\n`);
      if (lastWords.push(line) > LAST_WORDS_MAX) lastWords.shift();
      if (line.includes(ready)) resolve();
    });
  }
  const name = path.basename(command[0] ?? '');
  child.once('error', reject);
  child.once('close', () => {
    log.end();
    reject(new Error(`${name} ended before it was ready: ${lastWords.join('; ')}`));
  });
  const stop = (): Promise<void> => end(child, 'SIGINT');
  await within(promise, name, stop);
  return { pid: child.pid ?? 0, stop };
}

export interface HttpServer {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** Runs one of our entries as a process of its own, as a server would be. It ends when we do. */
export async function startHttpServer(entry: string, settings: object): Promise<HttpServer> {
  const child = fork(entry, [JSON.stringify(settings)], {
    execArgv: ['--no-warnings'],
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  child.once('message', (message) => resolve((message as { url: string }).url));
  child.once('error', reject);
  child.once('exit', () => reject(new Error(`${path.basename(entry)} ended before it listened`)));
  const stop = (): Promise<void> => end(child, 'SIGTERM');
  return { url: await within(promise, path.basename(entry), stop), pid: child.pid ?? 0, stop };
}

/** A process, its children and theirs, but for those of PostgreSQL that come and go: their time cannot be told from when to when. */
export function familyOf(pid: number): number[] {
  const children = readOf(pid, `task/${pid}/children`).split(' ').filter(Boolean).map(Number);
  return [pid, ...children.filter((child) => !readOf(child, 'cmdline').includes('autovacuum worker')).flatMap(familyOf)];
}

/** Nothing of a process that has just ended, nor where the system does not tell like Linux. */
function readOf(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

async function within<T>(started: Promise<T>, name: string, stop: () => Promise<void>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`${name} was not ready after ${START_MS_MAX} ms`)), START_MS_MAX);
  try {
    return await Promise.race([started, late.promise]);
  } catch (error) {
    await stop();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
  await gone;
  clearTimeout(timer);
}
