import { beforeEach, expect, test } from 'vitest';
import { CATALOGUE_CACHED_MS_MAX, CATALOGUE_RENEWED_MS } from '../../contracts/limits.ts';
import { d1OnNode } from '../../test/d1-on-node.ts';
import { cachedDirectories, type Directories } from './directory.ts';

const SLOW_MS = 400;

let nowMs: number;
let database: D1Database;
let asked: number;
let directories: Directories;

beforeEach(() => {
  nowMs = 1_000_000;
  asked = 0;
  database = d1OnNode();
  const slow = (sql: string): D1PreparedStatement => {
    asked += 1;
    nowMs += SLOW_MS;
    return database.prepare(sql);
  };
  const through = new Proxy(database, { get: (d1, name) => (name === 'prepare' ? slow : Reflect.get(d1, name)) });
  directories = cachedDirectories(
    through,
    () => undefined,
    () => nowMs,
  );
});

test('what is known of the network is as old as the question, however late the answer came', async () => {
  const askedAtMs = nowMs;
  const known = await directories.renewed();
  expect(nowMs).toBeGreaterThan(askedAtMs);
  nowMs = askedAtMs + CATALOGUE_CACHED_MS_MAX - 1;
  expect(directories.atHand()).toBe(known);
  nowMs = askedAtMs + CATALOGUE_CACHED_MS_MAX;
  expect(directories.atHand()).toBe(null);
});

test('where the clock was set back the network is read again', async () => {
  const known = await directories.current();
  nowMs -= 3_600_000;
  const before = asked;
  expect(directories.atHand()).toBe(null);
  expect((await directories.current()).network).toBe(known.network);
  expect(asked).toBeGreaterThan(before);
});

test('whoever comes late in its second has it read once behind the answer, so that nobody has to wait for it', async () => {
  const askedAtMs = nowMs;
  await directories.renewed();
  nowMs = askedAtMs + CATALOGUE_RENEWED_MS - 1;
  const before = asked;
  directories.atHand();
  expect(asked).toBe(before);
  nowMs = askedAtMs + CATALOGUE_RENEWED_MS;
  for (let times = 0; times < 3; times += 1) {
    expect(directories.atHand()).not.toBeNull();
    nowMs = askedAtMs + CATALOGUE_RENEWED_MS;
  }
  expect(asked).toBe(before + 1);
  await directories.renewed();
  nowMs = askedAtMs + CATALOGUE_CACHED_MS_MAX;
  expect(directories.atHand()).not.toBeNull();
});

test('what could not be read ahead is read when it is needed', async () => {
  const askedAtMs = nowMs;
  await directories.renewed();
  const away = (): never => {
    throw new Error('the database is away');
  };
  database = new Proxy(database, { get: () => away });
  nowMs = askedAtMs + CATALOGUE_RENEWED_MS;
  expect(directories.atHand()).not.toBeNull();
  nowMs = askedAtMs + CATALOGUE_CACHED_MS_MAX;
  expect(directories.atHand()).toBeNull();
  await expect(directories.current()).rejects.toThrow('the database is away');
});
