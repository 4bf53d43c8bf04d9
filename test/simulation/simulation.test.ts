import { execFile } from 'node:child_process';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { PartReport } from '../prove/part.ts';
import { ROOT } from '../source-files.ts';

const run = promisify(execFile);

/** In a process of its own, because it takes over its clock. */
async function simulated(...options: readonly string[]): Promise<PartReport> {
  const file = path.join(await mkdtemp(path.join(tmpdir(), 'simulation-')), 'report.json');
  const entry = path.join(ROOT, 'test/simulation/run-simulation.ts');
  // It ends with 1 where something is wrong, and the report says what.
  await run(process.execPath, [entry, '--report', file, ...options]).catch(() => undefined);
  return JSON.parse(await readFile(file, 'utf8')) as PartReport;
}

// A few, to see that it runs: `npm run prove` has hundreds.
test('[I1] [I2] [I3] [I5] [I6] [I7] [I8] [I9] [I10] [I15] [I16] [I17] [I23] shops in which everything may go wrong keep their promises', async () => {
  const { failures, counted } = await simulated('--seeds', '6');
  expect([failures, counted['seeds']]).toEqual([[], 6]);
}, 120_000);

test('the same seed is the same run', async () => {
  const { failures } = await simulated('--twice', '--from', '1001', '--seeds', '2');
  expect(failures).toEqual([]);
}, 120_000);
