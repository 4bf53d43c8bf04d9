import { SingleBar } from 'cli-progress';
import type { Jobs } from './run-jobs.ts';

/** A person who reads a log wants to see that it moves, not every step. */
const LINE_EVERY_MS = 15_000;
const BAR_EVERY_MS = 500;
const SAID_MAX = 60;

/** Shows how far the jobs are until it is called: a bar on a terminal, a plain line now and then elsewhere. */
export function showProgress(jobs: Jobs, total: number): () => void {
  const startedAtMs = performance.now();
  const note = (): string => {
    const running = jobs.now().map(({ name, said }) => (said === '' ? name : `${name} (${said.slice(0, SAID_MAX)})`));
    return `${Math.round((performance.now() - startedAtMs) / 1_000)} s; now ${running.join(', ') || 'nothing'}`;
  };
  if (!process.stderr.isTTY) {
    const timer = setInterval(() => process.stderr.write(`prove: ${jobs.done()} of ${total}, ${note()}\n`), LINE_EVERY_MS);
    return () => clearInterval(timer);
  }
  const bar = new SingleBar({ format: '{bar} {value}/{total} {note}', stream: process.stderr, linewrap: false });
  bar.start(total, 0, { note: '' });
  const timer = setInterval(() => bar.update(jobs.done(), { note: note() }), BAR_EVERY_MS);
  return () => {
    clearInterval(timer);
    bar.stop();
  };
}
