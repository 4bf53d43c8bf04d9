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
  { sku: 'TEA-GREEN-100', name: 'Green tea, 100 g', gtin: '04012345000016', dc: 120, store: 12 },
  { sku: 'TEA-EARL-GREY-100', name: 'Earl Grey, 100 g', gtin: '04012345000023', dc: 40, store: 6 },
  { sku: 'TEA-MATCHA-30', name: 'Matcha, 30 g', gtin: '04012345000030', dc: 9, store: 2 },
  { sku: 'MUG-BLUE', name: 'Blue mug', gtin: '04012345000047', dc: 4, store: 1 },
  { sku: 'KETTLE-STEEL', name: 'Steel kettle', gtin: '04012345000054', dc: 0, store: 3 },
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
  const occurredAt = new Date().toISOString();
  const received = ITEMS.flatMap((item) =>
    (['dc', 'store'] as const)
      .filter((place) => item[place] > 0)
      .map((place) => ({
        id: `demo-${place}-${item.sku}`,
        source: 'wms',
        kind: 'received',
        sku: item.sku,
        location: LOCATIONS[place].id,
        quantity: item[place],
        occurred_at: occurredAt,
      })),
  );
  return [
    ...Object.values(LOCATIONS).map(({ id, ...body }) => ({
      method: 'PUT' as const,
      path: `/v1/locations/${id}`,
      key: 'admin' as const,
      body,
    })),
    ...ITEMS.map(({ sku, name, gtin }) => ({
      method: 'PUT' as const,
      path: `/v1/items/${sku}`,
      key: 'admin' as const,
      body: { name, status: 'active', aliases: [{ system: 'gtin', external_id: gtin }], units: [{ unit: 'box', factor: 12 }] },
    })),
    { method: 'POST', path: '/v1/movements', key: 'stock', body: { movements: received } },
  ];
}

const LOCATIONS = {
  dc: { id: 'dc', name: 'Distribution centre', type: 'dc', priority: 10 },
  store: { id: 'store-hamburg', name: 'Hamburg', type: 'store', priority: 50 },
} as const;

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
