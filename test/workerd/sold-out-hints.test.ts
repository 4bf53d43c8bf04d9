import { beforeEach, expect, test } from 'vitest';
import { admitAda, ask, stocked } from './ask-api.ts';

beforeEach(admitAda);

test('[R91] a refusal tells its isolate that nothing is left, which tells the next ones; whoever insists asks the object', async () => {
  await stocked('HINTED', 1);
  await ask('PUT', '/v1/channels/flash', { sold_out_hint: true });
  const reserve = (key: string, query = '') =>
    ask(
      'POST',
      `/v1/reservations${query}`,
      { channel: 'flash', lines: [{ sku: 'HINTED', quantity: 1 }] },
      { 'idempotency-key': key },
    );
  expect((await reserve('winner')).status).toBe(201);
  expect((await reserve('second')).body['code']).toBe('insufficient_stock');
  const hinted = await reserve('third');
  expect([hinted.status, hinted.body['code'], hinted.body['source']]).toEqual([429, 'sold_out_hint', 'edge']);
  expect(Number(hinted.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  expect((await reserve('third', '?consistency=strong')).body['code']).toBe('insufficient_stock');
  // Whoever lost the first answer gets it again.
  const again = await reserve('winner');
  expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([201, 'true']);
});
