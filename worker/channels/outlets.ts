import { asc, eq, sql } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import type { ChannelId } from '../../domain/ids.ts';
import type { AuditLog, By } from '../audit/audit-log.ts';
import { rowAsJson } from '../audit/row-as-json.ts';
import { present, putOf, type Expected, type PutResult } from '../catalogue/versions.ts';
import type { Seal } from '../inbound/seal.ts';
import { outlet, outletCredentials } from './schema.ts';

export type OutletRow = Readonly<typeof outlet.$inferSelect>;
export type OutletValues = Omit<OutletRow, 'channel' | 'version' | 'readBackAskedAtMs'>;
export type Credentials = Readonly<Record<string, string>>;

export interface Outlets {
  find(channel: ChannelId): Promise<OutletRow | null>;
  /** Those that are told now. */
  enabled(): Promise<readonly OutletRow[]>;
  put(channel: ChannelId, values: OutletValues, expected: Expected, by: By): Promise<PutResult<OutletRow>>;
  /** Writes down that somebody asked for it. */
  noteReadBack(channel: ChannelId, by: By): Promise<void>;
  putCredentials(outlet: Whom, credentials: Credentials, by: By): Promise<number>;
  /** null: none were set. */
  credentialsSetAtMs(channel: ChannelId): Promise<number | null>;
  /** null: none were set, or none for whom it calls now. */
  credentials(outlet: Whom): Promise<Credentials | null>;
}

type Whom = Pick<OutletRow, 'channel' | 'adapter' | 'options'>;

export function outletsIn(db: DrizzleD1Database, seal: Seal, audit: AuditLog, nowMs: () => number): Outlets {
  const find = async (channel: ChannelId): Promise<OutletRow | null> =>
    (await db.select().from(outlet).where(eq(outlet.channel, channel)))[0] ?? null;
  const sealedOf = async (channel: ChannelId) =>
    (await db.select().from(outletCredentials).where(eq(outletCredentials.channel, channel)))[0] ?? null;
  return {
    find,
    enabled: () => db.select().from(outlet).where(eq(outlet.enabled, true)).orderBy(asc(outlet.channel)),

    put: async (channel, values, expected, by) => {
      const here = sql`${outlet.channel} = ${channel}`;
      const put = await audit.put(
        by,
        {
          action: 'put',
          expected,
          target: `outlet:${channel}`,
          state: rowAsJson(outlet, here, ['version', 'read_back_asked_at_ms']),
          version: sql`(SELECT ${outlet.version} FROM ${outlet} WHERE ${here})`,
        },
        db
          .insert(outlet)
          .values({ channel, ...values, version: 1 })
          .onConflictDoUpdate({ target: outlet.channel, set: { ...values, version: sql`${outlet.version} + 1` } })
          .returning(),
      );
      return present(
        await putOf(
          put,
          ({ version }) => version,
          () => find(channel),
        ),
      );
    },

    noteReadBack: async (channel, by) => {
      const asked = outlet.readBackAskedAtMs;
      const here = sql`FROM ${outlet} WHERE ${outlet.channel} = ${channel}`;
      await audit.write(
        by,
        {
          action: 'change',
          target: `outlet:${channel}`,
          state: sql`(SELECT json_object('read_back_asked_at_ms', read_back_asked_at_ms) ${here})`,
          version: sql`NULL`,
        },
        db
          .update(outlet)
          .set({ readBackAskedAtMs: sql`max(${nowMs()}, coalesce(${asked}, 0) + 1)` })
          .where(eq(outlet.channel, channel)),
      );
    },

    putCredentials: async (whom, credentials, by) => {
      const { channel } = whom;
      const sealed = await seal.seal(JSON.stringify({ given: credentials, to: addressOf(whom) }), aboutOf(channel));
      const setAtMs = nowMs();
      const here = sql`FROM ${outletCredentials} WHERE ${outletCredentials.channel} = ${channel}`;
      await audit.write(
        by,
        {
          action: 'rotate',
          target: `outlet:${channel}`,
          // That there are others, and since when; not what they are. Two in a millisecond are told apart by nobody.
          state: sql`(SELECT json_object('credentials_set_at_ms', set_at_ms) ${here})`,
          version: sql`NULL`,
        },
        db
          .insert(outletCredentials)
          .values({ channel, sealed, setAtMs })
          .onConflictDoUpdate({
            target: outletCredentials.channel,
            set: { sealed, setAtMs: sql`max(${setAtMs}, ${outletCredentials.setAtMs} + 1)` },
          }),
      );
      return (await sealedOf(channel))?.setAtMs ?? setAtMs;
    },

    credentialsSetAtMs: async (channel) => (await sealedOf(channel))?.setAtMs ?? null,
    credentials: async (whom) => {
      const row = await sealedOf(whom.channel);
      return row === null ? null : givenTo(whom, JSON.parse(await seal.open(row.sealed, aboutOf(whom.channel))));
    },
  };
}

/** What is sealed for one channel opens for no other, and for nothing else. */
function aboutOf(channel: ChannelId): string {
  return `outlet ${channel}`;
}

/** What is sealed says whom it is for: who points an outlet elsewhere must not have it sent there, and so learn it. */
function givenTo(whom: Whom, kept: { readonly given: Credentials; readonly to: string } | Credentials): Credentials | null {
  // The first ones did not say it.
  if (typeof kept['given'] !== 'object') return kept as Credentials;
  return kept['to'] === addressOf(whom) ? kept['given'] : null;
}

function addressOf({ adapter, options }: Whom): string {
  return JSON.stringify([adapter, ...ADDRESS_OPTIONS.map((name) => options[name] ?? null)]);
}

/** Of all adapters: what says where they call. */
const ADDRESS_OPTIONS = ['url', 'token_url', 'shop', 'region'] as const;
