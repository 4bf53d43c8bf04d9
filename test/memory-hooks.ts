import { drizzle } from 'drizzle-orm/d1';
import { Keeper } from '../durable-objects/webhook-lane/keeper.ts';
import type { WebhookLaneStub } from '../durable-objects/webhook-lane/protocol.ts';
import type { WebhookLane } from '../domain/webhook-lane/webhook-lane.ts';
import { auditLogIn } from '../worker/audit/audit-log.ts';
import { sealWith } from '../worker/inbound/seal.ts';
import { outboundWith, type Outbound } from '../worker/outbound/outbound.ts';
import { deliver, type DeliverDeps } from '../worker/webhooks/deliver.ts';
import { webhooksIn, type Webhooks } from '../worker/webhooks/webhooks.ts';
import { lookUpNames, NAMES } from './dangerous-urls.ts';

export interface Received {
  readonly url: string;
  readonly headers: Headers;
  readonly text: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- a test reads what it expects to be there, and fails where it is not.
  readonly body: any;
}

/** Endpoints of webhooks in the memory of a test, and the lanes of whoever is told. Nobody delivers before a test says so. */
export class MemoryHooks {
  readonly received: Received[] = [];
  /** Webhooks that wait for somebody who delivers. */
  readonly woken: string[] = [];
  /** What the endpoint answers; it may throw, as a call that fails does. */
  answer: (received: Received) => Response | Promise<Response> = () => new Response(null, { status: 204 });
  /** When lanes want somebody by themselves, by webhook. */
  readonly dueMs = new Map<string, number>();
  /** Whoever delivers dies before the lane hears what became of it. */
  dies = false;
  /** Rows that lanes wrote. */
  written = 0;
  readonly outbound: Outbound;
  names: Readonly<Record<string, readonly string[]>> = NAMES;
  parts: DeliverDeps | null = null;
  readonly #nowMs: () => number;
  readonly #kept = new Map<string, WebhookLane>();
  #lanes = new Map<string, Keeper>();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
    const send = async (url: string, init: RequestInit): Promise<Response> => {
      const text = typeof init.body === 'string' ? init.body : '';
      const received = { url, headers: new Headers(init.headers), text, body: JSON.parse(text) };
      this.received.push(received);
      return this.answer(received);
    };
    const lookUp = async (name: string): Promise<readonly string[]> =>
      this.names === NAMES ? lookUpNames(name) : (this.names[name] ?? []);
    this.outbound = outboundWith({ allowed: [], lookUp, send: send as typeof fetch });
  }

  partsOf(db: D1Database): DeliverDeps & { readonly webhooks: Webhooks } {
    const audit = auditLogIn(drizzle(db), this.#nowMs);
    const parts = {
      db,
      webhooks: webhooksIn(drizzle(db), sealWith('salt'), audit, this.#nowMs),
      webhookLaneOf: (id: string) => this.lane(id),
      wakeWebhook: async (id: string) => void this.woken.push(id),
      outbound: this.outbound,
      nowMs: this.#nowMs,
    };
    this.parts = parts;
    return parts;
  }

  /** Somebody delivers to this one, and to it again while messages come for it. */
  async deliver(id: string): Promise<readonly Received[]> {
    if (this.parts === null) throw new Error('the shop is not open');
    const before = this.received.length;
    this.woken.push(id);
    while (this.woken.length > 0) await deliver(this.woken.shift() ?? '', this.parts);
    return this.received.slice(before);
  }

  /** The objects lose their memory; what they wrote is there. */
  restart(): void {
    this.#lanes = new Map();
  }

  lane(id: string): WebhookLaneStub {
    const keeper = this.#keeper(id);
    return {
      begin: async (startAfter) => keeper.begin(startAfter),
      report: async (lease, name, told) => {
        if (this.dies) throw new Error('whoever delivers died');
        return keeper.report(lease, name, told);
      },
      rest: async (lease) => keeper.rest(lease),
      resume: async (startAfter, after) => keeper.resume(startAfter, after),
      replay: async (startAfter, after, until) => keeper.replay(startAfter, after, until),
      seen: async (startAfter) => keeper.seen(startAfter),
    };
  }

  #keeper(id: string): Keeper {
    const known = this.#lanes.get(id) ?? this.#begun(id);
    this.#lanes.set(id, known);
    return known;
  }

  #begun(id: string): Keeper {
    return new Keeper({
      store: {
        read: () => this.#kept.get(id) ?? null,
        write: (lane) => {
          this.#kept.set(id, structuredClone(lane));
          this.written += 1;
        },
      },
      nowMs: this.#nowMs,
      random: () => 0.5,
      newId: () => crypto.randomUUID(),
      wakeBy: (atMs) => this.dueMs.set(id, atMs),
    });
  }
}
