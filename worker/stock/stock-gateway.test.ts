import { beforeEach, expect, test } from 'vitest';
import { FakeObject } from '../../test/fake-object.ts';
import type { ChannelId, Sku } from '../../domain/ids.ts';
import { EMPTY_NETWORK, type Network } from '../../domain/network.ts';
import type { Call } from '../../durable-objects/sku-stock/protocol.ts';
import type { Directories } from '../catalogue/directory.ts';
import { Refused } from '../refused.ts';
import { stockGateway } from './stock-gateway.ts';

const TEA = 'TEA-1' as Sku;
const ITEM = { command: { type: 'set_item', status: 'active', policy: null }, key: null, correlationId: 'c' } as const;

let object: FakeObject;
let known: Network;
let loaded: Network;
const directories: Pick<Directories, 'current' | 'renewed'> = {
  current: async () => ({ network: known, sources: new Map(), soldOutHints: new Set(), kitsVersion: 1 }),
  renewed: async () => {
    known = loaded;
    return { network: known, sources: new Map(), soldOutHints: new Set(), kitsVersion: 1 };
  },
};

beforeEach(() => {
  object = new FakeObject(TEA, () => 1_000);
  known = version(3);
  loaded = version(3);
});

function version(number: number): Network {
  return {
    ...EMPTY_NETWORK,
    version: number,
    channels: [{ id: 'web' as ChannelId, locations: null, buffer: 0, class: 1, stopSell: false }],
  };
}

function failing(properties: object, times: number): () => FakeObject {
  let left = times;
  return () => {
    left -= 1;
    if (left >= 0) throw Object.assign(new Error('lost'), properties);
    return object;
  };
}

test('the network travels only where the object asks for it', async () => {
  const calls: Call[] = [];
  const listening = Object.assign(Object.create(object), { execute: (call: Call) => (calls.push(call), object.execute(call)) });
  const gateway = stockGateway(
    () => listening,
    directories,
    () => undefined,
  );
  await gateway.execute(TEA, [ITEM]);
  await gateway.execute(TEA, [ITEM]);
  expect(calls.map(({ network }) => network?.version ?? null)).toEqual([null, 3, null]);
});

test('an object that has seen a newer network makes us load it', async () => {
  loaded = version(4);
  await object.execute({ networkVersion: 4, network: loaded, asked: [ITEM] });
  const replies = await stockGateway(
    () => object,
    directories,
    () => undefined,
  ).execute(TEA, [ITEM]);
  expect(replies instanceof Refused ? replies.code : replies.length).toBe(1);
  expect(known.version).toBe(4);
});

test('an object and a database that never agree are a fault, not a loop', async () => {
  await object.execute({ networkVersion: 9, network: version(9), asked: [ITEM] });
  await expect(
    stockGateway(
      () => object,
      directories,
      () => undefined,
    ).execute(TEA, [ITEM]),
  ).rejects.toThrow('cannot agree');
});

test('an item that the object does not know is unknown', async () => {
  const gateway = stockGateway(
    () => object,
    directories,
    () => undefined,
  );
  const command = { type: 'resolve_case', case: 1 } as const;
  expect(await gateway.execute(TEA, [{ ...ITEM, command }])).toMatchObject({ code: 'sku_unknown' });
  expect(await gateway.snapshot(TEA)).toMatchObject({ code: 'sku_unknown' });
});

test('[R9] overload is told and never tried again; what may be tried again is, once, with a new stub', async () => {
  const overloaded = failing({ overloaded: true, retryable: true }, 1);
  expect(await stockGateway(overloaded, directories, () => undefined).execute(TEA, [ITEM])).toMatchObject({ code: 'overloaded' });
  const once = await stockGateway(failing({ retryable: true }, 1), directories, () => undefined).execute(TEA, [ITEM]);
  expect(once instanceof Refused).toBe(false);
  await expect(stockGateway(failing({ retryable: true }, 2), directories, () => undefined).execute(TEA, [ITEM])).rejects.toThrow(
    'lost',
  );
  await expect(stockGateway(failing({}, 1), directories, () => undefined).execute(TEA, [ITEM])).rejects.toThrow('lost');
});
