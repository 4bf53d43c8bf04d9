import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

export interface Started {
  readonly ended: Promise<Ended>;
  /** The last line it printed. */
  readonly said: () => string;
  /** Ends it and whatever it started. */
  readonly stop: () => void;
}

export interface Ended {
  /** As a person would say it. */
  readonly how: string;
  readonly well: boolean;
  readonly hung: boolean;
  readonly seconds: number;
  /** The last lines it printed. */
  readonly said: string;
}

export interface Surroundings {
  readonly cwd: string;
  /** When nothing was heard of its end by then, it hangs. */
  readonly limitMs: number;
  readonly env?: Readonly<Record<string, string>>;
  /** How long it may take to end once it was told to. */
  readonly endsWithinMs?: number;
}

/** Long enough to end a server and remove its state. */
const ENDS_WITHIN_MS = 8_000;
const SAID_LINES_MAX = 30;

/** In each child, so that none outlives a parent that was killed. */
const ENDS_WITH_PARENT = new URL('ends-with-parent.ts', import.meta.url).href;

/** This Node with these arguments, in a group of its own: what it starts is ended with it, even if it cannot do so itself any more. */
export function startChild(args: readonly string[], around: Surroundings): Started {
  const startedAtMs = performance.now();
  const { cwd, limitMs, env, endsWithinMs = ENDS_WITHIN_MS } = around;
  const bin = path.join(cwd, 'node_modules/.bin');
  const child = spawn(process.execPath, ['--import', ENDS_WITH_PARENT, ...args], {
    cwd,
    detached: true,
    env: { ...process.env, ...env, PATH: `${bin}:${process.env['PATH'] ?? ''}` },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines = new LastLines();
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => lines.add(chunk.toString()));

  let hangs = false;
  let stopped = false;
  const stop = (): void => {
    stopped = true;
    signalGroup(child.pid, 'SIGTERM');
    setTimeout(() => signalGroup(child.pid, 'SIGKILL'), endsWithinMs).unref();
  };
  const limit = setTimeout(() => {
    hangs = true;
    stop();
  }, limitMs);

  const closed = once(child, 'close');
  const ended = once(child, 'exit').then(async ([code, signal]: (number | NodeJS.Signals | null)[]): Promise<Ended> => {
    clearTimeout(limit);
    // Whatever it left behind; that may hold on to its output.
    signalGroup(child.pid, 'SIGKILL');
    await closed;
    const how = hangs
      ? `did not end within ${limitMs / 1_000} s`
      : stopped
        ? 'was stopped before its end'
        : typeof signal === 'string'
          ? `was ended by ${signal}`
          : `ended with ${code}`;
    return {
      how,
      well: !hangs && code === 0,
      hung: hangs,
      seconds: (performance.now() - startedAtMs) / 1_000,
      said: lines.all(),
    };
  });
  return { ended, said: () => lines.last(), stop };
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It is gone, and all that it started.
  }
}

class LastLines {
  #lines: readonly string[] = [];
  #unfinished = '';

  add(text: string): void {
    // A bar on a terminal goes back to the begin of its line.
    const lines = (this.#unfinished + text).split(/[\r\n]+/);
    this.#unfinished = lines.pop() ?? '';
    this.#lines = [...this.#lines, ...lines.filter((line) => line.trim() !== '')].slice(-SAID_LINES_MAX);
  }

  last(): string {
    return this.#unfinished.trim() || (this.#lines.at(-1) ?? '');
  }

  all(): string {
    return [...this.#lines, this.#unfinished].filter((line) => line !== '').join('\n');
  }
}
