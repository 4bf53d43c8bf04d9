import { Hono } from 'hono';
import * as z from 'zod';
import { nothing } from '../../contracts/postings.ts';
import {
  newWebhook,
  webhookEnabling,
  webhookReplay,
  webhookRotation,
  webhooksQuery,
  type SeenWebhookReply,
  type WebhookReply,
  type WebhookTestReply,
} from '../../contracts/webhooks.ts';
import { nextDueMs, type WebhookLane } from '../../domain/webhook-lane/webhook-lane.ts';
import type { WebhookLaneStub } from '../../durable-objects/webhook-lane/protocol.ts';
import type { AppEnv } from '../app-env.ts';
import { byOf } from '../audit/by.ts';
import type { Names } from '../catalogue/names.ts';
import type { Allow } from '../middleware/authenticate.ts';
import { idempotencyKeyOf, requestKeyOf } from '../middleware/idempotency-key.ts';
import type { Outbound } from '../outbound/outbound.ts';
import { problem } from '../problem.ts';
import { cursorBefore, newestEvent } from '../read-models/event-pages.ts';
import { Refused } from '../refused.ts';
import { written, writtenOrNull } from '../replies/written.ts';
import { bodyOf, queryOf } from '../request/body.ts';
import { afterOf, cursorOf, pageOf } from '../request/pages.ts';
import { positionIn } from '../request/position-in.ts';
import { sendEvent } from '../webhooks/send-event.ts';
import { bodyOfTest, signedRequest } from '../webhooks/signed-event.ts';
import { countingAt, type WebhookRow, type Webhooks } from '../webhooks/webhooks.ts';

export interface WebhookDeps {
  readonly allow: Allow;
  readonly names: Pick<Names, 'channel'>;
  readonly db: D1Database;
  readonly webhooks: Webhooks;
  readonly webhookLaneOf: (id: string) => WebhookLaneStub;
  readonly wakeWebhook: (id: string) => Promise<void>;
  readonly outbound: Outbound;
  readonly now: () => number;
}

export function webhookRoutes({
  allow,
  names,
  db,
  webhooks,
  webhookLaneOf,
  wakeWebhook,
  outbound,
  now,
}: WebhookDeps): Hono<AppEnv> {
  const found = async (id: string): Promise<WebhookRow | Refused> => (await webhooks.find(id)) ?? NO_WEBHOOK;
  const mayCall = async (url: string): Promise<Refused | null> => {
    const checked = await outbound.check(url);
    return checked.may === true ? null : new Refused('url_not_allowed', checked.why);
  };
  return new Hono<AppEnv>()
    .post('/v1/webhooks', allow('admin'), async (c) => {
      const idempotencyKey = c.req.header('idempotency-key') === undefined ? null : idempotencyKeyOf(c);
      if (idempotencyKey instanceof Refused) return problem(c, idempotencyKey);
      const body = await bodyOf(c, newWebhook);
      if (body instanceof Refused) return problem(c, body);
      const { url, types = null, channel = null } = body.value;
      const known = channel === null ? null : await names.channel(channel);
      if (known instanceof Refused) return problem(c, known);
      const refused = await mayCall(url);
      if (refused !== null) return problem(c, refused);
      const request = idempotencyKey === null ? null : await requestKeyOf(c, idempotencyKey, body.sent);
      const made = await webhooks.create({ url, types, channel }, request, byOf(c));
      if (made instanceof Refused) return problem(c, made);
      const { row, secret } = made;
      return c.json({ ...webhookReply(row, now()), secret }, 201, secret === null ? { 'idempotent-replayed': 'true' } : {});
    })

    .get('/v1/webhooks', allow('admin'), async (c) => {
      const query = queryOf(c, webhooksQuery);
      if (query instanceof Refused) return problem(c, query);
      const after = afterOf(query.cursor);
      if (after instanceof Refused) return problem(c, after);
      const page = pageOf(await webhooks.list(after, query.limit + 1), ({ id }) => id, query.limit);
      return c.json({ ...page, items: page.items.map((row) => webhookReply(row, now())) });
    })

    .get('/v1/webhooks/:id', allow('admin'), async (c) => {
      const row = await found(c.req.param('id'));
      if (row instanceof Refused) return problem(c, row);
      return c.json(seenReply(row, await webhookLaneOf(row.id).seen(row.startAfter), now()));
    })

    .post('/v1/webhooks/:id/verify', allow('admin'), async (c) => {
      const body = await bodyOf(c, nothing);
      if (body instanceof Refused) return problem(c, body);
      const row = await found(c.req.param('id'));
      if (row instanceof Refused) return problem(c, row);
      const startedAtMs = now();
      const request = signedRequest(
        `${row.id}.test.${startedAtMs.toString(36)}`,
        bodyOfTest(row.id, startedAtMs),
        await webhooks.secretsOf(row),
        startedAtMs,
      );
      const { status, failure } = await sendEvent(row.url, request, outbound, startedAtMs);
      await webhooks.noteTest(row.id, status, byOf(c));
      const detail = failure?.detail ?? null;
      const reply: WebhookTestReply = { delivered: failure === null, status, detail, duration_ms: now() - startedAtMs };
      return c.json(reply);
    })

    .post('/v1/webhooks/:id/rotate', allow('admin'), async (c) => {
      const body = await bodyOf(c, webhookRotation);
      if (body instanceof Refused) return problem(c, body);
      const row = await found(c.req.param('id'));
      if (row instanceof Refused) return problem(c, row);
      const rotated = await webhooks.rotate(row, body.value.overlap_seconds * 1_000, byOf(c));
      return c.json({ ...webhookReply(rotated.row, now()), secret: rotated.secret });
    })

    .post('/v1/webhooks/:id/disable', allow('admin'), async (c) => {
      const body = await bodyOf(c, nothing);
      if (body instanceof Refused) return problem(c, body);
      const row = await found(c.req.param('id'));
      if (row instanceof Refused) return problem(c, row);
      return c.json(webhookReply(await webhooks.disable(row.id, byOf(c)), now()));
    })

    .post('/v1/webhooks/:id/enable', allow('admin'), async (c) => {
      const body = await bodyOf(c, webhookEnabling);
      if (body instanceof Refused) return problem(c, body);
      const row = await found(c.req.param('id'));
      if (row instanceof Refused) return problem(c, row);
      const after = placeIn(body.value.after, 'after');
      if (after instanceof Refused) return problem(c, after);
      const refused = await mayCall(row.url);
      if (refused !== null) return problem(c, refused);
      // First where it goes on: a webhook that is on and has no such place would be given up again at once.
      await webhookLaneOf(row.id).resume(row.startAfter, after);
      const enabled = await webhooks.enable(row.id, byOf(c));
      if (enabled instanceof Refused) return problem(c, enabled);
      await wakeWebhook(row.id);
      return c.json(webhookReply(enabled, now()));
    })

    .post('/v1/webhooks/:id/replay', allow('admin'), async (c) => {
      const body = await bodyOf(c, webhookReplay);
      if (body instanceof Refused) return problem(c, body);
      const row = await found(c.req.param('id'));
      if (row instanceof Refused) return problem(c, row);
      const range = await rangeOf(body.value, db);
      if (range instanceof Refused) return problem(c, range);
      const { after, until } = range;
      const lane = webhookLaneOf(row.id);
      if ((await lane.seen(row.startAfter)).replay !== null) return problem(c, REPLAY_RUNNING);
      await webhooks.noteReplay(row.id, after, until, byOf(c));
      if (!(await lane.replay(row.startAfter, after, until))) return problem(c, REPLAY_RUNNING);
      await wakeWebhook(row.id);
      return c.json({ after: cursorOf(String(after)), until: cursorOf(String(until)) }, 202);
    });
}

const NO_WEBHOOK = new Refused('not_found', 'no webhook has this id');
const REPLAY_RUNNING = new Refused('replay_running', 'GET the webhook to see how far it is');

async function rangeOf(
  asked: z.output<typeof webhookReplay>,
  db: D1Database,
): Promise<{ readonly after: number; readonly until: number } | Refused> {
  const given = placeIn(asked.after, 'after');
  if (given instanceof Refused) return given;
  const upTo = placeIn(asked.until, 'until');
  if (upTo instanceof Refused) return upTo;
  const newest = await newestEvent(db);
  const after = given ?? (await cursorBefore(db, asked.from_at ?? 0));
  const untilAt = asked.until_at === undefined ? newest : await cursorBefore(db, asked.until_at);
  const until = upTo ?? untilAt;
  if (until > newest) return new Refused('invalid_request', 'until: there is no such event');
  return until > after ? { after, until } : new Refused('invalid_request', 'there is no event in between');
}

/** The place in the stream that a cursor names; null: none is given. */
function placeIn(cursor: string | undefined, name: string): number | null | Refused {
  const place = positionIn(cursor, z.int().min(0));
  return place instanceof Refused ? new Refused('invalid_request', place.detail.replace('cursor', name)) : place;
}

function webhookReply(row: WebhookRow, nowMs: number): WebhookReply {
  return {
    id: row.id,
    url: row.url,
    types: row.types === null ? null : [...row.types],
    channel: row.channel,
    state: row.state,
    off_reason: row.offReason,
    created_at: written(row.createdAtMs),
    secrets: countingAt(row, nowMs).map(({ createdAtMs, expiresAtMs }) => {
      return { created_at: written(createdAtMs), expires_at: writtenOrNull(expiresAtMs) };
    }),
  };
}

function seenReply(row: WebhookRow, lane: WebhookLane, nowMs: number): SeenWebhookReply {
  const { live, replay, failure } = lane;
  return {
    ...webhookReply(row, nowMs),
    delivery: {
      cursor: cursorOf(String(live.after)),
      attempts: live.attempts,
      failing_since: writtenOrNull(live.failingSinceMs),
      next_attempt_at: writtenOrNull(row.state === 'on' ? nextDueMs(lane) : null),
      failure: failure === null ? null : { at: written(failure.atMs), detail: failure.detail },
      answered_at: writtenOrNull(lane.answeredAtMs),
      delivered_total: lane.deliveredTotal,
      failed_total: lane.failedTotal,
      replay: replay === null ? null : { after: cursorOf(String(replay.after)), until: cursorOf(String(replay.until)) },
    },
  };
}
