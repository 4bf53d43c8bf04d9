import { tmpdir } from 'node:os';
import path from 'node:path';
import { serveFront, type ServedFront } from '../suite/served-front.ts';

const ENTRY = path.join(import.meta.dirname, 'front/counted-front.ts');

export type CountedServer = Pick<ServedFront, 'url' | 'keys' | 'runtimePid' | 'ringCron' | 'stop'>;

/** The front with its counters and the reference ERP, as `npm start` runs them, on free ports with an empty state. */
export function startCountedServer(): Promise<CountedServer> {
  return serveFront(tmpdir(), { entry: ENTRY });
}
