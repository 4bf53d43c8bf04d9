import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fakeFront, type FakeFront } from './fake-front.ts';
import { replayOptions } from './options.ts';
import { replay } from './replay.ts';
import { ReplayStopped } from './replay-stopped.ts';
import { sampleOrders } from './sample.ts';

const IMPATIENT = { askingMsMax: 5_000, pauseMsMin: 1, drainingMsMax: 20_000, pollMs: 1 };

const HEADER = 'invoice_no,stock_code,description,quantity,invoice_date,unit_price,customer_id,country';
const BLANK = { say: () => {}, progress: () => ({ at: () => {}, end: () => {} }) };

let front: FakeFront;
let state: string;
let orders: string;

beforeEach(async () => {
  front = await fakeFront();
  state = await mkdtemp(path.join(os.tmpdir(), 'holdfast-replay-'));
  orders = path.join(state, 'orders.csv');
  await writeFile(orders, sampleOrders(40, 1));
  await writeFile(path.join(state, 'dev-keys.json'), JSON.stringify({ admin: 'a', stock: 'b' }));
  await writeFile(path.join(state, 'secrets.json'), JSON.stringify({ ERP_TOKEN: 'd' }));
});

afterEach(async () => {
  await front.close();
  await rm(state, { recursive: true });
});

const start = (flags: readonly string[], patience = IMPATIENT) =>
  replay(replayOptions(['--state', state, '--url', front.url, '--erp-url', front.url, ...flags]), BLANK, patience);

const stock = () => JSON.stringify([...front.items].toSorted(([left], [right]) => (left < right ? -1 : 1)));

const carts = () => front.requests.filter(({ path }) => path === '/v1/reservations');
const logOf = (run: string) => readFile(path.join(state, `replay-${run}.ndjson`), 'utf8');

test('a replay through a healthy front ends in agreement, with lines refused for lack of stock', async () => {
  const { text, agrees } = await start([orders, '--run', 'calm']);

  expect(text).toContain('Everything agrees.');
  expect(agrees).toBe(true);
  expect(text).toMatch(/lines refused +\d+ +\d+ × insufficient_stock at reserve/);
  expect(text).toMatch(/accepted whole +[1-9]/);
  expect(text).toMatch(/accepted in part +[1-9]/);
  expect(text).toMatch(/largest cart +\d+ +lines, invoice \d+ on \w+, granted \w+: .*reserve \d+ ms/);
});

test('an invoice is one cart: all its lines in one call, with its buyer, on the channel of its key', async () => {
  await start([orders, '--run', 'calm']);

  const sent = new Set(carts().map(({ key }) => key?.split(':')[1]));
  const lines = new Set(carts().map(({ body }) => JSON.stringify(body).split('"sku"').length - 1));
  expect(sent.size).toBe(40);
  expect(Math.max(...lines)).toBeGreaterThan(15);
  expect(new Set(carts().map(({ token, body }) => `${token} ${JSON.stringify(body).includes('buyer')}`))).toEqual(
    new Set(['secret of key-1 true', 'secret of key-2 true', 'secret of key-3 false']),
  );
});

test('the till asks its own place first, then any, and takes in the end what there is', async () => {
  await writeFile(orders, [HEADER, '1,20001,,4,2031-03-03T09:00:00Z,1,,Ruritania', ''].join('\n'));
  const { agrees } = await start([orders, '--run', 'till', '--opening', '0.5']);

  expect(agrees).toBe(true);
  expect(carts().map(({ key, body }) => [key?.split(':')[3], body])).toEqual([
    ['reserve_here', { lines: [{ sku: '20001', quantity: 4, location: 'shop' }], mode: 'all_or_nothing' }],
    ['reserve', { lines: [{ sku: '20001', quantity: 4 }], mode: 'all_or_nothing' }],
    ['reserve_partial', { lines: [{ sku: '20001', quantity: 4 }], mode: 'partial' }],
  ]);
});

test('the keys that sell lie in a file for nobody else, and in no log or report', async () => {
  const { text } = await start([orders, '--run', 'calm']);

  const { mode } = await stat(path.join(state, 'replay-calm-keys.json'));
  expect(mode & 0o777).toBe(0o600);
  expect(`${await logOf('calm')}${text}`).not.toContain('secret of');
});

test.each([
  [
    'says that a line is short that is not',
    { code: 'insufficient_stock', lines: [{ line: 1, sku: '20001', requested: 1, available: 9 }] },
  ],
  ['refuses for a reason that is not stock', { code: 'reservation_released' }],
])('a front that %s fails the replay, which names the invoice', async (_, refusal) => {
  await writeFile(orders, [HEADER, '17,20001,,1,2031-03-03T09:00:00Z,1,5,Ruritania', ''].join('\n'));
  front.instead = (at) => (at === '/v1/reservations' ? { status: 409, body: refusal } : undefined);
  const { text, agrees } = await start([orders, '--run', 'lie', '--opening', '2']);

  expect(agrees).toBe(false);
  expect(text).toContain('invoice 17: refused at reserve');
});

test.each([
  ['keeps them for the till', true, /^protected units +\d+ +of \w+ for store: \d+ sold there, 0 taken by others$/m],
  ['does not know them fails the replay', false, /\w+: \d+ protected units were sold by other channels/],
])('units of the item that all want are protected, and a front that %s', async (_, keepsQuotas, said) => {
  await writeFile(orders, sampleOrders(40, 2));
  front.keepsQuotas = keepsQuotas;
  const { text, agrees } = await start([orders, '--run', 'quota']);

  expect(agrees).toBe(keepsQuotas);
  expect(text).toMatch(said);
});

test('a run whose keys are lost goes on under the same keys with new secrets, so that nothing is sold again', async () => {
  front.fate = (count) => (count > 240 ? 'lost' : 'served');
  await expect(start([orders, '--run', 'cut'], { ...IMPATIENT, askingMsMax: 20 })).rejects.toThrow(ReplayStopped);
  await rm(path.join(state, 'replay-cut-keys.json'));

  front.fate = () => 'served';
  expect((await start(['--resume', '--run', 'cut'])).agrees).toBe(true);
  expect(carts().at(-1)?.token).toContain('new secret of key-');
});

test('a run of a replay that sold row by row is not gone on with', async () => {
  const old = { type: 'run', run: 'old', file: orders, sha256: '', opening: 1, issueAt: 'commit', lastDay: null };
  await writeFile(path.join(state, 'replay-old.ndjson'), `${JSON.stringify({ ...old, url: '', erpUrl: '', startedAt: '' })}\n`);
  await expect(start(['--resume', '--run', 'old'])).rejects.toThrow('Begin a new run');
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
  // About half of the carts are through by then.
  front.fate = (count) => (count > 240 ? 'lost' : count === 240 ? 'served_unheard' : 'served');
  await expect(start([orders, '--run', 'cut'], { ...IMPATIENT, askingMsMax: 20 })).rejects.toThrow(ReplayStopped);
  const log = path.join(state, 'replay-cut.ndjson');
  const finished = (await readFile(log, 'utf8')).split('"row":').length - 1;
  await writeFile(log, '{"type":"commi', { flag: 'a' });

  front.fate = () => 'served';
  const before = carts().length;
  const { text, agrees } = await start(['--resume']);

  expect(agrees).toBe(true);
  expect(finished).toBeGreaterThan(10);
  expect(text).toContain(`${finished} of them finished before this start`);
  const again = new Set(
    carts()
      .slice(before)
      .map(({ key }) => key?.split(':')[1]),
  );
  expect(again.size).toBeLessThan(40);
});

test('a run that is complete can be compared once more without sending a row', async () => {
  await start([orders, '--run', 'whole', '--issue-at', 'commit']);
  const before = front.requests.length;
  const { agrees } = await start(['--resume', '--run', 'whole']);

  expect(agrees).toBe(true);
  expect(front.requests.slice(before).filter(({ key }) => key !== undefined)).toEqual([]);
});

test('goods that leave are gone from all three books', async () => {
  front.issueAt = 'fulfil';
  const { text, agrees } = await start([orders, '--run', 'shipped', '--issue-at', 'fulfil', '--opening', '2']);

  expect(agrees).toBe(true);
  expect(text.match(/lines fulfilled +(\d+)/)?.[1]).toBe(text.match(/lines accepted +(\d+)/)?.[1]);
  const places = [...front.items.values()].flatMap((item) => Object.values(item.places));
  expect(places.every(({ committed }) => committed === 0)).toBe(true);
});

test('goods that were written off after the promise stay owed, and the rest of their cart leaves', async () => {
  const goods = ['20001', '20002'].map((code) => `17,${code},,4,2031-03-03T09:00:00Z,1,5,Ruritania`);
  await writeFile(orders, [HEADER, ...goods, ''].join('\n'));
  front.issueAt = 'fulfil';
  const gone = { code: 'insufficient_stock', lines: [{ line: 1, sku: '20001', requested: 4, available: 0, sequence: 9 }] };
  front.instead = (at, body) =>
    at.endsWith('/fulfill') && JSON.stringify(body) === '{}' ? { status: 409, body: gone } : undefined;
  const { text, agrees } = await start([orders, '--run', 'rest', '--issue-at', 'fulfil', '--opening', '1']);

  expect(agrees).toBe(true);
  expect(text).toMatch(/lines fulfilled +1 +1 × insufficient_stock otherwise/);
  const owed = [...front.items].map(([sku, { places }]) => [
    sku,
    Object.values(places).reduce((sum, one) => sum + one.committed, 0),
  ]);
  expect(owed).toEqual([
    ['20001', 4],
    ['20002', 0],
  ]);
});

test('an item that had stock and promises before the run is taken as it was found', async () => {
  await start([orders, '--run', 'first']);
  expect((await start([orders, '--run', 'second'])).agrees).toBe(true);
});

test('a unit that the front lost is found, named and fails the replay', async () => {
  await start([orders, '--run', 'whole']);
  const [sku, item] = [...front.items][0] ?? [];
  if (sku === undefined || item === undefined) throw new Error('the sample has goods');
  for (const place of Object.values(item.places).slice(0, 1)) place.sellable -= 1;
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
