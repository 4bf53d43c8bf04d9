import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from 'vitest';
import { expectReadAddsUp } from '../adds-up.ts';
import type { Ask } from '../buyers/ask.ts';
import { askerAt } from './ask-over-http.ts';
import type { Holdfast } from './holdfast.ts';

export async function adminOf({ url, state }: Holdfast): Promise<Ask> {
  const keys = JSON.parse(await readFile(path.join(state, 'dev-keys.json'), 'utf8')) as Readonly<Record<string, string>>;
  return askerAt(url, keys['admin'] ?? '');
}

export async function available(ask: Ask, sku: string): Promise<number> {
  const asked = `/v1/availability/${sku}?channel=web&consistency=strong`;
  const said = await ask('GET', asked);
  await expectReadAddsUp(asked, undefined, said, async (explainPath) => (await ask('GET', explainPath)).body);
  return said.body.available_to_sell;
}

export async function declare(ask: Ask): Promise<void> {
  const calls = [
    ['/v1/locations/dc', { type: 'dc' }],
    ['/v1/channels/web', {}],
    ['/v1/sources/wms', { books: 'front' }],
    ['/v1/sources/erp', { books: 'erp' }],
    ['/v1/items/TEA', { status: 'active', units: [{ unit: 'box', factor: 12 }] }],
    ['/v1/items/MUG', { status: 'active' }],
  ] as const;
  for (const [where, body] of calls) expect((await ask('PUT', where, body)).status).toBeLessThan(300);
}

export async function receive(ask: Ask, sku: string, quantity: number): Promise<void> {
  const occurredAt = new Date().toISOString();
  const movement = {
    id: `receipt-${sku}`,
    source: 'wms',
    kind: 'received',
    sku,
    location: 'dc',
    quantity,
    occurred_at: occurredAt,
  };
  const { body } = await ask('POST', '/v1/movements', { movements: [movement] });
  expect(body.items).toMatchObject([{ outcome: 'applied' }]);
}

export async function sell(ask: Ask, sku: string, quantity: number, order: string): Promise<void> {
  const key = { 'idempotency-key': order };
  const { body } = await ask('POST', '/v1/reservations', { channel: 'web', lines: [{ sku, quantity }] }, key);
  expect((await ask('POST', `/v1/reservations/${body.id}/commit`, { order_ref: order }, key)).status).toBe(200);
}
