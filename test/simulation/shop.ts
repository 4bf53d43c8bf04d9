import { createHash } from 'node:crypto';
import type { Ask, Said } from '../buyers/ask.ts';
import { NETWORK } from '../buyers/scarce-shop.ts';
import type { SimulatedD1 } from './runtime/d1.ts';
import type { Runtime } from './runtime/runtime.ts';
import type { Place } from './runtime/loop.ts';

/** Items with stock of their own, and a kit of the first two. */
export const ITEMS = ['S01', 'S02', 'S03'] as const;
export const KIT = 'K1';
export const PLACES = ['dc', 'east', 'store'] as const;

const KEYS = {
  admin: { scopes: ['admin'] },
  stock: { scopes: ['stock:write'] },
  web: { scopes: ['availability:read', 'reservations:write'], channel: 'web' },
  app: { scopes: ['availability:read', 'reservations:write'], channel: 'app' },
  market: { scopes: ['availability:read', 'reservations:write'], channel: 'market' },
} as const;
export type Role = keyof typeof KEYS;

/** The API as somebody far away calls it: a call may be lost on its way there or back, and then nobody answers. */
export class Front {
  readonly #runtime: Runtime;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  ask(role: Role): Ask {
    return (method, path, body, headers) => this.#ask(role, method, path, body, headers);
  }

  async #ask(
    role: Role,
    method: string,
    path: string,
    body: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Said> {
    const { loop, faults, workers } = this.#runtime;
    const { dice } = loop;
    await loop.wait(faults.strikes('callLate') ? dice.roll(50, 4_000) : dice.roll(1, 15), `${method} ${path} arrives`);
    if (faults.strikes('requestLost')) {
      this.#runtime.note('request lost');
      await loop.wait(1_000, 'nobody answers');
      throw new Error('the request was lost');
    }
    const sent = body === undefined ? undefined : JSON.stringify(body);
    const length = sent === undefined ? {} : { 'content-length': String(Buffer.byteLength(sent)) };
    const init: RequestInit = {
      method,
      headers: { authorization: `Bearer ${keyOf(role)}`, 'content-type': 'application/json', ...length, ...headers },
      ...(sent === undefined ? {} : { body: sent }),
    };
    const twice = method === 'POST' && faults.strikes('messageTwice');
    if (twice) {
      this.#runtime.note('request duplicated');
      void workers.run((handlers) => handlers.app.request(path, init)).catch(() => undefined);
    }
    const said = await workers.run(async (handlers) => {
      const reply = await handlers.app.request(path, init);
      const text = await reply.text();
      const json = /[/+]json/.test(reply.headers.get('content-type') ?? '') && text !== '';
      return { status: reply.status, headers: reply.headers, body: json ? JSON.parse(text) : text };
    });
    await loop.wait(dice.roll(1, 15), `${method} ${path} is answered ${said.status}`);
    if (faults.strikes('replyLost')) {
      this.#runtime.note('reply lost');
      throw new Error('the reply was lost');
    }
    return said;
  }
}

export function clientPlace(name: string): Place {
  return { name, alive: true, skewMs: 0 };
}

export function admitKeys(d1: SimulatedD1): void {
  for (const [id, key] of Object.entries(KEYS)) {
    const hash = createHash('sha256').update(keyOf(id)).digest('hex');
    d1.rows(
      'INSERT INTO api_key (id, hash, name, scopes, channel, created_at_ms) VALUES (?, ?, ?, ?, ?, 0)',
      id,
      hash,
      id,
      JSON.stringify(key.scopes),
      'channel' in key ? key.channel : null,
    );
  }
}

function keyOf(role: string): string {
  return `hf_${role}_${'s'.repeat(32)}`;
}

/** Places, channels, items with their policies, a kit, and some units of each; nothing goes wrong meanwhile. */
export async function openShop(front: Front, runtime: Runtime): Promise<void> {
  const { dice } = runtime.loop;
  const admin = front.ask('admin');
  const put = async (path: string, body: object): Promise<void> => {
    const said = await admin('PUT', path, body);
    if (said.status >= 300) throw new Error(`PUT ${path}: ${said.status} ${JSON.stringify(said.body)}`);
  };
  for (const { id, priority } of NETWORK.locations) await put(`/v1/locations/${id}`, { type: 'dc', priority });
  for (const { id, locations, buffer, class: rank } of NETWORK.channels)
    await put(`/v1/channels/${id}`, { locations, buffer, class: rank, sold_out_hint: dice.oneIn(2) });
  await put('/v1/sources/wms', { books: 'front' });
  await put('/v1/sources/till', { books: 'front' });
  await put('/v1/sources/erp', { books: 'erp' });
  for (const sku of ITEMS) await put(`/v1/items/${sku}`, { status: 'active' });
  await put(`/v1/items/${KIT}`, {
    status: 'active',
    components: [
      { sku: 'S01', factor: 2 },
      { sku: 'S02', factor: 1 },
    ],
  });
  const movements = ITEMS.flatMap((sku) =>
    PLACES.map((location) => ({
      id: `opening-${sku}-${location}`,
      source: 'wms',
      kind: 'received',
      sku,
      location,
      quantity: dice.roll(2, 12),
      occurred_at: new Date(runtime.loop.nowMs).toISOString(),
    })),
  );
  const said = await front.ask('stock')('POST', '/v1/movements', { movements });
  if (said.body.items?.some((one: { outcome: string }) => one.outcome !== 'applied')) throw new Error(JSON.stringify(said.body));
  for (const sku of ITEMS) {
    if (dice.oneIn(3)) continue;
    await put(`/v1/items/${sku}/policy`, {
      safety_stock: dice.oneIn(3) ? [{ location: 'dc', quantity: 1 }] : [],
      backorder_limit: dice.pick([0, 0, 0, 3]) ?? 0,
      quotas: dice.oneIn(3)
        ? [
            { channel: 'market', protected: 2 },
            { channel: 'app', cap: 6 },
          ]
        : [],
    });
  }
}
