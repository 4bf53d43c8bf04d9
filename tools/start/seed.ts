import * as z from 'zod';
import type { DevKeys } from './dev-keys.ts';
import { readJson, writeJson, type State } from './state.ts';

interface Step {
  readonly method: 'PUT' | 'POST';
  readonly path: string;
  readonly key: keyof DevKeys;
  readonly body: unknown;
}

const ITEMS = [
  { sku: 'TEA-GREEN-100', name: 'Green tea, 100 g', quantity: 120 },
  { sku: 'TEA-EARL-GREY-100', name: 'Earl Grey, 100 g', quantity: 40 },
  { sku: 'MUG-BLUE', name: 'Blue mug', quantity: 4 },
] as const;

const CALL_MS_MAX = 5_000;

/** Fills an empty state through the public API, like any other client; a state that has been seeded is left alone. */
export async function seedOnce(state: State, url: string, keys: DevKeys): Promise<void> {
  if (await readJson(state.seededFile, z.object({}))) return;

  for (const step of demoSteps()) {
    const problem = await call(url, step, keys).catch(String);
    if (problem) {
      console.error(`The demo catalogue is incomplete: ${step.method} ${step.path} answered ${problem}`);
      return;
    }
  }
  await writeJson(state.seededFile, { seededAt: new Date().toISOString() });
}

function demoSteps(): readonly Step[] {
  const received = ITEMS.map(({ sku, quantity }) => ({
    id: `demo-${sku}`,
    source: 'wms',
    kind: 'received',
    sku,
    location: 'dc',
    quantity,
    occurred_at: new Date().toISOString(),
  }));
  return [
    { method: 'PUT', path: '/v1/locations/dc', key: 'admin', body: { name: 'Distribution centre', type: 'dc' } },
    { method: 'PUT', path: '/v1/channels/web', key: 'admin', body: { name: 'Web shop' } },
    { method: 'PUT', path: '/v1/sources/wms', key: 'admin', body: { name: 'Warehouse', books: 'front' } },
    ...ITEMS.map(({ sku, name }) => ({
      method: 'PUT' as const,
      path: `/v1/items/${sku}`,
      key: 'admin' as const,
      body: { name, status: 'active' },
    })),
    { method: 'POST', path: '/v1/movements', key: 'stock', body: { movements: received } },
  ];
}

/** Says nothing when all went well. */
async function call(url: string, { method, path, key, body }: Step, keys: DevKeys): Promise<string | undefined> {
  const reply = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${keys[key]}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(CALL_MS_MAX),
  });
  const text = await reply.text();
  return reply.ok ? undefined : `${reply.status} ${text.slice(0, 300)}`;
}
