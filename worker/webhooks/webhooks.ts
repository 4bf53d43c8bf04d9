import { asc, eq, gt, sql, type SQL } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import { WEBHOOK_SECRETS_MAX, WEBHOOKS_MAX } from '../../contracts/limits.ts';
import type { RequestKey } from '../../durable-objects/sku-stock/protocol.ts';
import type { AuditedChange, AuditLog, By } from '../audit/audit-log.ts';
import { rowAsJson } from '../audit/row-as-json.ts';
import type { AuditAction } from '../audit/schema.ts';
import { isConstraint } from '../catalogue/versions.ts';
import type { Seal } from '../inbound/seal.ts';
import { newWebhookSecretText } from '../inbound/webhook-secrets.ts';
import { NEWEST_CURSOR } from '../read-models/event-tables.ts';
import { Refused } from '../refused.ts';
import { toBase64url } from '../request/base64url.ts';
import { webhook, type SealedSecret } from './schema.ts';

export type WebhookRow = Readonly<typeof webhook.$inferSelect>;
export type NewWebhook = Pick<WebhookRow, 'url' | 'types' | 'channel'>;

export interface Webhooks {
  /** The secret is told this once: `null` where the same request made it before. */
  create(
    values: NewWebhook,
    request: RequestKey | null,
    by: By,
  ): Promise<{ readonly row: WebhookRow; readonly secret: string | null } | Refused>;
  find(id: string): Promise<WebhookRow | null>;
  list(after: string, limit: number): Promise<readonly WebhookRow[]>;
  /** A new secret; those before it sign a while longer. */
  rotate(row: WebhookRow, overlapMs: number, by: By): Promise<{ readonly row: WebhookRow; readonly secret: string }>;
  enable(id: string, by: By): Promise<WebhookRow | Refused>;
  disable(id: string, by: By): Promise<WebhookRow>;
  noteReplay(id: string, after: number, until: number, by: By): Promise<void>;
  /** `status`: what it answered; null: nothing. */
  noteTest(id: string, status: number | null, by: By): Promise<void>;
  /** All that sign now, readable, the newest first. */
  secretsOf(row: WebhookRow): Promise<readonly string[]>;
}

const ID_BYTES = 12;

export function webhooksIn(db: DrizzleD1Database, seal: Seal, audit: AuditLog, now: () => number): Webhooks {
  const newSecret = async (id: string): Promise<{ readonly secret: string; readonly kept: SealedSecret }> => {
    const secret = newWebhookSecretText();
    return { secret, kept: { sealed: await seal.seal(secret, sealedFor(id)), createdAtMs: now(), expiresAtMs: null } };
  };
  const find = async (id: string): Promise<WebhookRow | null> =>
    (await db.select().from(webhook).where(eq(webhook.id, id)))[0] ?? null;
  const known = async (id: string): Promise<WebhookRow> => {
    const row = await find(id);
    if (row === null) throw new Error(`the webhook ${id} was there a moment ago`);
    return row;
  };
  const madeBefore = async (
    request: RequestKey | null,
  ): Promise<{ readonly row: WebhookRow; readonly secret: null } | Refused | null> => {
    const [made] = request === null ? [] : await db.select().from(webhook).where(eq(webhook.requestHash, request.hash));
    if (made === undefined || request === null) return null;
    return made.requestFingerprint === request.fingerprint
      ? { row: made, secret: null }
      : new Refused('key_reused', 'another webhook was registered under this Idempotency-Key');
  };
  return {
    create: async (values, request, by) => {
      const id = `wh_${toBase64url(crypto.getRandomValues(new Uint8Array(ID_BYTES)))}`;
      const { secret, kept } = await newSecret(id);
      const row = {
        ...values,
        id,
        secrets: [kept],
        offReason: null,
        hasCase: false,
        replayed: null,
        tested: null,
        version: 1,
        createdAtMs: now(),
        requestHash: request?.hash ?? null,
        requestFingerprint: request?.fingerprint ?? null,
      } as const;
      const before = await madeBefore(request);
      if (before !== null) return before;
      const inserted = await audit
        .write(
          by,
          changeOf('create', id),
          db
            .insert(webhook)
            .values({ ...row, startAfter: NEWEST_EVENT, state: sql`iif(${HAS_ROOM}, 'on', NULL)` })
            .onConflictDoNothing({ target: webhook.requestHash })
            .returning(),
        )
        .catch(noRoom);
      if (inserted === null) return TOO_MANY;
      const [made] = inserted;
      if (made !== undefined) return { row: made, secret };
      const meanwhile = await madeBefore(request);
      if (meanwhile === null) throw new Error('a webhook that is not made was made before');
      return meanwhile;
    },
    find,
    list: (after, limit) => db.select().from(webhook).where(gt(webhook.id, after)).orderBy(asc(webhook.id)).limit(limit),
    rotate: async (row, overlapMs, by) => {
      const { secret, kept } = await newSecret(row.id);
      const endsAtMs = now() + overlapMs;
      const others = countingAt(row, now()).map((one) => ({
        ...one,
        expiresAtMs: Math.min(one.expiresAtMs ?? endsAtMs, endsAtMs),
      }));
      const secrets = [kept, ...others].slice(0, WEBHOOK_SECRETS_MAX);
      await audit.write(
        by,
        changeOf('rotate', row.id),
        db.update(webhook).set({ secrets, version: NEXT }).where(eq(webhook.id, row.id)),
      );
      return { row: { ...row, secrets }, secret };
    },
    enable: async (id, by) => {
      const state = sql`iif(state = 'on' OR ${HAS_ROOM}, 'on', NULL)`;
      const done = await audit
        .write(
          by,
          changeOf('enable', id),
          db.update(webhook).set({ state, offReason: null, version: NEXT }).where(eq(webhook.id, id)).returning(),
        )
        .catch(noRoom);
      return done === null ? TOO_MANY : known(id);
    },
    disable: async (id, by) => {
      const off = { state: 'off', offReason: sql`coalesce(${webhook.offReason}, 'asked')`, version: NEXT } as const;
      await audit.write(by, changeOf('disable', id), db.update(webhook).set(off).where(eq(webhook.id, id)));
      return known(id);
    },
    noteReplay: async (id, after, until, by) => {
      const replayed = { after, until, atMs: now() };
      await audit.write(
        by,
        changeOf('replay', id),
        db.update(webhook).set({ replayed, version: NEXT }).where(eq(webhook.id, id)),
      );
    },
    noteTest: async (id, status, by) => {
      const tested = { status, atMs: now() };
      await audit.write(by, changeOf('test', id), db.update(webhook).set({ tested, version: NEXT }).where(eq(webhook.id, id)));
    },
    secretsOf: async (row) => Promise.all(countingAt(row, now()).map(({ sealed }) => seal.open(sealed, sealedFor(row.id)))),
  };
}

/** Those that sign at this moment. */
export function countingAt({ secrets }: Pick<WebhookRow, 'secrets'>, nowMs: number): readonly SealedSecret[] {
  return secrets.filter(({ expiresAtMs }) => expiresAtMs === null || expiresAtMs > nowMs);
}

/** A source's secret and a webhook's never pass for one another. */
function sealedFor(id: string): string {
  return `webhook ${id}`;
}

/** All but what it signs with; of the secrets only since when and until when. */
function changeOf(action: AuditAction, id: string): AuditedChange {
  const times = sql`json_object('created_at_ms', value->'createdAtMs', 'expires_at_ms', value->'expiresAtMs')`;
  const secrets = sql`'secrets', (SELECT json_group_array(${times}) FROM json_each(secrets))`;
  const state = rowAsJson(webhook, eq(webhook.id, id), HIDDEN, [secrets]);
  return { action, target: `webhook:${id}`, state, version: sql`(SELECT version FROM webhook WHERE id = ${id})` };
}

const HIDDEN = ['secrets', 'version', 'request_hash', 'request_fingerprint', 'start_after'];
const NEXT = sql`${webhook.version} + 1`;

const NEWEST_EVENT: SQL<number> = sql`coalesce(${sql.raw(NEWEST_CURSOR)}, 0)`;
// A transaction of D1 ends before its time only by an error: so where there is no room, what may not be NULL is.
const HAS_ROOM = sql.raw(`(SELECT count(*) FROM webhook WHERE state = 'on') < ${WEBHOOKS_MAX}`);
const TOO_MANY = new Refused('too_many_webhooks', `${WEBHOOKS_MAX} webhooks may be on at a time: disable one first`);

function noRoom(error: unknown): null {
  if (isConstraint(error, 'NOT NULL constraint failed: webhook.state')) return null;
  throw error;
}
