import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

interface Process {
  readonly pid: number;
  readonly parentPid: number;
  readonly command: string;
}

const END_MS_MAX = 3_000;
const LOOK_EVERY_MS = 50;
// It has ended; only its parent has not looked yet.
const ZOMBIE = 'Z';

/** Finds the runtime that a process of ours has started. */
export async function childRuntime(parentPid: number): Promise<number> {
  const runtime = (await processes()).find((each) => each.parentPid === parentPid && each.command.includes('workerd'));
  if (!runtime) throw new Error('The runtime answered, yet no process of it is to be found.');
  return runtime.pid;
}

/** Ends a process if its command line still says what we think it is; a pid alone may have gone to somebody else. */
export async function endProcess(pid: number, word: string): Promise<boolean> {
  if (!(await isRunning(pid, word))) return false;
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    send(pid, signal);
    for (let waitedMs = 0; waitedMs < END_MS_MAX; waitedMs += LOOK_EVERY_MS) {
      if (!(await isRunning(pid, word))) return true;
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }
  return true;
}

export async function isRunning(pid: number, word: string): Promise<boolean> {
  return (await processes(pid)).some((each) => each.command.includes(word));
}

async function processes(pid?: number): Promise<readonly Process[]> {
  return existsSync('/proc/self/stat') ? processesOfLinux(pid) : processesByPs(pid);
}

/** Read directly, since a lean container has no `ps`. */
async function processesOfLinux(pid?: number): Promise<readonly Process[]> {
  const names = pid === undefined ? (await readdir('/proc')).filter((name) => /^\d+$/.test(name)) : [String(pid)];
  const found = await Promise.all(names.map((name) => processOfLinux(name).catch(() => undefined)));
  return found.filter((each) => each !== undefined);
}

async function processOfLinux(name: string): Promise<Process | undefined> {
  const [stat, command] = await Promise.all([readFile(`/proc/${name}/stat`, 'utf8'), readFile(`/proc/${name}/cmdline`, 'utf8')]);
  // The program's own name stands in brackets and may hold anything, so we read from the last bracket on.
  const [, status = ZOMBIE, parent] = /.*\) (\S) (\d+) /s.exec(stat) ?? [];
  return status === ZOMBIE ? undefined : { pid: Number(name), parentPid: Number(parent), command: command.replaceAll('\0', ' ') };
}

async function processesByPs(pid?: number): Promise<readonly Process[]> {
  const which = pid === undefined ? ['-A'] : ['-p', String(pid)];
  const { stdout } = await promisify(execFile)('ps', [...which, '-ww', '-o', 'pid=,ppid=,stat=,args=']).catch(nothingFound);
  return stdout.split('\n').flatMap((line) => {
    const [, found, parent, status, command = ''] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    return found === undefined || status?.startsWith(ZOMBIE) ? [] : [{ pid: Number(found), parentPid: Number(parent), command }];
  });
}

/** `ps` says with code 1 that there is no such process; that it is missing itself is another matter. */
function nothingFound(error: unknown): { stdout: string } {
  if (error instanceof Error && 'code' in error && error.code === 1) return { stdout: '' };
  throw error;
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
