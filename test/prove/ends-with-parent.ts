// Loaded before what a child of the proof runs: when its parent is gone, which cannot stop it any more, it ends with all that it
// started. In a thread of its own, for most parts calculate for minutes without a look at anything else.
import { isMainThread, Worker } from 'node:worker_threads';

const LOOK_EVERY_MS = 1_000;

// The group is named after the child that leads it; whoever leads none has a leader that does this.
const WATCH = `
  const { workerData: parent } = require('node:worker_threads');
  setInterval(() => {
    if (process.ppid === parent) return;
    try {
      process.kill(-process.pid, 'SIGTERM');
    } catch {}
  }, ${LOOK_EVERY_MS});
`;

if (isMainThread) {
  new Worker(WATCH, { eval: true, execArgv: [], workerData: process.ppid }).unref();
  // Nobody reads what it says any more: to die of that would be to leave what it started.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
}
