import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

// What Linux counts a process's time in, on every machine that we know.
const TICK_MS = 10;

/** Time that the process has computed so far, on all its threads; null where the system does not tell it like Linux. */
export async function cpuMsOf(pid: number): Promise<number | null> {
  if (!existsSync(`/proc/${pid}/stat`)) return null;
  return cpuMsIn(await readFile(`/proc/${pid}/stat`, 'utf8'));
}

/** The program's own name stands in brackets and may hold anything, so we read from the last bracket on. */
export function cpuMsIn(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}
