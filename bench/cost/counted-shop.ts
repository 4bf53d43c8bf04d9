import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { atOnce } from './at-once.ts';
import { minus, total, type Counts } from './counts.ts';
import { cpuMsOf } from './process-cpu.ts';
import type { CountedServer } from './server.ts';

const counted = z.record(z.string(), z.number());
const CALL_MS_MAX = 30_000;
// Seldom enough that looking costs nothing beside what is looked at.
const LOOK_EVERY_MS = 500;
// Longer than a message is gathered and a queue's batch after it (1 s each).
const QUIET_MS = 2_500;
const UNQUIET_MS_MAX = 30_000;
const RINGS_MAX = 60;
const OPENING = 1_000_000;
const FACTS_AT_ONCE = 500;

/** The front as its users see it, and its counters. */
export class CountedShop {
  readonly #server: CountedServer;

  constructor(server: CountedServer) {
    this.#server = server;
  }

  /** Items of that prefix, each with plenty of stock unless said otherwise. */
  async stock(prefix: string, count: number, quantity = OPENING): Promise<void> {
    const skus = skusOf(prefix, count);
    await this.asAdmin('PUT', '/v1/locations/dc', { type: 'dc' });
    await atOnce(count, (n) => this.asAdmin('PUT', `/v1/items/${prefix}-${n}`, { status: 'active' }));
    const occurred_at = new Date().toISOString();
    for (let at = 0; at < skus.length; at += FACTS_AT_ONCE) {
      const movements = skus
        .slice(at, at + FACTS_AT_ONCE)
        .map((sku) => ({ id: sku, source: 'wms', kind: 'received', sku, location: 'dc', quantity, occurred_at }));
      await this.asAdmin('POST', '/v1/movements', { movements });
    }
  }

  /** As a sales channel, by default under a key of its own; `isolate` says which memory of the front answers. */
  async ask(method: string, path: string, body?: unknown, isolate = ''): Promise<Reply> {
    return this.#call(method, path, this.#server.keys.sales_web, body, isolate);
  }

  /** Whatever a deployment sets up; what it refuses ends the run. */
  async asAdmin(method: string, path: string, body: unknown): Promise<void> {
    const { status, text } = await this.#call(method, path, this.#server.keys.admin, body);
    if (status >= 300) throw new Error(`${method} ${path} answered ${status}: ${text.slice(0, 300)}`);
  }

  async feed(path: string): Promise<Reply> {
    return this.#call('GET', path, this.#server.keys.feeds);
  }

  async #call(method: string, path: string, key: string, body?: unknown, isolate = ''): Promise<Reply> {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'idempotency-key': randomUUID() };
    const reply = await fetch(this.#server.url + path, {
      method,
      headers: { ...headers, ...(isolate === '' ? {} : { 'x-cost-isolate': isolate }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(CALL_MS_MAX),
    });
    return { status: reply.status, text: await reply.text() };
  }

  async counts(): Promise<Counts> {
    return counted.parse(await (await fetch(`${this.#server.url}/cost/counts`)).json());
  }

  /** What is counted, and computed, while that goes on. */
  async while(work: () => Promise<void>): Promise<Counted> {
    const [counts, cpuMs] = [await this.counts(), await cpuMsOf(this.#server.runtimePid())];
    await work();
    const [after, cpuMsAfter] = [await this.counts(), await cpuMsOf(this.#server.runtimePid())];
    return { counts: minus(after, counts), cpuMs: cpuMs === null || cpuMsAfter === null ? null : cpuMsAfter - cpuMs };
  }

  /** Until alarms have rung and queues are empty: so long at least, and then until nothing more is counted. */
  async untilQuiet(waitMs: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    let [known, sinceMs] = ['', performance.now()];
    for (const endsMs = sinceMs + UNQUIET_MS_MAX; performance.now() < endsMs;) {
      const now = JSON.stringify(await this.counts());
      if (now !== known) [known, sinceMs] = [now, performance.now()];
      else if (performance.now() - sinceMs >= QUIET_MS) return;
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
    throw new Error('the front does not come to rest');
  }

  /** Rings the cron once and says what that cost. */
  async cron(): Promise<Counted> {
    return this.while(() => this.#server.ringCron());
  }

  /** As a night does: until all audits and comparisons that are due have been made, and a ring costs what it costs all day. */
  async afterTheNight(): Promise<Counted> {
    // The first ring of all turns the tables.
    await this.cron();
    for (let ring = 0; ring < RINGS_MAX; ring += 1) {
      const cost = await this.cron();
      if (total(cost.counts, ['object request'], 'sku-stock') === 0) return cost;
    }
    throw new Error('the jobs of the night do not end');
  }

  /** What it costs to let go of what is past: the ring of the cron at which tables turn, less what a ring costs anyway. */
  async letGo(): Promise<Counted> {
    await fetch(`${this.#server.url}/cost/age`, { method: 'POST' });
    // What is told now becomes what is past, of which the next turn lets go.
    await this.cron();
    await fetch(`${this.#server.url}/cost/age`, { method: 'POST' });
    const turned = await this.cron();
    const idle = await this.cron();
    return { counts: minus(turned.counts, idle.counts), cpuMs: turned.cpuMs };
  }
}

export interface Counted {
  readonly counts: Counts;
  /** null where the system does not tell. */
  readonly cpuMs: number | null;
}

export interface Reply {
  readonly status: number;
  readonly text: string;
}

export function skusOf(prefix: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}-${index + 1}`);
}
