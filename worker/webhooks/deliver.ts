import type { Failure } from '../../domain/webhook-lane/webhook-lane.ts';
import type { NextReading, WebhookLaneStub } from '../../durable-objects/webhook-lane/protocol.ts';
import type { JobReport } from '../jobs/run-job.ts';
import type { Outbound } from '../outbound/outbound.ts';
import { eventPage, nearestKept, type EventRow, type Reader } from '../read-models/event-pages.ts';
import { DELIVERY_PAGE_EVENTS, DELIVERY_RUN_EVENTS_MAX, DELIVERY_RUN_MS_MAX } from './limits.ts';
import { sendEvent } from './send-event.ts';
import { bodyOfEvent, messageIdOf, signedRequest } from './signed-event.ts';
import { closeWebhookCase, giveUpWebhook } from './webhook-cases.ts';
import type { WebhookRow, Webhooks } from './webhooks.ts';

export interface DeliverDeps {
  readonly db: D1Database;
  readonly webhooks: Pick<Webhooks, 'find' | 'secretsOf'>;
  readonly webhookLaneOf: (id: string) => WebhookLaneStub;
  readonly outbound: Outbound;
  /** Sends the message that brings somebody who delivers. */
  readonly wakeWebhook: (id: string) => Promise<void>;
  readonly nowMs: () => number;
}

/** Delivers to one webhook what it was not told yet, one event after the other, until there is no more or the time is over. */
export async function deliver(id: string, deps: DeliverDeps): Promise<JobReport> {
  const { webhooks, webhookLaneOf, wakeWebhook, nowMs } = deps;
  const row = await webhooks.find(id);
  if (row === null || row.state === 'off') return { webhook: id, turn: 'off' };
  const lane = webhookLaneOf(id);
  const turn = await lane.begin(row.startAfter);
  if (turn.turn === 'off') await giveUpWebhook(deps.db, row, turn, nowMs());
  if (turn.turn !== 'deliver') return { webhook: id, turn: turn.turn };

  const endsAtMs = nowMs() + DELIVERY_RUN_MS_MAX;
  const run = { row, endsAtMs, secrets: await readable(row, webhooks), deps };
  const report = { delivered: 0, failure: null as string | null };
  let { hasCase } = row;
  for (let next: NextReading | null = turn.next; next !== null;) {
    const told = await deliverSome(next, run);
    report.delivered += told.delivered;
    report.failure = told.failure?.detail ?? report.failure;
    const last = next.name;
    next = await lane.report(turn.lease, last, told);
    if (hasCase && told.delivered > 0) {
      await closeWebhookCase(deps.db, id, nowMs());
      hasCase = false;
    }
    if (next !== null && (nowMs() >= endsAtMs || report.delivered >= DELIVERY_RUN_EVENTS_MAX)) {
      await lane.rest(turn.lease);
      await wakeWebhook(id);
      break;
    }
  }
  if (report.failure !== null) await giveUpWhereOver(row, deps);
  return { webhook: id, turn: turn.turn, ...report };
}

interface Run {
  readonly row: WebhookRow;
  readonly endsAtMs: number;
  /** null: they cannot be read. */
  readonly secrets: readonly string[] | null;
  readonly deps: DeliverDeps;
}

interface ToldSome {
  readonly through: number;
  readonly delivered: number;
  readonly failure: Failure | null;
  /** Nothing lies behind `through` now. */
  readonly ended: boolean;
}

/** A page of what it wants to hear, as far as time and the endpoint allow. */
async function deliverSome({ after, until }: NextReading, run: Run): Promise<ToldSome> {
  const { row, endsAtMs, deps } = run;
  const reader = readerOf(row);
  const page = await eventPage(deps.db, { after, types: row.types, reader, limit: DELIVERY_PAGE_EVENTS });
  // What came next is no longer kept: nobody can tell it any more, and the rest is told.
  if (page === null) return { through: await nearestKept(deps.db, after), delivered: 0, failure: null, ended: false };

  let through = after;
  let delivered = 0;
  for (const event of page.items) {
    if (until !== null && event.cursor > until) return { through: until, delivered, failure: null, ended: true };
    if (delivered > 0 && deps.nowMs() >= endsAtMs) return { through, delivered, failure: null, ended: false };
    const failure = await deliverOne(event, reader, run);
    if (failure !== null) return { through, delivered, failure, ended: false };
    through = event.cursor;
    delivered += 1;
  }
  const ended = page.items.length === 0 || (until !== null && page.through >= until);
  const passed = until !== null && ended ? until : page.through;
  return { through: passed, delivered, failure: null, ended };
}

async function deliverOne(event: EventRow, reader: Reader, { row, secrets, deps }: Run): Promise<Failure | null> {
  if (secrets === null) return UNREADABLE;
  const nowMs = deps.nowMs();
  const request = signedRequest(messageIdOf(row.id, event), bodyOfEvent(event, reader), secrets, nowMs);
  return (await sendEvent(row.url, request, deps.outbound, nowMs)).failure;
}

/** A webhook hears what a key of its channel would (I22). */
function readerOf({ channel }: WebhookRow): Reader {
  return channel === null ? { who: 'everybody' } : { who: 'channel', channel };
}

async function readable(row: WebhookRow, webhooks: DeliverDeps['webhooks']): Promise<readonly string[] | null> {
  try {
    return await webhooks.secretsOf(row);
  } catch {
    return null;
  }
}

const UNREADABLE: Failure = {
  detail: 'Its secrets cannot be read, for SECRETS_KEY is another: rotate it.',
  retryAfterMs: null,
  gone: false,
};

/** Whatever its lane gave up just now is off for everybody to see; whoever dies before does so at the next look. */
async function giveUpWhereOver(row: WebhookRow, { db, webhookLaneOf, nowMs }: DeliverDeps): Promise<void> {
  const { off, failure } = await webhookLaneOf(row.id).seen(row.startAfter);
  if (off !== null) await giveUpWebhook(db, row, { why: off, failure }, nowMs());
}
