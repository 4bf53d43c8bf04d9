import { gzipSync } from 'node:zlib';
import type { WorkerBundle } from '../../../tools/start/bundle.ts';

export interface Weight {
  readonly bytes: number;
  /** What is uploaded, and what the platform limits. */
  readonly gzipBytes: number;
}

/** Of all modules of a script together, as a deployment uploads them. */
export function weightOf({ modules }: WorkerBundle): Weight {
  const whole = Buffer.from(modules.map(({ contents }) => contents).join(''));
  return { bytes: whole.length, gzipBytes: gzipSync(whole).length };
}
