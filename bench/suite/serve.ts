// A server under measure, in a process of its own: `node serve.ts KIND FOLDER`. It says in one line where it answers, and ends when
// its input ends, so that it never outlives whoever measures.
import path from 'node:path';
import { serveFront, type Instead } from './served-front.ts';

const KINDS: Readonly<Record<string, Instead>> = {
  front: {},
  floor: { entry: path.join(import.meta.dirname, 'floor/floor.ts') },
  objects: { entry: path.join(import.meta.dirname, 'objects/objects.ts'), inspected: true },
  'never-fresh': { vars: { FRESH_FOR_MS_MAX: '0' } },
};

const [kind = '', below = ''] = process.argv.slice(2);
const instead = KINDS[kind];
if (instead === undefined) throw new Error(`there is no server "${kind}"`);
const served = await serveFront(below, instead);
const stop = (): void => void served.stop().then(() => process.exit(0));
process.stdin.resume().once('end', stop);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.removeAllListeners(signal).once(signal, stop);
const { url, inspectorPort, keys } = served;
console.log(JSON.stringify({ url, pid: served.runtimePid(), inspectorPort, keys }));
