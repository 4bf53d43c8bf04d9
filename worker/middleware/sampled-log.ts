import type { Log } from './around.ts';

/**
 * Of reads that no object was asked for, one line in so many, which says how many it stands for; everything else is always
 * logged. A line costs four times what such a read does (ADR 32).
 */
export function sampledLog(log: Log, oneIn: number): Log {
  let reads = 0;
  return (line) => {
    if (oneIn === 1 || !isCheapRead(line)) return log(line);
    if (reads % oneIn === 0) log({ ...line, oneIn });
    reads += 1;
  };
}

const CHEAP_SOURCES: readonly unknown[] = ['isolate', 'colo', 'projection'];

function isCheapRead({ status, path, source }: Parameters<Log>[0]): boolean {
  if (status !== 200 && status !== 304) return false;
  return typeof path === 'string' && path.startsWith('/v1/availability/') && CHEAP_SOURCES.includes(source);
}
