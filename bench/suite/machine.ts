import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Noise } from './noise.ts';

// What Linux counts time in, on every machine that we know.
const TICKS_PER_SECOND = 100;

/** Seconds of computing since some beginning: of the whole machine, of the hypervisor's other guests, of some processes. */
export interface Reading {
  readonly atSeconds: number;
  readonly busy: number;
  readonly stolen: number;
  /** Of the servers under measure. */
  readonly servers: number;
  /** Of all that is ours: them, their helpers, ourselves and whatever we have started and seen end, such as wrk. */
  readonly ours: number;
}

export const canMeasure = existsSync('/proc/stat');

export async function readMachine(servers: readonly number[], helpers: readonly number[]): Promise<Reading> {
  const [all, served, helped, self] = await Promise.all([
    readFile('/proc/stat', 'utf8'),
    secondsOf(servers),
    secondsOf(helpers),
    readFile('/proc/self/stat', 'utf8'),
  ]);
  const { busy, stolen } = machineTimesIn(all);
  return { atSeconds: performance.now() / 1_000, busy, stolen, servers: served, ours: served + helped + timesIn(self, true) };
}

export function noiseBetween(before: Reading, after: Reading, load: number): Noise {
  const seconds = after.atSeconds - before.atSeconds;
  const foreign = after.busy - before.busy - (after.ours - before.ours);
  return { foreign: Math.max(0, foreign / seconds), stolen: (after.stolen - before.stolen) / seconds, load };
}

export async function loadNow(): Promise<number> {
  return Number((await readFile('/proc/loadavg', 'utf8')).split(' ')[0]);
}

/** user, nice, system, idle, iowait, irq, softirq, steal. */
export function machineTimesIn(stat: string): { readonly busy: number; readonly stolen: number } {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, stolen = 0] = (stat.split('\n')[0] ?? '')
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return { busy: (user + nice + system + irq + softirq) / TICKS_PER_SECOND, stolen: stolen / TICKS_PER_SECOND };
}

/** A process that has ended since it was named counts nothing. */
async function secondsOf(pids: readonly number[]): Promise<number> {
  const stats = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')));
  return stats.reduce((sum, stat) => sum + (stat === '' ? 0 : timesIn(stat, false)), 0);
}

/** The program's own name stands in brackets and may hold anything, so we read from the last bracket on. */
export function timesIn(stat: string, withEnded: boolean): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const of = (from: number): number => Number(fields[from]) + Number(fields[from + 1]);
  return (of(11) + (withEnded ? of(13) : 0)) / TICKS_PER_SECOND;
}
