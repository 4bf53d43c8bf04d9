import { Webhook } from 'standardwebhooks';
import type { WebhookBody } from '../../contracts/webhooks.ts';
import type { EventRow, Reader } from '../read-models/event-pages.ts';
import { eventReply } from '../replies/event-reply.ts';
import { written } from '../replies/written.ts';

/** An event as its webhook hears of it: what a key of its channel would read. */
export function bodyOfEvent(row: EventRow, reader: Reader): WebhookBody {
  const { at, ...event } = eventReply(row, reader);
  return { ...event, timestamp: at };
}

export function bodyOfTest(webhook: string, nowMs: number): WebhookBody {
  return { type: 'webhook.test', timestamp: written(nowMs), cursor: null, sku: null, sequence: null, data: { webhook } };
}

/**
 * The same for the same event of the same webhook, however often it is sent. The time at which it was recorded tells it from another
 * one that a database, set back to a backup, gave the same place.
 */
export function messageIdOf(webhook: string, { cursor, recordedAtMs }: EventRow): string {
  return `${webhook}.${cursor}.${recordedAtMs.toString(36)}`;
}

/** A request as Standard Webhooks has it, with a signature by each secret that counts. */
export function signedRequest(id: string, body: WebhookBody, secrets: readonly string[], nowMs: number): RequestInit {
  const payload = JSON.stringify(body);
  const at = new Date(nowMs);
  return {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'user-agent': 'Holdfast',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(nowMs / 1_000)),
      'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, at, payload)).join(' '),
    },
    body: payload,
  };
}
