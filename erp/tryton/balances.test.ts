import { expect, test } from 'vitest';
import type { LocationId } from '../../domain/ids.ts';
import { ErpUnavailable } from '../port.ts';
import { balances } from './balances.ts';
import type { Books } from './books.ts';
import type { Rpc, RpcCall } from './rpc.ts';

test('[R36] a product whose quantity Tryton does not tell has not 0: nothing is known of it', async () => {
  const [all, some] = [
    [
      { id: 1, quantity: 5 },
      { id: 2, quantity: 0 },
    ],
    [{ id: 1, quantity: 5 }],
  ];
  expect((await read(all)).items.map(({ sku, onHand }) => [sku, onHand])).toEqual([
    ['TEA', 5],
    ['MUG', 0],
  ]);
  await expect(read(some)).rejects.toBeInstanceOf(ErpUnavailable);
});

/** Of two products at one place. */
function read(quantities: readonly object[]) {
  const products = [
    { id: 1, code: 'TEA' },
    { id: 2, code: 'MUG' },
  ];
  const rpc = {
    ask: async <Result>({ args, result }: RpcCall<Result>) =>
      result.parse(JSON.stringify(args).includes('quantity') ? quantities : products),
  } as unknown as Rpc;
  const zones = [{ id: 7, location: 'dc' as LocationId, status: 'sellable' as const, within: [] }];
  const books = { get: async () => ({ companyId: 1, zones }) as unknown as Books, again: () => Promise.reject(new Error()) };
  return balances({ rpc, books, pageMax: 10 }, null, AbortSignal.timeout(1_000));
}
