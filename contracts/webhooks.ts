import * as z from 'zod';
import { event, EVENT_TYPES } from './events.ts';
import {
  CURSOR_CHARACTERS_MAX,
  URL_CHARACTERS_MAX,
  WEBHOOK_OVERLAP_SECONDS_DEFAULT,
  WEBHOOK_OVERLAP_SECONDS_MAX,
} from './limits.ts';
import { channelId } from './names.ts';
import { pageOf, pageQuery } from './pages.ts';
import { instant, moment, units } from './quantities.ts';

const types = z.array(z.enum(EVENT_TYPES)).min(1).max(EVENT_TYPES.length);

export const newWebhook = z
  .strictObject({
    url: z.string().min(1).max(URL_CHARACTERS_MAX).meta({
      description: 'Where events are sent: https, port 443, and public.',
    }),
    types: types
      .refine((list) => new Set(list).size === list.length, 'must be named once each')
      .optional()
      .meta({ description: 'Absent: all.' }),
    channel: channelId.optional().meta({ description: 'It hears of this channel alone. Absent: of all.' }),
  })
  .meta({ id: 'NewWebhook' });

export const webhooksQuery = z.strictObject(pageQuery);

const webhookBase = {
  id: z.string(),
  url: z.string(),
  types: types.nullable(),
  channel: z.string().nullable(),
  state: z.enum(['on', 'off']),
  off_reason: z
    .enum(['asked', 'failing', 'gone'])
    .nullable()
    .meta({ description: '`failing`: it took nothing for a day. `gone`: it answered 410.' }),
  created_at: instant,
  secrets: z
    .array(z.object({ created_at: instant, expires_at: instant.nullable() }))
    .meta({ description: 'All of these sign; the newest first.' }),
};

const cursor = z.string().min(1).max(CURSOR_CHARACTERS_MAX);

export const webhook = z.object(webhookBase).meta({ id: 'Webhook', description: 'An address that is told of events.' });
export type WebhookReply = z.output<typeof webhook>;
export const webhooksReply = pageOf(webhook);

export const shownWebhook = z
  .object({ ...webhookBase, secret: z.string().nullable().meta({ description: 'This once; null in a repeated answer.' }) })
  .meta({ id: 'ShownWebhook' });

export const seenWebhook = z
  .object({
    ...webhookBase,
    delivery: z.object({
      cursor: z.string().meta({ description: 'It was told of every event up to this one.' }),
      attempts: units.meta({ description: 'Tries of the next event that failed.' }),
      failing_since: instant.nullable(),
      next_attempt_at: instant.nullable(),
      failure: z.object({ at: instant, detail: z.string() }).nullable().meta({ description: 'The newest one.' }),
      answered_at: instant.nullable().meta({ description: 'When it last took an event.' }),
      delivered_total: units,
      failed_total: units,
      replay: z.object({ after: z.string(), until: z.string() }).nullable().meta({ description: 'What is left of it.' }),
    }),
  })
  .meta({ id: 'SeenWebhook' });
export type SeenWebhookReply = z.output<typeof seenWebhook>;

export const webhookRotation = z
  .strictObject({
    overlap_seconds: z
      .int()
      .min(0)
      .max(WEBHOOK_OVERLAP_SECONDS_MAX)
      .default(WEBHOOK_OVERLAP_SECONDS_DEFAULT)
      .meta({ description: 'So long the secrets before sign beside it.' }),
  })
  .meta({ id: 'WebhookRotation' });

export const webhookEnabling = z
  .strictObject({ after: cursor.optional().meta({ description: 'Go on behind this event. Absent: where it stopped.' }) })
  .meta({ id: 'WebhookEnabling' });

/** From a cursor or a moment on, up to another, or to what is newest now. */
export const webhookReplay = z
  .strictObject({
    after: cursor.optional().meta({ description: 'Behind this event.' }),
    from_at: moment.optional().meta({ description: 'Or from this moment on.' }),
    until: cursor.optional().meta({ description: 'Up to this event. Absent, as is `until_at`: up to the newest.' }),
    until_at: moment.optional(),
  })
  .refine(({ after, from_at: fromAt }) => (after === undefined) !== (fromAt === undefined), 'must have either after or from_at')
  .refine(({ until, until_at: untilAt }) => until === undefined || untilAt === undefined, {
    path: ['until'],
    message: 'stands beside until_at',
  })
  .meta({ id: 'WebhookReplay' });

export const webhookReplayReply = z.object({
  after: z.string(),
  until: z.string().meta({ description: 'Events behind `after` up to this one are sent again, under the same ids.' }),
});

export const webhookTestReply = z
  .object({
    delivered: z.boolean(),
    status: units.nullable().meta({ description: 'What it answered; null: it did not.' }),
    detail: z.string().nullable(),
    duration_ms: units,
  })
  .meta({ id: 'WebhookTest', description: 'What became of a test event.' });
export type WebhookTestReply = z.output<typeof webhookTestReply>;

/** What a webhook is sent, signed as Standard Webhooks has it. */
const webhookBody = z
  .object({
    type: z.union([event.shape.type, z.literal('webhook.test')]),
    timestamp: instant.meta({ description: 'When it happened.' }),
    cursor: event.shape.cursor.nullable(),
    sku: event.shape.sku,
    sequence: event.shape.sequence.nullable(),
    data: z.union([event.shape.data, z.object({ webhook: z.string() })]),
  })
  .meta({ id: 'WebhookBody' });
export type WebhookBody = z.output<typeof webhookBody>;
