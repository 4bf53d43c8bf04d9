import { FACTS_MAX, QUANTITY_MAX } from '../../contracts/limits.ts';
import { atOnce } from '../cost/at-once.ts';
import type { Server } from './servers.ts';
import type { Load } from './wrk.ts';

/** The front as its users see it. */
export class Shop {
  readonly #server: Server;
  #opened = 0;

  constructor(server: Server) {
    this.#server = server;
  }

  /** Items of these numbers with more stock than a slice can sell. */
  async stock(skus: readonly string[]): Promise<void> {
    await this.#ask('PUT', '/v1/locations/dc', { type: 'dc' });
    await atOnce(skus.length, (n) => this.#ask('PUT', `/v1/items/${skus[n - 1]}`, { status: 'active' }));
    const occurred_at = new Date().toISOString();
    for (let from = 0; from < skus.length; from += FACTS_MAX) {
      const movements = skus
        .slice(from, from + FACTS_MAX)
        .map((sku) => ({ id: sku, source: 'wms', kind: 'received', sku, location: 'dc', quantity: QUANTITY_MAX, occurred_at }));
      await this.#ask('POST', '/v1/movements', { movements });
    }
  }

  /** An item that nobody has bought yet, and that has answered a few already: objects start, and code is compiled, but once. */
  async freshItem(): Promise<string> {
    const sku = `FRESH-${(this.#opened += 1)}`;
    await this.stock([sku]);
    await atOnce(64, (n) => this.#ask('POST', '/v1/reservations', reserveBody(sku), `warm-${sku}-${n}`));
    return sku;
  }

  /** An item of which nothing is left, sold by the usual channel and by one that is told so at the edge. */
  async soldOut(sku: string, hintedChannel: string): Promise<void> {
    await this.#ask('PUT', `/v1/items/${sku}`, { status: 'active' });
    await this.#ask('PUT', `/v1/channels/${hintedChannel}`, { sold_out_hint: true });
  }

  /** Refused every time, whoever says so. */
  reserveInVain(sku: string, channel: string, connections: number): Load {
    const asked = this.read('/v1/reservations', connections, reserveBody(sku, channel));
    return { ...asked, authorization: `Bearer ${this.#server.keys.admin}`, isRefused: true };
  }

  read(path: string, connections: number, body?: unknown): Load {
    const asked = { url: this.#server.url, path, authorization: `Bearer ${this.#server.keys.sales_web}`, connections };
    return body === undefined ? { ...asked, method: 'GET' } : { ...asked, method: 'POST', body: JSON.stringify(body) };
  }

  reserve(sku: string, connections: number): Load {
    return this.read('/v1/reservations', connections, reserveBody(sku));
  }

  async #ask(method: string, path: string, body: unknown, key?: string): Promise<void> {
    const { admin, sales_web } = this.#server.keys;
    const reply = await fetch(this.#server.url + path, {
      method,
      headers: {
        authorization: `Bearer ${key === undefined ? admin : sales_web}`,
        'content-type': 'application/json',
        ...(key === undefined ? {} : { 'idempotency-key': key }),
      },
      body: JSON.stringify(body),
    });
    const text = await reply.text();
    if (!reply.ok || text.includes('"rejected"'))
      throw new Error(`${method} ${path} answered ${reply.status}: ${text.slice(0, 300)}`);
  }
}

export function reserveBody(sku: string, channel = 'web'): unknown {
  return { channel, lines: [{ sku, quantity: 1 }], ttl_seconds: 900 };
}
