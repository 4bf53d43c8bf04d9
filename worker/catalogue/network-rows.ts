import { eq, sql, type SQL } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import type { LocationRequest, SourceRequest } from '../../contracts/catalogue.ts';
import type { Alias } from '../../contracts/names.ts';
import type { ChannelId, LocationId, SourceId } from '../../domain/ids.ts';
import type { AuditedPut, AuditLog, By } from '../audit/audit-log.ts';
import { rowAsJson } from '../audit/row-as-json.ts';
import { aliasesAsJson, aliasesOf, refusalOf, replaceAliases } from './aliases.ts';
import { channel, location, networkVersion, source } from './schema.ts';
import { present, putOf, type Expected, type PutResult } from './versions.ts';

export type LocationRow = typeof location.$inferSelect;
export type ChannelRow = typeof channel.$inferSelect;
export type SourceRow = typeof source.$inferSelect;
export type ChannelValues = Omit<ChannelRow, 'id' | 'version'>;

/** Locations, channels and sources. Whoever changes one raises the version of the network in the same transaction. */
export interface NetworkRows {
  location(id: LocationId): Promise<LocationRow | null>;
  locationAliases(id: LocationId): Promise<readonly Alias[]>;
  putLocation(id: LocationId, request: LocationRequest, expected: Expected, by: By): Promise<PutResult<LocationRow>>;
  channel(id: ChannelId): Promise<ChannelRow | null>;
  putChannel(id: ChannelId, values: ChannelValues, expected: Expected, by: By): Promise<PutResult<ChannelRow>>;
  source(id: SourceId): Promise<SourceRow | null>;
  putSource(id: SourceId, request: SourceRequest, expected: Expected, by: By): Promise<PutResult<SourceRow>>;
}

export function networkRowsIn(db: DrizzleD1Database, audit: AuditLog): NetworkRows {
  const raised = () => db.update(networkVersion).set({ version: sql`${networkVersion.version} + 1` });
  const found = {
    location: async (id: LocationId) => (await db.select().from(location).where(eq(location.id, id)))[0] ?? null,
    channel: async (id: ChannelId) => (await db.select().from(channel).where(eq(channel.id, id)))[0] ?? null,
    source: async (id: SourceId) => (await db.select().from(source).where(eq(source.id, id)))[0] ?? null,
  };
  return {
    ...found,
    locationAliases: (id) => aliasesOf(db, 'location', id),

    putLocation: async (id, { name = null, type, priority, stop_sell, aliases }, expected, by) => {
      const kept = { name, type, priority, stopSell: stop_sell };
      try {
        const put = await audit.put(
          by,
          changeOf(location, 'location', id, expected, [aliasesAsJson('location', id)]),
          db
            .insert(location)
            .values({ id, ...kept, version: 1 })
            .onConflictDoUpdate({ target: location.id, set: { ...kept, version: sql`${location.version} + 1` } })
            .returning(),
          ...replaceAliases(db, 'location', id, aliases),
          raised(),
        );
        return present(await putOf(put, versionOf, () => found.location(id)));
      } catch (error) {
        return refusalOf(error);
      }
    },

    putChannel: async (id, values, expected, by) => {
      const put = await audit.put(
        by,
        changeOf(channel, 'channel', id, expected),
        db
          .insert(channel)
          .values({ id, ...values, version: 1 })
          .onConflictDoUpdate({ target: channel.id, set: { ...values, version: sql`${channel.version} + 1` } })
          .returning(),
        raised(),
      );
      return present(await putOf(put, versionOf, () => found.channel(id)));
    },

    putSource: async (id, { name = null, books, erp_connection: erpConnection = null }, expected, by) => {
      const kept = { name, books, erpConnection };
      const put = await audit.put(
        by,
        changeOf(source, 'source', id, expected),
        db
          .insert(source)
          .values({ id, ...kept, version: 1 })
          .onConflictDoUpdate({ target: source.id, set: { ...kept, version: sql`${source.version} + 1` } })
          .returning(),
        raised(),
      );
      return present(await putOf(put, versionOf, () => found.source(id)));
    },
  };
}

const versionOf = ({ version }: { readonly version: number }): number => version;

function changeOf(
  table: typeof location | typeof channel | typeof source,
  kind: 'location' | 'channel' | 'source',
  id: string,
  expected: Expected,
  further: readonly SQL[] = [],
): AuditedPut {
  const here = sql`${table.id} = ${id}`;
  return {
    action: 'put',
    expected,
    target: `${kind}:${id}`,
    state: rowAsJson(table, here, ['version'], further),
    version: sql`(SELECT ${table.version} FROM ${table} WHERE ${here})`,
  };
}
