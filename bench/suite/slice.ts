import { loadNow, noiseBetween, readMachine } from './machine.ts';
import type { Noise } from './noise.ts';
import { wrk, type Load } from './wrk.ts';

/** Something to measure: what is asked, and of whom. */
export interface Variant {
  readonly name: string;
  readonly server: Measured;
  /** What the next slice asks: a new object each time, where what one has seen would weigh on the next. */
  readonly load: () => Promise<Load> | Load;
}

export interface Measured {
  pids(): readonly number[];
  readonly helperPids: readonly number[];
}

/** About a second of one variant. */
export interface Slice {
  readonly perSecond: number;
  readonly cpuMicros: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly noise: Noise;
}

export async function slice({ server, load }: Variant, seconds: number): Promise<Slice> {
  const asked = await load();
  const pids = server.pids();
  const before = await readMachine(pids, server.helperPids);
  const { requests, microseconds, p50us, p99us } = await wrk(asked, seconds);
  const after = await readMachine(pids, server.helperPids);
  return {
    perSecond: (requests * 1e6) / microseconds,
    cpuMicros: ((after.servers - before.servers) * 1e6) / requests,
    p50Ms: p50us / 1_000,
    p99Ms: p99us / 1_000,
    noise: noiseBetween(before, after, await loadNow()),
  };
}
