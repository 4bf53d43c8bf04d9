import { SingleBar } from 'cli-progress';

export interface Screen {
  /** What is done of all parts, and what goes on just now. */
  at(done: number, what: string): void;
  end(): void;
}

/** A bar on a terminal, a line for each thing that is begun elsewhere. Standard output is left to the table. */
export function screen(parts: number): Screen {
  return process.stderr.isTTY ? bar(parts) : lines();
}

function bar(parts: number): Screen {
  const shown = new SingleBar({
    format: '{bar} {value}/{total} parts, {duration} s  {what}',
    stream: process.stderr,
    linewrap: false,
  });
  shown.start(parts, 0, { what: '' });
  return { at: (done, what) => shown.update(done, { what }), end: () => shown.stop() };
}

function lines(): Screen {
  return {
    at: (_, what) => console.error(`${(performance.now() / 1_000).toFixed(0).padStart(4)} s  ${what}`),
    end: () => undefined,
  };
}
