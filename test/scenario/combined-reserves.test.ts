import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { COMBINED_CALLS_AT_ONCE_MAX, COMBINED_RESERVES_MAX, COMBINED_WAITING_MAX } from '../../contracts/limits.ts';
import { serveFront, type ServedFront } from '../../bench/suite/served-front.ts';
import { expectReadAddsUp } from '../adds-up.ts';

const BUYERS = 60;
const CALLS_FEW = 10;
const UP_MS_MAX = 120_000;
const PATIENCE = { timeout: 15_000, interval: 20 };

let front: ServedFront;

beforeAll(async () => {
  front = await serveFront(tmpdir(), { entry: path.join(import.meta.dirname, 'gated-front.ts') });
  await asAdmin('PUT', '/v1/locations/dc', { type: 'dc' });
}, UP_MS_MAX);

afterAll(async () => front.stop());

interface Gate {
  readonly sizes: readonly number[];
  readonly underWay: number;
  readonly waiting: number;
}

async function gate(does = ''): Promise<Gate> {
  return (await (await fetch(`${front.url}/gate${does}`)).json()) as Gate;
}

async function asAdmin(method: string, pathname: string, body?: unknown): Promise<Record<string, unknown>> {
  const headers = { authorization: `Bearer ${front.keys.admin}`, 'content-type': 'application/json' };
  const reply = await fetch(front.url + pathname, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const said = (await reply.json()) as Record<string, unknown>;
  if (!reply.ok) throw new Error(`${method} ${pathname} answered ${reply.status}: ${JSON.stringify(said)}`);
  return said;
}

/** Shuts the gate before an item with so many units, that has answered before, so that all that is remembered of it is remembered. */
async function shut(sku: string, units: number): Promise<void> {
  await stocked(sku, units);
  await gate(`/close?sku=${sku}`);
}

async function stocked(sku: string, units: number): Promise<void> {
  await asAdmin('PUT', `/v1/items/${sku}`, { status: 'active' });
  const occurred_at = new Date().toISOString();
  const movement = { id: sku, source: 'wms', kind: 'received', sku, location: 'dc', quantity: units + 1, occurred_at };
  await asAdmin('POST', '/v1/movements', { movements: [movement] });
  expect((await reserve(sku, `${sku}-first`).said).status).toBe(201);
}

interface Said {
  readonly status: number;
  readonly traceId: string | undefined;
  readonly replayed: boolean;
  readonly retryAfter: string | undefined;
  readonly body: { readonly id?: string; readonly code?: string; readonly lines?: readonly { readonly available?: number }[] };
}

/** On a connection of its own, so that whoever goes away goes away alone. */
function reserve(sku: string, buyer: string, quantity = 1): { readonly said: Promise<Said>; readonly leave: () => void } {
  const request = http.request(`${front.url}/v1/reservations`, {
    agent: false,
    method: 'POST',
    headers: {
      authorization: `Bearer ${front.keys.sales_web}`,
      'content-type': 'application/json',
      'idempotency-key': buyer,
      traceparent: `00-${traceOf(buyer)}-${'1'.repeat(16)}-01`,
    },
  });
  const said = new Promise<Said>((resolve, reject) => {
    request.once('error', reject);
    request.once('response', (reply) => {
      let text = '';
      reply.on('data', (chunk: Buffer) => (text += chunk.toString()));
      reply.once('error', reject);
      reply.once('end', () => {
        const traceId = String(reply.headers['traceparent']).split('-')[1];
        const replayed = reply.headers['idempotent-replayed'] === 'true';
        const retryAfter = reply.headers['retry-after'];
        resolve({ status: reply.statusCode ?? 0, traceId, replayed, retryAfter, body: JSON.parse(text) as Said['body'] });
      });
    });
  });
  request.end(JSON.stringify({ channel: 'web', lines: [{ sku, quantity }] }));
  return { said, leave: () => request.socket?.resetAndDestroy() };
}

function traceOf(buyer: string): string {
  return Buffer.from(buyer).toString('hex').padStart(32, '0').slice(-32);
}

const buyersOf = (sku: string, from: number, to: number): readonly string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => `${sku}-${from + index}`);

/** So many requests are being answered, and so many calls stand at the gate. */
async function until(expected: Partial<Gate>): Promise<void> {
  await vi.waitFor(async () => expect(await gate()).toMatchObject(expected), PATIENCE);
}

/** What is left, in the words of a refusal. */
async function leftOf(sku: string): Promise<number | undefined> {
  const { status, body } = await reserve(sku, `${sku}-greedy`, 1_000_000).said;
  expect(status).toBe(409);
  return body.lines?.[0]?.available;
}

test('[R37] [R9] reserves that share a call are each answered within their own request, and sell no unit twice', async () => {
  await shut('HOT', BUYERS - 10);
  const replies = buyersOf('HOT', 1, BUYERS).map((buyer) => reserve('HOT', buyer).said);
  await until({ underWay: BUYERS });
  await gate('/open');
  const said = await Promise.all(replies);
  const { sizes } = await gate();

  expect(said.map(({ traceId }) => traceId)).toEqual(buyersOf('HOT', 1, BUYERS).map(traceOf));
  const granted = said.filter(({ status }) => status === 201);
  expect(new Set(granted.map(({ body }) => body.id)).size).toBe(BUYERS - 10);
  expect(said.filter(({ status }) => status !== 201).map(({ body }) => body.code)).toEqual(
    Array.from({ length: 10 }, () => 'insufficient_stock'),
  );
  expect(sizes.length).toBeLessThan(CALLS_FEW);
  expect(await leftOf('HOT')).toBe(0);
  const again = await Promise.all(buyersOf('HOT', 1, BUYERS).map((buyer) => reserve('HOT', buyer).said));
  expect(again.every(({ replayed }) => replayed)).toBe(true);
  expect(again.map(({ body }) => body.id)).toEqual(said.map(({ body }) => body.id));
});

test('[R9] those within whose requests the calls are made go away, and everybody else is answered', async () => {
  await shut('LED', BUYERS);
  const first = reserve('LED', 'LED-1');
  await until({ waiting: 1 });
  const others = buyersOf('LED', 2, BUYERS).map((buyer) => reserve('LED', buyer));
  await until({ underWay: BUYERS });
  const { waiting } = await gate();
  // Whoever made a call, and whoever is to make the next one.
  const leaving = [first, ...others.slice(0, waiting + 5)];
  const left = Promise.allSettled(leaving.map(({ said }) => said));
  for (const { leave } of leaving) leave();
  await left;
  // The runtime has seen that they left, once it has served others.
  for (let n = 0; n < 50; n += 1) await gate();
  await gate('/open');
  const said = await Promise.all(others.slice(waiting + 5).map((one) => one.said));
  expect(said.map(({ status }) => status)).toEqual(said.map(() => 201));
  // Nobody had to lose patience first and ask alone.
  expect((await gate()).sizes.length).toBeLessThan(CALLS_FEW);
});

test('[R9] whoever waits long with nothing of its own to do is not taken for hung', async () => {
  await shut('LONG', BUYERS);
  const replies = buyersOf('LONG', 1, BUYERS).map((buyer) => reserve('LONG', buyer).said);
  await until({ underWay: BUYERS });
  // Meanwhile other requests come and go, and the runtime looks for what hangs.
  for (let n = 0; n < 50; n += 1) expect(await gate()).toMatchObject({ underWay: BUYERS });
  await gate('/open');
  const said = await Promise.all(replies);
  expect(said.map(({ status }) => status)).toEqual(said.map(() => 201));
  expect(await leftOf('LONG')).toBe(0);
});

test('[R3] [R5] one key that comes many times in one call is decided once, and with another content refused, and nobody else is concerned', async () => {
  await shut('KEY', BUYERS);
  const same = Array.from({ length: 20 }, () => reserve('KEY', 'KEY-same').said);
  await until({ underWay: 20 });
  const replies = buyersOf('KEY', 1, 20).map((buyer) => reserve('KEY', buyer).said);
  const others = Array.from({ length: 20 }, () => reserve('KEY', 'KEY-same', 2).said);
  await until({ underWay: BUYERS });
  await gate('/open');
  const said = await Promise.all(same);
  expect(said.map(({ status }) => status)).toEqual(said.map(() => 201));
  expect(said.filter(({ replayed }) => !replayed)).toHaveLength(1);
  expect(new Set(said.map(({ body }) => body.id)).size).toBe(1);
  expect((await Promise.all(others)).map(({ body }) => body.code)).toEqual(said.map(() => 'key_reused'));
  expect((await Promise.all(replies)).map(({ status }) => status)).toEqual(said.map(() => 201));
  expect((await gate()).sizes.length).toBeLessThan(CALLS_FEW);
  expect(await leftOf('KEY')).toBe(BUYERS - 21);
});

test('[R9] [R37] an object is lost in the middle of a shared call: nobody in it hears no, and under their keys each is decided once', async () => {
  await shut('LOST', BUYERS - 10);
  const buyers = buyersOf('LOST', 1, BUYERS);
  const replies = buyers.map((buyer) => reserve('LOST', buyer).said);
  await until({ underWay: BUYERS });
  await gate('/open?loses');
  const said = await Promise.all(replies);
  const unknown = said.filter(({ status }) => status === 500);
  expect(unknown.length).toBeGreaterThan(1);

  const again = await Promise.all(buyers.map((buyer) => reserve('LOST', buyer).said));
  for (const [index, { status, body }] of said.entries())
    if (status !== 500) expect([again[index]?.replayed, again[index]?.body.id]).toEqual([true, body.id]);
  expect(again.filter(({ status }) => status === 201)).toHaveLength(BUYERS - 10);
  expect(again.filter(({ status }) => status !== 201).map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 409));
  expect(await leftOf('LOST')).toBe(0);
});

test('[R47] before an item that stands still so many may wait, more are turned away early, and nobody is kept from another item', async () => {
  // At most, where the calls that are under way have carried as many as they can.
  const room = COMBINED_CALLS_AT_ONCE_MAX * COMBINED_RESERVES_MAX + COMBINED_WAITING_MAX;
  const tooMany = 56;
  await stocked('OTHER', 20);
  await shut('STILL', room);
  const buyers = buyersOf('STILL', 1, room + tooMany);
  const turnedAway: Said[] = [];
  const replies = buyers.map(async (buyer) => {
    const said = await reserve('STILL', buyer).said;
    if (said.status === 503) turnedAway.push(said);
    return said;
  });
  await vi.waitFor(async () => expect((await gate()).underWay).toBe(buyers.length - turnedAway.length), PATIENCE);
  expect(turnedAway.length).toBeGreaterThanOrEqual(tooMany);
  expect(turnedAway.every(({ body, retryAfter }) => body.code === 'overloaded' && Number(retryAfter) >= 1)).toBe(true);
  const others = await Promise.all(buyersOf('OTHER', 1, 20).map((buyer) => reserve('OTHER', buyer).said));
  expect(others.map(({ status }) => status)).toEqual(others.map(() => 201));

  await gate('/open');
  const said = await Promise.all(replies);
  const kept = buyers.length - turnedAway.length;
  expect(kept).toBeGreaterThan(COMBINED_WAITING_MAX);
  expect(said.filter(({ status }) => status === 201)).toHaveLength(kept);
  expect(await leftOf('STILL')).toBe(room - kept);
  // Whoever was turned away used up no key.
  const [first] = turnedAway.map(({ traceId }) => buyers.find((buyer) => traceOf(buyer) === traceId) ?? '');
  expect((await reserve('STILL', first ?? '').said).replayed).toBe(false);
});

test('[R39] strong reads and pages that share calls are each answered within their own request, with what was true when they came', async () => {
  await stocked('READ', BUYERS);
  const strongly = '/v1/availability/READ?consistency=strong';
  const ask = async (nth: number): Promise<readonly unknown[]> => {
    const traceId = traceOf(`READ-${nth}`);
    const headers = { authorization: `Bearer ${front.keys.sales_web}`, traceparent: `00-${traceId}-${'1'.repeat(16)}-01` };
    const isPage = nth % 2 === 0;
    const page = { method: 'POST', body: JSON.stringify({ skus: ['READ', `NOPE-${nth % 3}`] }) };
    const reply = await fetch(front.url + (isPage ? '/v1/availability/query' : strongly), { headers, ...(isPage ? page : {}) });
    const { status } = reply;
    const body = (await reply.json()) as ReadBody;
    if (nth === 1) await expectReadAddsUp(strongly, undefined, { status, body }, (explain) => asAdmin('GET', explain) as never);
    const isOwn = reply.headers.get('traceparent')?.split('-')[1] === traceId;
    return [status, isOwn, isPage ? body.items?.map(({ sku }) => sku) : body.available_to_sell];
  };
  for (let sold = 1; sold <= 5; sold += 1) {
    expect((await reserve('READ', `READ-buyer-${sold}`).said).status).toBe(201);
    const said = await Promise.all(Array.from({ length: 200 }, (_, nth) => ask(nth)));
    expect(said).toEqual(said.map((_, nth) => [200, true, nth % 2 === 0 ? ['READ'] : BUYERS - sold]));
  }
});

interface ReadBody {
  readonly items?: readonly { readonly sku: string }[];
  readonly available_to_sell?: number;
}
