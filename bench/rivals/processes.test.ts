import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { programOf } from './installed.ts';
import { familyOf, startDatabase } from './processes.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'processes-'));
});
afterEach(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

test('a database that cannot start says why in its own words', async () => {
  const started = startDatabase(folder, ['sh', '-c', 'echo there is no room >&2; exit 1'], 'ready');
  await expect(started).rejects.toThrow('there is no room');
});

test('a program that is not installed is no crash', async () => {
  expect(programOf('no-such-database')).toBeNull();
  await expect(startDatabase(folder, ['no-such-database'], 'ready')).rejects.toThrow('no-such-database');
});

test('a database is up when its log says so, and gone when it has been stopped', async () => {
  const database = await startDatabase(folder, ['sh', '-c', 'echo now ready; exec sleep 60'], 'now ready');
  expect(process.kill(database.pid, 0)).toBe(true);
  await database.stop();
  expect(() => process.kill(database.pid, 0)).toThrow('ESRCH');
});

test.skipIf(process.platform !== 'linux')('the processes of a database are counted with it', async () => {
  const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; wait'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const child = Number(String(await once(parent.stdout, 'data')));
  try {
    expect(familyOf(parent.pid ?? 0)).toEqual([parent.pid, child]);
  } finally {
    process.kill(child);
    parent.kill();
  }
});
