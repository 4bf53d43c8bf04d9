import { beforeEach, expect, test } from 'vitest';
import { CATALOGUE_CACHED_MS_MAX } from '../../contracts/limits.ts';
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
  nowMs += 1;
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
