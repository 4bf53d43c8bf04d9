// A server under measure, in a process of its own: `node serve.ts KIND FOLDER`. It says in one line where it answers, and ends when
// its input ends, so that it never outlives whoever measures.
import path from 'node:path';
import { serveFront } from './served-front.ts';

const ENTRIES: Readonly<Record<string, string | undefined>> = {
  front: undefined,
  floor: path.join(import.meta.dirname, 'floor/floor.ts'),
  objects: path.join(import.meta.dirname, 'objects/objects.ts'),
};

const [kind = '', below = ''] = process.argv.slice(2);
if (!(kind in ENTRIES)) throw new Error(`there is no server "${kind}"`);
const served = await serveFront(below, ENTRIES[kind]);
const stop = (): void => void served.stop().then(() => process.exit(0));
process.stdin.resume().once('end', stop);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.removeAllListeners(signal).once(signal, stop);
const { admin, sales_web } = served.keys;
console.log(JSON.stringify({ url: served.url, pid: served.runtimePid(), keys: { admin, sales_web } }));
