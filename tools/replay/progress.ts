import { SingleBar } from 'cli-progress';

/** A person who reads a log wants to see that it moves, not every step. */
const LINE_EVERY_MS = 5_000;

export interface Progress {
  at(done: number, note?: string): void;
  end(): void;
}

/** What the person who started the replay sees of it. */
export interface Screen {
  say(line: string): void;
  /** Without a total it is only the note that moves. */
  progress(label: string, total: number | null): Progress;
}

/** A bar on a terminal, a plain line every few seconds elsewhere. Standard output is left to the report. */
export const SCREEN: Screen = {
  say: (line) => void process.stderr.write(`${line}\n`),
  progress: (label, total) => (process.stderr.isTTY ? bar(label, total) : lines(label, total)),
};

function bar(label: string, total: number | null): Progress {
  const format = `${label.padEnd(9)} ${total === null ? '' : '{bar} {value}/{total} '}{note}`;
  const shown = new SingleBar({ format, stream: process.stderr });
  shown.start(total ?? 0, 0, { note: '' });
  return {
    at: (done, note = '') => shown.update(done, { note }),
    end: () => shown.stop(),
  };
}

function lines(label: string, total: number | null): Progress {
  let shown = { done: 0, note: '' };
  const write = (): void => {
    const parts = [...(total === null ? [] : [`${shown.done} of ${total}`]), ...(shown.note === '' ? [] : [shown.note])];
    process.stderr.write(`${label}: ${parts.join(', ')}\n`);
  };
  const timer = setInterval(write, LINE_EVERY_MS);
  return {
    at: (done, note = '') => {
      shown = { done, note };
    },
    end: () => {
      clearInterval(timer);
      write();
    },
  };
}
