import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCheck, type Verdict } from './run-check.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'holdfast-check-'));
});
afterAll(() => rm(folder, { recursive: true }));

const FOUND = { what: 'TEA: 1000 ms reserve 2\nI5: took 3 of 2', again: 'npm run simulate -- --seed 4' };

test('a bug is caught by what a check wrote down, in the words that tell most', async () => {
  expect(await checked('finds', [FOUND], 1)).toMatchObject({ outcome: 'caught', by: 'I5: took 3 of 2' });
});

test('a check that finds nothing has passed', async () => {
  expect(await checked('content', [], 0)).toMatchObject({ outcome: 'passed' });
});

test('a check that dies catches nothing, whatever it was given', async () => {
  expect(await checked('dies', null, 1)).toMatchObject({ outcome: 'broken' });
  expect(await checked('odd', [], 1)).toMatchObject({ outcome: 'broken' });
});

async function checked(name: string, failures: readonly object[] | null, code: number): Promise<Verdict> {
  const report = JSON.stringify({ part: 'fake', counted: {}, faults: {}, reached: {}, failures });
  const write = `writeFileSync(process.argv[process.argv.indexOf('--report') + 1], ${JSON.stringify(report)});`;
  const script = `import { writeFileSync } from 'node:fs';\n${failures === null ? '' : write}\nprocess.exitCode = ${code};\n`;
  await writeFile(path.join(folder, `${name}.mjs`), script);
  return runCheck({ layer: 'simulation', command: [`${name}.mjs`] }, { folder });
}
