import { keyOf, Shop, TEA, type Said } from '../shop.ts';

/** Every kind of key that there is, and what is no key; `wms_dc` speaks for one source and one place, `stock_all` for all. */
export const STRANGERS = ['nobody', 'unknown', 'revoked', 'expired'] as const;
export const CALLERS = ['reader', 'web', 'app', 'stock', 'stock_all', 'wms_dc', 'feeds', 'web_feeds', 'admin'] as const;
export type Caller = (typeof CALLERS)[number];
export type Stranger = (typeof STRANGERS)[number];

/** A shop in which everything that a call may name is there, most of it of the channel `web`. */
export class World {
  readonly shop: Shop;
  readonly #keys: ReadonlyMap<string, string>;
  #times = 0;

  private constructor(shop: Shop, keys: ReadonlyMap<string, string>) {
    this.shop = shop;
    this.#keys = keys;
  }

  static async open(): Promise<World> {
    const shop = await Shop.open();
    await shop.receive(TEA, 1_000);
    await shop.put('/v1/channels/web/outlet', { adapter: 'memory' });
    await shop.put('/v1/channels/web/outlet', { adapter: 'memory' });
    const tomorrow = new Date(shop.nowMs + 86_400_000).toISOString();
    const made = async (body: object): Promise<{ id: string; key: string }> =>
      (await shop.post('admin', '/v1/keys', { name: 'one', ...body })).body;
    const all = await made({ scopes: ['stock:write'] });
    const one = await made({ scopes: ['stock:write'], sources: ['wms'], locations: ['dc'] });
    const revoked = await made({ scopes: ['admin'] });
    const expired = await made({ scopes: ['admin'], expires_at: tomorrow });
    await shop.post('admin', `/v1/keys/${revoked.id}/revoke`, undefined);
    shop.nowMs += 2 * 86_400_000;
    return new World(
      shop,
      new Map([
        ['stock_all', all.key],
        ['wms_dc', one.key],
        ['revoked', revoked.key],
        ['expired', expired.key],
        ['unknown', 'hf_unknown_key'],
      ]),
    );
  }

  async ask(caller: Caller | Stranger, { method, path, body, headers = {} }: Asked): Promise<Said> {
    const authorization = caller === 'nobody' ? {} : { authorization: `Bearer ${this.#keys.get(caller) ?? keyOf(caller)}` };
    return this.shop.ask(null, method, path, body, { 'idempotency-key': this.fresh('key'), ...authorization, ...headers });
  }

  fresh(what: string): string {
    return `${what}-${++this.#times}`;
  }

  /** Units that a buyer of `web` has reserved, or bought. */
  async reservation(committed?: string): Promise<string> {
    const { body } = await this.shop.reserve(2);
    if (committed !== undefined) await this.shop.post('web', `/v1/reservations/${body.id}/commit`, { order_ref: committed });
    return body.id;
  }

  async keyId(): Promise<string> {
    return (await this.shop.post('admin', '/v1/keys', { name: 'other', scopes: ['feeds:read'] })).body.id;
  }

  async webhook(): Promise<string> {
    return (await this.shop.post('admin', '/v1/webhooks', { url: 'https://hooks.shop.com/in' })).body.id;
  }

  async importOf(source: string): Promise<string> {
    const path = `/v1/imports?kind=movements&source=${source}&format=ndjson`;
    return (await this.shop.ask('admin', 'POST', path, '{"id":"1"}\n')).body.id;
  }

  async run(): Promise<string> {
    return (await this.shop.reconcile({})).body.id;
  }

  fact(source: string, location: string): object {
    const occurredAt = this.shop.today();
    return { id: this.fresh('fact'), source, kind: 'received', sku: TEA, location, quantity: 1, occurred_at: occurredAt };
  }

  count(source: string, location: string): object {
    const { kind: _kind, occurred_at: asOf, ...stated } = this.fact(source, location) as Record<string, unknown>;
    return { ...stated, meaning: 'on_hand', as_of: asOf };
  }

  order(source: string): object {
    const name = this.fresh('order');
    return {
      id: name,
      source,
      channel: 'web',
      order_ref: name,
      lines: [{ sku: TEA, quantity: 1 }],
      placed_at: this.shop.today(),
    };
  }
}

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}
