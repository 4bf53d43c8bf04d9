import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import type { ReplayOptions } from './options.ts';
import { lastOfFirstDays, readOrderFile, type OrderFile } from './order-file.ts';
import { ReplayStopped } from './replay-stopped.ts';
import { RunLog, type RunStarted } from './run-log.ts';

export interface Run {
  readonly log: RunLog;
  readonly orders: OrderFile;
}

export async function openRun(options: ReplayOptions): Promise<Run> {
  mkdirSync(options.stateDir, { recursive: true });
  return options.resume ? takeUp(options) : start(options);
}

async function start(options: ReplayOptions): Promise<Run> {
  const file = options.file ?? '';
  const orders = await read(file);
  const started = startedNow(options, file, orders);
  const log = logFile(options.stateDir, started.run);
  if (existsSync(log))
    throw new ReplayStopped(`There is a run ${started.run} already. Take it up with --resume, or choose another --run.`);
  return { log: RunLog.start(log, started), orders };
}

function startedNow(options: ReplayOptions, file: string, orders: OrderFile): RunStarted {
  const startedAt = new Date().toISOString();
  return {
    type: 'run',
    sells: 'carts',
    run: options.run ?? `${startedAt.slice(0, 19).replaceAll(/\D/g, '')}-${randomBytes(2).toString('hex')}`,
    file,
    sha256: orders.sha256,
    opening: options.opening,
    issueAt: options.issueAt,
    lastDay: options.limitDays === null ? options.until : lastOfFirstDays(orders.rows, options.limitDays),
    url: options.url ?? 'http://127.0.0.1:8787',
    erpUrl: options.erpUrl ?? 'http://127.0.0.1:8788',
    startedAt,
  };
}

async function takeUp(options: ReplayOptions): Promise<Run> {
  const file = logFile(options.stateDir, options.run ?? lastRun(options.stateDir));
  if (!existsSync(file)) throw new ReplayStopped(`There is no run to take up: ${file} is missing.`);
  const log = RunLog.takeUp(file);
  const orders = await read(options.file ?? log.started.file);
  if (orders.sha256 !== log.started.sha256)
    throw new ReplayStopped(`The run ${log.started.run} began with another file than this.`);
  return { log, orders };
}

async function read(file: string): Promise<OrderFile> {
  return readOrderFile(file).catch((error: unknown) => {
    throw new ReplayStopped(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  });
}

/** The keys that sell belong to the run as much as its log. */
export function salesKeysFile(stateDir: string, run: string): string {
  return path.join(stateDir, `replay-${run}-keys.json`);
}

function logFile(stateDir: string, run: string): string {
  return path.join(stateDir, `replay-${run}.ndjson`);
}

function lastRun(stateDir: string): string {
  const logs = readdirSync(stateDir)
    .filter((name) => /^replay-.+\.ndjson$/.test(name))
    .map((name) => ({ name, changedMs: statSync(path.join(stateDir, name)).mtimeMs }))
    .toSorted((left, right) => right.changedMs - left.changedMs);
  const last = logs[0]?.name;
  if (last === undefined) throw new ReplayStopped(`There is no run to take up in ${stateDir}.`);
  return last.slice('replay-'.length, -'.ndjson'.length);
}
