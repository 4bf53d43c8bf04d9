import { SingleBar } from 'cli-progress';

/** A person who reads a log wants to see that it moves, not every step. */
const LINE_EVERY_MS = 5_000;

export interface Progress {
  at(done: number, note?: string): void;
  end(): void;
}

/** A bar on a terminal, a plain line every few seconds elsewhere. */
export function progress(label: string, total: number): Progress {
  return process.stderr.isTTY ? bar(label, total) : lines(label, total);
}

function bar(label: string, total: number): Progress {
  const shown = new SingleBar({
    format: `${label.padEnd(12)} {bar} {value}/{total} {note}`,
    stream: process.stderr,
    hideCursor: false,
  });
  shown.start(total, 0, { note: '' });
  return {
    at: (done, note = '') => shown.update(done, { note }),
    end: () => shown.stop(),
  };
}

function lines(label: string, total: number): Progress {
  let shown = { done: 0, note: '' };
  const write = (): void => {
    process.stderr.write(`${label} ${shown.done} of ${total}${shown.note === '' ? '' : `, ${shown.note}`}\n`);
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
