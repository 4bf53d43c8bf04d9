import path from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { ERP_PATHS } from '../../contracts/generic-erp.ts';
import { readErpToken } from '../../tools/replay/keys.ts';
import type { Ask } from '../buyers/ask.ts';
import { askerAt } from './ask-over-http.ts';
import { startHoldfast, type Holdfast } from './holdfast.ts';
import { adminOf, available, declare, receive, sell } from './small-shop.ts';

const PATIENCE = { timeout: 30_000, interval: 100 };

let holdfast: Holdfast | undefined;
afterEach(() => holdfast?.stop());

test('[R36] what people book in the ERP by hand is followed; a wrong count is found, explained and proposed, never taken over silently', async () => {
  holdfast = await startHoldfast('--seed', 'none');
  const { erpUrl, state } = holdfast;
  const ask = await adminOf(holdfast);
  const erp = askerAt(erpUrl, await readErpToken(path.join(state, 'secrets.json')));
  await declare(ask);

  await receive(ask, 'TEA', 24);
  await receive(ask, 'MUG', 500);
  await bookByHand(erp, 'GR-1', 'received', 5);
  await bookByHand(erp, 'TILL-1', 'sold', -2);
  await vi.waitFor(async () => expect(await available(ask, 'TEA')).toBe(27), PATIENCE);
  await sell(ask, 'TEA', 3, 'order-1');
  await vi.waitFor(async () => expect((await ask('GET', '/v1/postings?state=pending')).body.items).toEqual([]), PATIENCE);

  // Two boxes lie there, and somebody wrote 2 for 24, on a copy of one of our documents: so no feed tells of it.
  await bookByHand(erp, 'TEA#999', 'counted', -22);
  const run = (await ask('POST', '/v1/reconciliations', {})).body.id;
  let sold = 0;
  const ended = await vi.waitFor(async () => {
    await sell(ask, 'MUG', 1, `order-in-flight-${(sold += 1)}`);
    const { body } = await ask('GET', `/v1/reconciliations/${run}`);
    expect(body.state).toBe('done');
    return body;
  }, PATIENCE);
  expect(ended.totals).toMatchObject({ items: 2, by_class: [{ name: 'unit_mix_up', lines: 1, variance: -22 }] });
  const { body: lines } = await ask('GET', `/v1/reconciliations/${run}/lines`);
  expect(lines.items).toMatchObject([
    { sku: 'TEA', location: 'dc', class: 'unit_mix_up', unit_factor: 12, ours: 24, erp: 2, variance: -22, outcome: 'case' },
  ]);
  expect(await available(ask, 'TEA')).toBe(24);
  expect(await available(ask, 'MUG')).toBe(500 - sold);

  const [found] = (await ask('GET', '/v1/cases?kind=drift&state=open')).body.items;
  expect(found).toMatchObject({ sku: 'TEA', location: 'dc', difference: -22, drift: { class: 'unit_mix_up', factor: 12 } });
  const approved = await ask('POST', `/v1/cases/${found.id}/approve`, {});
  expect(approved).toMatchObject({ status: 200, body: { state: 'resolved' } });
  expect(await available(ask, 'TEA')).toBe(2);
}, 120_000);

async function bookByHand(erp: Ask, key: string, kind: string, units: number): Promise<void> {
  const line = { location: 'dc', status: 'sellable', on_hand: units, committed: 0 };
  const movement = { key, kind, sku: 'TEA', lines: [line], occurred_at: new Date().toISOString() };
  const { body } = await erp('POST', ERP_PATHS.movements, { movements: [movement] });
  expect(body.items).toMatchObject([{ outcome: 'posted' }]);
}
