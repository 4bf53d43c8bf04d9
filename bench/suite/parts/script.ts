import { bundleWorker } from '../../../tools/start/bundle.ts';
import { FRONT } from '../../../tools/start/workers.ts';
import { median } from '../noise.ts';
import type { Bench, Part } from '../part.ts';
import type { Row } from '../row.ts';
import { EMPTY, startCpuMs } from '../script/start-cpu.ts';
import { weightOf } from '../script/weight.ts';
import { figure } from '../table.ts';

/** docs/script.md; a test fails long before the script is twice as heavy. */
const ONE_SCRIPT = {
  reached: 337,
  why: 'our own code alone is more than 200 kB; only the selling part in a script of its own would be less (docs/script.md)',
};
const READ_WHOLE = {
  reached: 46,
  why: 'V8 reads the whole script at the start, which is half of it, and zod makes its first schemas (docs/script.md)',
};
const STARTS = { quick: 3, whole: 9 };

/** P14: what the script weighs, and what the start of an isolate costs. */
export const script: Part = {
  name: 'script',
  about: 'P14: the size of the script and the cost of a start',
  needsWrk: false,
  run,
};

async function run({ quick, say }: Bench): Promise<readonly Row[]> {
  say('the script');
  const front = await bundleWorker(FRONT.config);
  const { bytes, gzipBytes } = weightOf(front);
  const own: number[] = [];
  const empty: number[] = [];
  const starts = quick ? STARTS.quick : STARTS.whole;
  for (let round = 0; round < starts; round += 1) {
    say(`start ${round + 1} of ${starts}`);
    if (round % 2 === 0) empty.push(await startCpuMs(EMPTY));
    own.push(await startCpuMs(front));
    if (round % 2 === 1) empty.push(await startCpuMs(EMPTY));
  }
  const added = median(own) - median(empty);
  const said = { target: 'P14', durability: '', connections: null };
  return [
    {
      ...said,
      work: 'the script, gzip',
      against: '',
      base: '',
      measured: `${figure(gzipBytes / 1_000)} kB`,
      ratio: gzipBytes / 1_000,
      range: null,
      wanted: { kind: 'at most', figure: 150, unit: 'kB', missed: ONE_SCRIPT },
      note: `${figure(bytes / 1_000)} kB before compression; what is in it, and why: docs/script.md`,
    },
    {
      ...said,
      work: 'start of an isolate up to its first answer, CPU beyond an empty Worker’s',
      against: 'empty Worker',
      base: `${figure(median(empty))} ms`,
      measured: `${figure(median(own))} ms`,
      ratio: added,
      range: [Math.min(...own) - median(empty), Math.max(...own) - median(empty)],
      wanted: { kind: 'at most', figure: 45, unit: 'ms', missed: READ_WHOLE, ofMachine: true },
      note: `main thread of a fresh process, median of ${starts}`,
    },
  ];
}
