import { movementsMessage } from '../../contracts/messages.ts';
import type { Sku } from '../../domain/ids.ts';
import { TURN_MS } from '../../domain/lane/limits.ts';
import type { MovementsMessage, PostingOutcome, SkuStockStub } from '../../durable-objects/sku-stock/protocol.ts';
import type { ErpPort, PostOutcome } from '../../erp/port.ts';
import { deliveryOf, logDeliveries, type Delivery } from '../read-models/posting-log.ts';
import { PENDING_RETRY_AFTER_MS, RETRY_MESSAGE_SECONDS } from './limits.ts';
import { postFlushes, type Flush, type Posted } from './post-flushes.ts';
import type { JobReport } from './run-job.ts';
import { whoWasNotTold } from './who-was-not-told.ts';

export interface PostMovementsDeps {
  readonly db: D1Database;
  readonly erp: ErpPort;
  readonly stockOf: (sku: Sku) => Pick<SkuStockStub, 'acknowledge'>;
  readonly nowMs: () => number;
}

/**
 * Queue `erp-movements`: post, write down what became of each posting, tell its object. A message is done with when
 * its object was told; until then everything may be repeated.
 */
export async function postMovements(batch: MessageBatch, { db, erp, stockOf, nowMs }: PostMovementsDeps): Promise<JobReport> {
  const read = batch.messages.map((message) => ({ message, flush: movementsMessage.safeParse(message.body) }));
  const flushes = flushesOf(
    read.flatMap(({ message, flush }) => (flush.success ? [{ ...flush.data, repeated: message.attempts > 1 }] : [])),
  );

  const posted = await postFlushes(erp, flushes, nowMs);
  const deliveries = flushes.flatMap((flush) => deliveriesOf(flush, posted, nowMs()));
  const rowsWritten = await logDeliveries(db, deliveries, nowMs());

  const turns = turnsOf(flushes, posted);
  const untold = await whoWasNotTold(flushes, async (flush) =>
    stockOf(flush.sku).acknowledge(outcomesOf(flush, posted, turns.get(flush.sku) ?? 0)),
  );
  for (const { message, flush } of read) {
    if (flush.success && !untold.has(flush.data.sku)) message.ack();
    else message.retry({ delaySeconds: RETRY_MESSAGE_SECONDS });
  }
  const inState = (state: Delivery['state']): number => deliveries.filter((delivery) => delivery.state === state).length;
  return {
    messages: read.length,
    skus: flushes.length,
    calls: posted.calls,
    posted: inState('posted'),
    failed: inState('failed'),
    unanswered: inState('pending'),
    throttledMs: posted.throttledMs,
    rowsWritten,
    untold: untold.size,
    unreadable: read.filter(({ flush }) => !flush.success).length,
  };
}

/** Whoever waits longest comes first. A flush that was sent again may meet itself in one batch: each posting counts once, in sequence. */
export function flushesOf(messages: readonly (MovementsMessage & { readonly repeated: boolean })[]): readonly Flush[] {
  const flushes = new Map<Sku, Flush>();
  for (const message of messages) {
    const known = flushes.get(message.sku);
    flushes.set(message.sku, known === undefined ? message : joined(known, message));
  }
  return [...flushes.values()].sort((a, b) => sinceMs(a) - sinceMs(b));
}

function sinceMs({ postings, sentAtMs }: Flush): number {
  return postings[0]?.recordedAtMs ?? sentAtMs;
}

function joined(a: Flush, b: Flush): Flush {
  const bySequence = new Map([...a.postings, ...b.postings].map((posting) => [posting.sequence, posting]));
  return {
    sku: a.sku,
    sentAtMs: Math.min(a.sentAtMs, b.sentAtMs),
    attempt: Math.max(a.attempt, b.attempt),
    repeated: true,
    postings: [...bySequence.values()].sort((one, other) => one.sequence - other.sequence),
  };
}

/** Those who are sent away come back one after the other (R33), and whoever waits longest first. */
function turnsOf(flushes: readonly Flush[], { outcomes, throttledMs }: Posted): ReadonlyMap<Sku, number> {
  if (throttledMs === null) return new Map();
  const away = flushes.filter(({ postings }) =>
    postings.some(({ key }) => (outcomes.get(key)?.outcome ?? 'throttled') === 'throttled'),
  );
  return new Map(away.map(({ sku }, place) => [sku, place * TURN_MS]));
}

/** What the object hears of each posting. One that was not tried is tried again with those before it. */
function outcomesOf({ postings }: Flush, { outcomes, throttledMs, silent }: Posted, turnMs: number): readonly PostingOutcome[] {
  return postings.map(({ key, sequence }): PostingOutcome => {
    const outcome = outcomes.get(key);
    switch (outcome?.outcome) {
      case 'posted':
      case 'duplicate':
        return { sequence, outcome: 'posted', mark: outcome.mark };
      case 'refused':
        return { sequence, outcome: 'refused', detail: refusal(outcome) };
      case 'pending':
        return { sequence, outcome: 'unknown', retryAfterMs: PENDING_RETRY_AFTER_MS };
      case 'throttled':
        return { sequence, outcome: 'unknown', retryAfterMs: outcome.retryAfterMs + turnMs, ofTheErp: true };
      case 'unknown':
        return { sequence, outcome: 'unknown', retryAfterMs: throttledMs, ...(silent ? { ofTheErp: true } : {}) };
      case undefined:
        return { sequence, outcome: 'unknown', retryAfterMs: throttledMs === null ? null : throttledMs + turnMs, ofTheErp: true };
    }
  });
}

/** Rows of the delivery log; a posting that was not tried has nothing to tell yet. */
function deliveriesOf({ postings, attempt, sentAtMs }: Flush, { outcomes }: Posted, nowMs: number): readonly Delivery[] {
  return postings.flatMap((posting): readonly Delivery[] => {
    const outcome = outcomes.get(posting.key);
    if (outcome === undefined) return [];
    return [{ ...deliveryOf(posting), attempts: attempt, sentAtMs, ...settled(outcome, nowMs) }];
  });
}

type Settled = Pick<Delivery, 'state' | 'erpReference' | 'mark' | 'error' | 'postedAtMs' | 'acknowledgedAtMs'>;

// The object is told right after the row is written; a row that had to wait for that would be written twice.
function settled(outcome: PostOutcome, nowMs: number): Settled {
  const bare = { erpReference: null, mark: null, error: null, postedAtMs: null, acknowledgedAtMs: null };
  switch (outcome.outcome) {
    case 'posted':
    case 'duplicate':
      return {
        ...bare,
        state: 'posted',
        erpReference: outcome.reference,
        mark: outcome.mark,
        postedAtMs: nowMs,
        acknowledgedAtMs: nowMs,
      };
    case 'refused':
      return { ...bare, state: 'failed', error: refusal(outcome), acknowledgedAtMs: nowMs };
    case 'pending':
      return { ...bare, state: 'pending', error: 'The ERP accepted it and has not booked it yet.' };
    case 'throttled':
      return { ...bare, state: 'pending', error: 'The ERP asked for patience.' };
    case 'unknown':
      return { ...bare, state: 'pending', error: outcome.detail };
  }
}

function refusal({ code, detail }: { readonly code: string; readonly detail: string }): string {
  return `${code}: ${detail}`;
}
