import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { devKeys } from './dev-keys.ts';
import { openState, readRun, recordRun } from './state.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'holdfast-state-'));
});
afterEach(() => rm(dir, { recursive: true }));

test('secrets and keys are the same at the next start, and nobody else may read them', async () => {
  const first = await openState(dir, false);
  const firstKeys = await devKeys(first);
  const second = await openState(dir, false);

  expect(second.secrets).toEqual(first.secrets);
  expect(await devKeys(second)).toEqual(firstKeys);
  for (const name of ['secrets.json', 'dev-keys.json']) expect((await stat(path.join(dir, name))).mode & 0o777).toBe(0o600);
});

test('a state of an older version keeps its secrets and gets those that it lacks', async () => {
  const { secrets, dir: kept } = await openState(dir, false);
  const { SECRETS_KEY: _, ...older } = secrets;
  await writeFile(path.join(kept, 'secrets.json'), JSON.stringify(older));
  const upgraded = (await openState(dir, false)).secrets;
  expect(upgraded).toEqual({ ...older, SECRETS_KEY: expect.any(String) });
  expect((await openState(dir, false)).secrets).toEqual(upgraded);
});

test('a fresh start forgets what was ours and leaves the rest of the folder alone', async () => {
  const before = await openState(dir, false);
  await writeFile(path.join(before.dataDir, 'stock.sqlite'), 'rows');
  await writeFile(path.join(dir, 'notes.txt'), 'mine');
  const after = await openState(dir, true);

  expect(after.secrets).not.toEqual(before.secrets);
  await expect(stat(path.join(after.dataDir, 'stock.sqlite'))).rejects.toThrow('ENOENT');
  expect(await readFile(path.join(dir, 'notes.txt'), 'utf8')).toBe('mine');
});

test('a record of a run that a crash cut short counts as none', async () => {
  const state = await openState(dir, false);
  expect(await readRun(dir)).toBeUndefined();
  await recordRun(state, { runtimePid: 4711, parentPid: 4710, port: 1, erpPort: 2 });
  expect(await readRun(dir)).toEqual({ runtimePid: 4711, parentPid: 4710, port: 1, erpPort: 2 });
  await writeFile(state.runFile, '{"runtimePid": 47');
  expect(await readRun(dir)).toBeUndefined();
});
