import { expect, test } from 'vitest';
import type { Reserve } from '../../domain/command.ts';
import type { ChannelId, ReservationId, Sku } from '../../domain/ids.ts';
import type { Asked, Reply } from '../../durable-objects/sku-stock/protocol.ts';
import { snapshotOfItem } from '../../test/wide-items.ts';
import { Refused } from '../refused.ts';
import { combinedGateway } from './combined-gateway.ts';
import type { StockGateway } from './stock-gateway.ts';

const TEA = 'TEA-1' as Sku;
const COFFEE = 'COFFEE-1' as Sku;
const KEY_REUSED = { outcome: 'key_reused' } as const satisfies Reply;

function reserve(name: string, change: Partial<Reserve> = {}): Asked {
  const command = {
    type: 'reserve',
    reservation: name as ReservationId,
    channel: 'web' as ChannelId,
    buyer: null,
    ttlMs: 60_000,
    mode: 'all_or_nothing',
    split: 'allowed',
    lines: [{ line: 1, quantity: 1, at: null }],
    ...change,
  } as const;
  return { command, key: { hash: name, fingerprint: 'f' }, correlationId: name };
}

/** What reached the objects, while each call goes on until `answer` is called. */
function slowStock(result: (asked: readonly Asked[]) => readonly Reply[] | Refused) {
  const calls: string[] = [];
  const open = Promise.withResolvers<void>();
  const execute: StockGateway['execute'] = async (sku, asked) => {
    calls.push(`${sku}: ${asked.map(({ correlationId }) => correlationId).join(' ')}`);
    await open.promise;
    return result(asked);
  };
  const never = (): Promise<never> => Promise.reject(new Error('not asked here'));
  const stock = combinedGateway(
    { execute, snapshot: never, ask: never },
    (work) => void work.catch(() => undefined),
    () => 0,
  );
  return { stock, calls, answer: open.resolve };
}

test('[R37] reserves of one item by one channel share a call, each under its own key and correlation id', async () => {
  const { stock, calls, answer } = slowStock((asked) =>
    asked.map((one) => ({ outcome: 'failed', message: `${one.key?.hash} ${one.correlationId}` })),
  );
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  const replies = Promise.all(names.map((name) => stock.execute(TEA, [reserve(name)])));
  answer();
  expect(await replies).toEqual(names.map((name) => [{ outcome: 'failed', message: `${name} ${name}` }]));
  expect(calls).toEqual(['TEA-1: a', 'TEA-1: b c d e f']);
});

test('[R47] another item, another channel, several lines and a command without a key go by themselves', () => {
  const { stock, calls } = slowStock(() => []);
  const lines = [1, 2].map((line) => ({ line, quantity: 1, at: null }));
  void stock.execute(TEA, [reserve('z')]);
  calls.length = 0;
  void stock.execute(TEA, [reserve('a')]);
  void stock.execute(COFFEE, [reserve('b')]);
  void stock.execute(TEA, [reserve('c', { channel: 'market' as ChannelId })]);
  void stock.execute(TEA, [reserve('d', { lines })]);
  void stock.execute(TEA, [{ ...reserve('e'), key: null }]);
  void stock.execute(TEA, [reserve('f'), reserve('g')]);
  expect(calls).toEqual(['COFFEE-1: b', 'TEA-1: c', 'TEA-1: d', 'TEA-1: e', 'TEA-1: f g']);
});

test('[R9] an object that is overloaded says so to each, and a command that fails there fails alone', async () => {
  const busy = slowStock(() => new Refused('overloaded', 'busy'));
  const turnedAway = Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => busy.stock.execute(TEA, [reserve(name)])));
  busy.answer();
  expect((await turnedAway).map((one) => one instanceof Refused && one.code)).toEqual(
    Array.from({ length: 6 }, () => 'overloaded'),
  );

  const broken = { outcome: 'failed', message: 'broken rule' } as const;
  const mixed = slowStock((asked) => asked.map((one) => (one.correlationId === 'e' ? broken : KEY_REUSED)));
  const replies = Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => mixed.stock.execute(TEA, [reserve(name)])));
  mixed.answer();
  expect(await replies).toEqual([[KEY_REUSED], [KEY_REUSED], [KEY_REUSED], [KEY_REUSED], [broken], [KEY_REUSED]]);
});

test('[R39] who asks for the numbers of an item while others are told them shares the next look, which begins after they came', async () => {
  let looks = 0;
  const open = Promise.withResolvers<void>();
  const snapshot: StockGateway['snapshot'] = async () => {
    looks += 1;
    const sequence = looks;
    await open.promise;
    return { ...snapshotOfItem(1, 1), sequence };
  };
  const never = (): Promise<never> => Promise.reject(new Error('not asked here'));
  const stock = combinedGateway(
    { execute: never, snapshot, ask: never },
    (work) => void work.catch(() => undefined),
    () => 0,
  );
  const seen = Promise.all(Array.from({ length: 4 }, () => stock.snapshot(TEA)));
  const other = stock.snapshot(COFFEE);
  expect(looks).toBe(2);
  open.resolve();
  const sequences = (await seen).map((one) => (one instanceof Refused ? null : one.sequence));
  expect(sequences).toEqual([1, 3, 3, 3]);
  expect(await other).toMatchObject({ sequence: 2 });
});
