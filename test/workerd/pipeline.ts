import { createExecutionContext, createMessageBatch, getQueueResult } from 'cloudflare:test';
import type { ReservationId, Sku } from '../../domain/ids.ts';
import { EMPTY_NETWORK } from '../../domain/network.ts';
import type { Snapshot } from '../../domain/snapshot.ts';
import type {
  ChangedCase,
  ChangeMessage,
  PostingOutcome,
  SkuStockStub,
  WaitingPosting,
} from '../../durable-objects/sku-stock/protocol.ts';
import type { Directories } from '../../worker/catalogue/directory.ts';
import { DC } from './sku.ts';

/** A catalogue without places and channels, as the database has it after a reset. */
export const NO_NETWORK = { ...EMPTY_NETWORK, version: 1 };
export const DIRECTORIES: Pick<Directories, 'current'> = {
  current: async () => ({ network: NO_NETWORK, sources: new Map(), soldOutHints: new Set(), kitsVersion: 0 }),
};

export function snapshotOf(sku: Sku, sequence: number, asOfMs: number, sellable = sequence): Snapshot {
  return {
    sku,
    status: 'active',
    terms: {
      places: [{ location: DC, sellable, reserved: 0, committed: 0, safetyStock: 0 }],
      backordered: 0,
      backorderLimit: 0,
      lowStockAt: 5,
      buffers: [],
      quotas: [],
      stopSell: false,
    },
    sequence,
    asOfMs,
    freshForMs: 1_000,
  };
}

export function changeOf(sku: Sku, sequence: number, asOfMs: number, more: Partial<ChangeMessage> = {}): ChangeMessage {
  return {
    sku,
    snapshot: snapshotOf(sku, sequence, asOfMs),
    waiting: { count: 0, oldestAtMs: null, failed: 0 },
    counters: { reserved: 0, refused: {}, lapsed: 0, duplicates: 0, replays: 0, posted: 0, retries: 0 },
    cases: [],
    orders: [],
    events: [],
    through: 0,
    offers: [],
    ...more,
  };
}

export function shortage(number: number, difference: number, closedAtMs: number | null = null): ChangedCase {
  return { number, about: { kind: 'over_reservation' }, openedAtMs: 1_000, difference, closedAtMs };
}

export const order = (orderRef: string, reservation: string) => ({ orderRef, reservation: reservation as ReservationId });

/** Hands messages to a consumer as the queue would, and says which it acknowledged and which shall come back. */
export async function deliver(
  queue: string,
  bodies: readonly unknown[],
  consume: (batch: MessageBatch) => Promise<unknown>,
  attempts = 1,
): Promise<{ readonly acked: readonly string[]; readonly retried: readonly string[] }> {
  const messages = bodies.map((body, index) => ({ id: `m${index + 1}`, timestamp: new Date(1_000), attempts, body }));
  const batch = createMessageBatch(queue, messages);
  const context = createExecutionContext();
  await consume(batch);
  const { explicitAcks, retryMessages, ackAll } = await getQueueResult(batch, context);
  return { acked: ackAll ? messages.map(({ id }) => id) : explicitAcks, retried: retryMessages.map(({ msgId }) => msgId) };
}

/** Hears what objects are told; one that is deaf throws. */
export class Listener {
  readonly acknowledged = new Map<Sku, PostingOutcome[]>();
  readonly published: string[] = [];
  readonly deaf = new Set<Sku>();
  readonly waiting = new Map<Sku, readonly WaitingPosting[]>();

  readonly stockOf = (sku: Sku): Pick<SkuStockStub, 'acknowledge' | 'published' | 'waiting'> => ({
    waiting: async () => this.waiting.get(sku) ?? [],
    acknowledge: async (outcomes) => {
      if (this.deaf.has(sku)) throw new Error('unreachable');
      this.acknowledged.set(sku, [...(this.acknowledged.get(sku) ?? []), ...outcomes]);
    },
    published: async ({ sequence, asOfMs }) => {
      if (this.deaf.has(sku)) throw new Error('unreachable');
      this.published.push(`${sku} ${sequence} ${asOfMs}`);
    },
  });
}
