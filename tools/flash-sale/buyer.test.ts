import { expect, test } from 'vitest';
import type { Answer, Call } from '../replay/ask.ts';
import { visitShop } from './buyer.ts';

const AT = '2031-03-01T09:00:00.000Z';
const RESERVED = {
  id: 'R.1',
  status: 'active',
  channel: 'web',
  buyer: null,
  order_ref: null,
  reference: null,
  promised_at: null,
  created_at: AT,
  expires_at: AT,
  as_of: AT,
  lines: [],
};
const YES: Answer = { status: 201, body: RESERVED, replayed: false };
const refusal = (code: string): Answer => ({ status: 409, body: { code }, replayed: false });

/** A visit to a shop that answers so, one call after the other; then yes to everything. */
async function visit(buyer: number, answers: readonly Answer[], options = {}, times = 1) {
  const calls: Call[] = [];
  const shop = {
    ask: async (call: Call) => answers[calls.push(call) - 1] ?? YES,
    salesKey: 'key',
    item: { sku: 'FLASH', run: 'run' },
    options: { abandonPercent: 0, caps: false, pin: false, ...options },
    nowMs: () => calls.length,
  };
  return { ended: await visitShop(shop, buyer, times), calls, keys: calls.map(({ idempotencyKey }) => idempotencyKey) };
}

test('a buyer reserves, pins and commits, each under a key of their own', async () => {
  const { ended, keys } = await visit(7, [], { pin: true });
  expect(ended).toEqual({ end: 'bought', reservedMs: 1, tookMs: 3, secondCode: null });
  expect(keys).toEqual(['run:7:1', 'run:7:1:pin', 'run:7:1:commit']);
});

test('who is refused goes away; who comes again asks under another key, for the object’s own word', async () => {
  const once = await visit(7, [refusal('insufficient_stock')]);
  expect(once.ended).toEqual({ end: 'refused', at: 'reserve', code: 'insufficient_stock', tookMs: 1 });
  const again = await visit(7, [], {}, 2);
  expect(again.keys[0]).toBe('run:7:2');
  expect(again.calls[0]?.path).toBe('/v1/reservations?consistency=strong');
});

test('whose pin fails has bought nothing', async () => {
  const { ended, calls } = await visit(7, [YES, refusal('insufficient_stock')], { pin: true });
  expect(ended).toMatchObject({ end: 'refused', at: 'pin', code: 'insufficient_stock' });
  expect(calls).toHaveLength(2);
});

test('who abandons gives the unit back or lets it lapse soon, and commits nothing', async () => {
  const released = await visit(100, [], { abandonPercent: 100 });
  expect([released.ended.end, released.keys.at(-1)]).toEqual(['abandoned', 'run:100:1:release']);
  const lapsed = await visit(27, [], { abandonPercent: 100 });
  expect(lapsed.ended).toMatchObject({ end: 'abandoned', by: 'lapse' });
  expect(lapsed.calls.map(({ body }) => body)).toMatchObject([{ ttl_seconds: 1 }]);
});

test('where each may have one, every tenth buyer tries for another, and what is said to that is told', async () => {
  const answers = [YES, YES, refusal('buyer_cap_exceeded')];
  expect((await visit(10, answers, { caps: true })).ended).toMatchObject({ secondCode: 'buyer_cap_exceeded' });
  expect((await visit(10, [], { caps: true })).ended).toMatchObject({ secondCode: 'granted' });
  expect((await visit(11, answers, { caps: true })).calls).toHaveLength(2);
});
