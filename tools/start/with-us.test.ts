import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

const PATIENCE = { timeout: 40_000, interval: 50 };

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'with-us-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('the files of whoever is killed are gone soon, and stay as long as it lives', async () => {
  const entry = path.join(import.meta.dirname, 'with-us.ts');
  const script = `import(process.argv[1]).then(({ forgetWithUs }) => { forgetWithUs(process.argv[2]); console.log('up'); setInterval(() => 0, 1_000); })`;
  const child = spawn(process.execPath, ['-e', script, entry, folder], { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(child.stdout, 'data');
  expect(existsSync(folder)).toBe(true);
  child.kill('SIGKILL');
  await vi.waitFor(() => expect(existsSync(folder)).toBe(false), PATIENCE);
});

test.skipIf(process.platform !== 'linux')('what runs for whoever is killed ends with it', async () => {
  const entry = path.join(import.meta.dirname, 'with-us.ts');
  const script = `const { spawn } = require('node:child_process');
    import(process.argv[1]).then(({ dyingWithUs }) => {
      const [program, ...rest] = dyingWithUs(['sleep', '60'], 'TERM');
      console.log(spawn(program, rest).pid);
      setInterval(() => 0, 1_000);
    })`;
  const killed = spawn(process.execPath, ['-e', script, entry], { stdio: ['ignore', 'pipe', 'ignore'] });
  const pid = Number(String(await once(killed.stdout, 'data')));
  // Before that it has not said yet what shall end it.
  await vi.waitFor(() => expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).toMatch(/^sleep/), PATIENCE);
  expect(isRunning(pid)).toBe(true);
  killed.kill('SIGKILL');
  await vi.waitFor(() => expect(isRunning(pid)).toBe(false), PATIENCE);
});

/** Nobody may have asked yet how it ended. */
function isRunning(pid: number): boolean {
  const stat = `/proc/${pid}/stat`;
  return existsSync(stat) && !readFileSync(stat, 'utf8').includes(') Z ');
}
