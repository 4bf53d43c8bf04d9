import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ROOT } from './source-files.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'holdfast-lint-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('a write that nobody waits for does not pass the linter', async () => {
  const report = await lint('async function write() {}\nexport function answer() {\n  write();\n}\n');
  expect(report).toContain('no-floating-promises');
});

test('a write that is waited for passes', async () => {
  const report = await lint('async function write() {}\nexport async function answer() {\n  await write();\n}\n');
  expect(report).not.toContain('no-floating-promises');
});

async function lint(code: string): Promise<string> {
  const file = path.join(folder, 'sample.ts');
  await writeFile(file, code);
  const { promise, resolve } = Promise.withResolvers<string>();
  execFile(
    path.join(ROOT, 'node_modules/.bin/oxlint'),
    ['-c', path.join(ROOT, '.oxlintrc.json'), '-f', 'unix', file],
    (_, stdout, stderr) => resolve(stdout + stderr),
  );
  return promise;
}
