import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fakeFront, type FakeFront } from './fake-front.ts';
import { replayOptions } from './options.ts';
import { replay } from './replay.ts';
import { ReplayStopped } from './replay-stopped.ts';
import { sampleOrders } from './sample.ts';

const IMPATIENT = { askingMsMax: 5_000, pauseMsMin: 1, drainingMsMax: 1_000, pollMs: 1 };

const BLANK = { say: () => {}, progress: () => ({ at: () => {}, end: () => {} }) };

let front: FakeFront;
let state: string;
let orders: string;

beforeEach(async () => {
  front = await fakeFront();
  state = await mkdtemp(path.join(os.tmpdir(), 'holdfast-replay-'));
  orders = path.join(state, 'orders.csv');
  await writeFile(orders, sampleOrders(40, 1));
  await writeFile(path.join(state, 'dev-keys.json'), JSON.stringify({ admin: 'a', stock: 'b', sales_web: 'c' }));
  await writeFile(path.join(state, 'secrets.json'), JSON.stringify({ ERP_TOKEN: 'd' }));
});

afterEach(async () => {
  await front.close();
  await rm(state, { recursive: true });
});

const start = (flags: readonly string[], patience = IMPATIENT) =>
  replay(replayOptions(['--state', state, '--url', front.url, '--erp-url', front.url, ...flags]), BLANK, patience);

const stock = () => JSON.stringify([...front.items].toSorted(([left], [right]) => (left < right ? -1 : 1)));

test('a replay through a healthy front ends in agreement, with lines refused for lack of stock', async () => {
  const { text, agrees } = await start([orders, '--run', 'calm']);

  expect(text).toContain('Everything agrees.');
  expect(agrees).toBe(true);
  expect(text).toMatch(/lines refused +\d+ +\d+ × insufficient_stock at reserve/);
});

test('[R9] answers that get lost, with or without effect, change no number', async () => {
  await start([orders, '--run', 'calm', '--concurrency', '1']);
  const calm = stock();
  await front.close();

  front = await fakeFront();
  front.fate = (count) =>
    count % 11 === 0 ? 'lost' : count % 7 === 0 ? 'served_unheard' : count % 17 === 0 ? 'overloaded' : 'served';
  const { agrees } = await start([orders, '--run', 'storm', '--concurrency', '1']);

  expect(agrees).toBe(true);
  expect(stock()).toBe(calm);
});

test('[R9] a repeat carries the key of the attempt that was never answered', async () => {
  front.fate = (count) => (count % 5 === 0 ? 'served_unheard' : 'served');
  await start([orders, '--run', 'storm']);

  const unheard = front.requests.filter(({ key, fate }) => key !== undefined && fate === 'served_unheard');
  const asked = (key: string | undefined) => front.requests.filter((request) => request.key === key).length;
  expect(unheard.length).toBeGreaterThan(10);
  expect(unheard.every(({ key }) => asked(key) > 1)).toBe(true);
});

test('a run that was stopped in the middle goes on where it was, and every unit moves once', async () => {
  const dead = (count: number) => (count > 400 ? 'lost' : count === 400 ? 'served_unheard' : 'served');
  front.fate = dead;
  await expect(start([orders, '--run', 'cut'], { ...IMPATIENT, askingMsMax: 20 })).rejects.toThrow(ReplayStopped);
  const log = path.join(state, 'replay-cut.ndjson');
  const finished = (await readFile(log, 'utf8')).split('\n').filter((line) => line.includes('"row"')).length;
  await writeFile(log, '{"type":"commi', { flag: 'a' });

  front.fate = () => 'served';
  const before = front.requests.length;
  const { text, agrees } = await start(['--resume']);

  expect(agrees).toBe(true);
  expect(finished).toBeGreaterThan(10);
  expect(text).toContain(`${finished} of them finished before this start`);
  const again = front.requests.slice(before).filter(({ path }) => path === '/v1/reservations').length;
  expect(again).toBeLessThan(front.requests.filter(({ path }) => path === '/v1/reservations').length - finished / 2);
});

test('a run that is complete can be compared once more without sending a row', async () => {
  await start([orders, '--run', 'whole', '--issue-at', 'commit']);
  const before = front.requests.length;
  const { agrees } = await start(['--resume', '--run', 'whole']);

  expect(agrees).toBe(true);
  expect(front.requests.slice(before).filter(({ key }) => key !== undefined)).toEqual([]);
});

test('goods that leave are gone from all three books', async () => {
  const { text, agrees } = await start([orders, '--run', 'shipped', '--issue-at', 'fulfil']);

  expect(agrees).toBe(true);
  expect(text).toMatch(/lines fulfilled +\d+/);
  expect([...front.items.values()].every(({ committed }) => committed === 0)).toBe(true);
});

test('an item that had stock and promises before the run is taken as it was found', async () => {
  await start([orders, '--run', 'first']);
  expect((await start([orders, '--run', 'second'])).agrees).toBe(true);
});

test('a unit that the front lost is found, named and fails the replay', async () => {
  await start([orders, '--run', 'whole']);
  const [sku, item] = [...front.items][0] ?? [];
  if (sku === undefined || item === undefined) throw new Error('the sample has goods');
  item.sellable -= 1;
  const { text, agrees } = await start(['--resume', '--run', 'whole']);

  expect(agrees).toBe(false);
  expect(text).toContain(`${sku}: front, on_hand sellable, by our log: expected`);
});

test('an empty list of postings is not believed while an item says that the ERP has yet to hear of it', async () => {
  front.erpReadsBehind = 25;
  expect((await start([orders, '--run', 'behind'])).agrees).toBe(true);
});

test('a resumed run refuses another file', async () => {
  await start([orders, '--run', 'whole']);
  await writeFile(orders, sampleOrders(41, 1));
  await expect(start(['--resume', '--run', 'whole'])).rejects.toThrow('began with another file');
});

test('a name that is taken is not begun anew', async () => {
  await start([orders, '--run', 'whole']);
  await expect(start([orders, '--run', 'whole'])).rejects.toThrow('There is a run whole already');
});
