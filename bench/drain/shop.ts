import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { ERP_PAGE_MAX, ERP_PATHS, erpBalancesReply, erpChangesReply } from '../../contracts/generic-erp.ts';
import { FACTS_MAX } from '../../contracts/limits.ts';
import type { Server } from './server.ts';

const OPENING = 1_000_000;
const CALL_MS_MAX = 60_000;
const AT_ONCE = 8;

const outcomes = z.object({ items: z.array(z.object({ outcome: z.string() })) });

/** The front and its ERP as their users see them. */
export class Shop {
  readonly #server: Server;
  #skus: readonly string[] = [];

  constructor(server: Server) {
    this.#server = server;
  }

  async open(skus: number): Promise<void> {
    this.#skus = Array.from({ length: skus }, (_, index) => `SKU-${index + 1}`);
    await this.#ask('PUT', '/v1/locations/dc', { type: 'dc' });
    await inParallel(this.#skus, (sku) => this.#ask('PUT', `/v1/items/${sku}`, { status: 'active' }));
    await this.#move(this.#skus.map((sku) => ({ id: `opening ${sku}`, kind: 'received', sku, quantity: OPENING })));
  }

  /** Sales of one unit each, on all items in turn, spread evenly over that time. When each was booked, per item in its order. */
  async book(movements: number, spreadMs: number): Promise<ReadonlyMap<string, number[]>> {
    const sales = Array.from({ length: movements }, (_, index) => ({
      id: `sale ${index}`,
      kind: 'sold',
      sku: this.#skus[index % this.#skus.length] ?? '',
      quantity: 1,
    }));
    const bookedAtMs = new Map<string, number[]>(this.#skus.map((sku) => [sku, []]));
    const beganMs = Date.now();
    for (let at = 0; at < sales.length; at += FACTS_MAX) {
      const page = sales.slice(at, at + FACTS_MAX);
      await this.#move(page);
      for (const { sku } of page) bookedAtMs.get(sku)?.push(Date.now());
      const aheadMs = beganMs + (spreadMs * (at + FACTS_MAX)) / movements - Date.now();
      if (aheadMs > 0) await new Promise((resolve) => setTimeout(resolve, aheadMs));
    }
    return bookedAtMs;
  }

  async #move(movements: readonly Readonly<Record<string, unknown>>[]): Promise<void> {
    const occurredAt = new Date().toISOString();
    const pages = Array.from({ length: Math.ceil(movements.length / FACTS_MAX) }, (_, page) =>
      movements
        .slice(page * FACTS_MAX, (page + 1) * FACTS_MAX)
        .map((movement) => ({ source: 'wms', location: 'dc', occurred_at: occurredAt, ...movement })),
    );
    for (const page of pages) {
      const { items } = outcomes.parse(await this.#ask('POST', '/v1/movements', { movements: page }));
      const wrong = items.find(({ outcome }) => outcome !== 'applied');
      if (wrong !== undefined) throw new Error(`a movement was ${wrong.outcome}`);
    }
  }

  /** How long each of so many reservations took, one after the other; one that is not granted ends the run. */
  async reserveLatencies(count: number): Promise<readonly number[]> {
    const latencies: number[] = [];
    for (let n = 0; n < count; n += 1) {
      const body = { channel: 'web', lines: [{ sku: this.#skus[n % this.#skus.length], quantity: 1 }], ttl_seconds: 60 };
      const startedMs = performance.now();
      await this.#ask('POST', '/v1/reservations', body, { 'idempotency-key': randomUUID() });
      latencies.push(performance.now() - startedMs);
    }
    return latencies;
  }

  async faults(faults: Readonly<Record<string, unknown>>): Promise<void> {
    await this.#askErp('PUT', ERP_PATHS.faults, faults);
  }

  async waiting(): Promise<{ readonly count: number; readonly oldestSeconds: number; readonly lane: number }> {
    const text = await this.#text('/metrics');
    const read = (name: string): number => Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(text)?.[1]);
    return {
      count: read('holdfast_postings_waiting'),
      oldestSeconds: read('holdfast_posting_oldest_age_seconds'),
      lane: read('holdfast_erp_lane_state'),
    };
  }

  async untilNothingWaits(): Promise<void> {
    while ((await this.waiting()).count > 0 || !(await this.agrees())) await new Promise((resolve) => setTimeout(resolve, 500));
  }

  /** Of which items the ERP has entries after that one, each as often as it has them, at most a page of them. */
  async bookedAfter(cursor: string): Promise<{ readonly skus: readonly string[]; readonly cursor: string }> {
    const path = `${ERP_PATHS.changes}?limit=${ERP_PAGE_MAX}&after=${cursor}`;
    const { items, next_cursor } = erpChangesReply.parse(await this.#askErp('GET', path));
    return { skus: items.map(({ sku }) => sku), cursor: next_cursor };
  }

  /** Whether the ERP has of every item what the front has. */
  async agrees(): Promise<boolean> {
    const inErp = new Map<string, number>();
    for (let after: string | null = ''; after !== null;) {
      const from: string = after === '' ? '' : `&after=${encodeURIComponent(after)}`;
      const reply = erpBalancesReply.parse(await this.#askErp('GET', `${ERP_PATHS.balances}?limit=${ERP_PAGE_MAX}${from}`));
      for (const { sku, on_hand } of reply.items) inErp.set(sku, on_hand);
      after = reply.next_cursor;
    }
    const explained = await inParallel(this.#skus, async (sku) => {
      const reply = onHand.parse(await this.#ask('GET', `/v1/availability/${sku}/explain?channel=web`));
      return reply.locations.reduce((sum, { on_hand }) => sum + (on_hand.sellable ?? 0), 0) === inErp.get(sku);
    });
    return explained.every(Boolean);
  }

  async #text(path: string): Promise<string> {
    const reply = await fetch(this.#server.url + path, { headers: { authorization: `Bearer ${this.#server.keys.admin}` } });
    return reply.text();
  }

  #ask(method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<unknown> {
    return asked(this.#server.url + path, this.#server.keys.admin, method, body, headers);
  }

  #askErp(method: string, path: string, body?: unknown): Promise<unknown> {
    return asked(this.#server.erpUrl + path, this.#server.erpToken, method, body, {});
  }
}

const onHand = z.object({ locations: z.array(z.object({ on_hand: z.object({ sellable: z.number().optional() }) })) });

async function asked(url: string, token: string, method: string, body: unknown, more: Readonly<Record<string, string>>) {
  const reply = await fetch(url, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...more },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(CALL_MS_MAX),
  }).catch((error: unknown) => {
    throw new Error(`${method} ${url} was not answered`, { cause: error });
  });
  const text = await reply.text();
  if (!reply.ok) throw new Error(`${method} ${url} answered ${reply.status}: ${text.slice(0, 300)}`);
  return text === '' ? null : (JSON.parse(text) as unknown);
}

async function inParallel<Item, Result>(items: readonly Item[], run: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  for (let at = 0; at < items.length; at += AT_ONCE) results.push(...(await Promise.all(items.slice(at, at + AT_ONCE).map(run))));
  return results;
}
