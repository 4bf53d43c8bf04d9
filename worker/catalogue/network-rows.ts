import { eq, sql, type SQL } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import type { LocationRequest, SourceRequest } from '../../contracts/catalogue.ts';
import type { Alias } from '../../contracts/names.ts';
import type { ChannelId, LocationId, SourceId } from '../../domain/ids.ts';
import type { AuditedChange, AuditLog, By } from '../audit/audit-log.ts';
import { rowAsJson } from '../audit/row-as-json.ts';
import { aliasesAsJson, aliasesOf, refusalOf, replaceAliases } from './aliases.ts';
import { channel, location, networkVersion, source } from './schema.ts';
import { firstVersion, nextVersion, type Expected, type Put, type PutResult } from './versions.ts';

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
  return {
    location: async (id) => (await db.select().from(location).where(eq(location.id, id)))[0] ?? null,
    locationAliases: (id) => aliasesOf(db, 'location', id),
    channel: async (id) => (await db.select().from(channel).where(eq(channel.id, id)))[0] ?? null,
    source: async (id) => (await db.select().from(source).where(eq(source.id, id)))[0] ?? null,

    putLocation: async (id, { name = null, type, priority, stop_sell, aliases }, expected, by) => {
      const kept = { name, type, priority, stopSell: stop_sell };
      const version = firstVersion(expected, sql`SELECT 1 FROM location WHERE id = ${id}`);
      try {
        const rows = await audit.write(
          by,
          putOf(location, 'location', id, [aliasesAsJson('location', id)]),
          db
            .insert(location)
            .values({ id, ...kept, version })
            .onConflictDoUpdate({
              target: location.id,
              set: { ...kept, version: nextVersion(expected, sql`${location.version}`) },
            })
            .returning(),
          ...replaceAliases(db, 'location', id, aliases),
          raised(),
        );
        return answered(rows);
      } catch (error) {
        return refusalOf(error, 'location');
      }
    },

    putChannel: async (id, values, expected, by) => {
      const version = firstVersion(expected, sql`SELECT 1 FROM channel WHERE id = ${id}`);
      try {
        const rows = await audit.write(
          by,
          putOf(channel, 'channel', id),
          db
            .insert(channel)
            .values({ id, ...values, version })
            .onConflictDoUpdate({
              target: channel.id,
              set: { ...values, version: nextVersion(expected, sql`${channel.version}`) },
            })
            .returning(),
          raised(),
        );
        return answered(rows);
      } catch (error) {
        return refusalOf(error, 'channel');
      }
    },

    putSource: async (id, { name = null, books, erp_connection: erpConnection = null }, expected, by) => {
      const kept = { name, books, erpConnection };
      const version = firstVersion(expected, sql`SELECT 1 FROM source WHERE id = ${id}`);
      try {
        const rows = await audit.write(
          by,
          putOf(source, 'source', id),
          db
            .insert(source)
            .values({ id, ...kept, version })
            .onConflictDoUpdate({ target: source.id, set: { ...kept, version: nextVersion(expected, sql`${source.version}`) } })
            .returning(),
          raised(),
        );
        return answered(rows);
      } catch (error) {
        return refusalOf(error, 'source');
      }
    },
  };
}

function putOf(
  table: typeof location | typeof channel | typeof source,
  kind: 'location' | 'channel' | 'source',
  id: string,
  further: readonly SQL[] = [],
): AuditedChange {
  const here = sql`${table.id} = ${id}`;
  return {
    action: 'put',
    target: `${kind}:${id}`,
    state: rowAsJson(table, here, ['version'], further),
    version: sql`(SELECT ${table.version} FROM ${table} WHERE ${here})`,
  };
}

function answered<Row extends { readonly version: number }>(rows: readonly Row[]): Put<Row> {
  const [row] = rows;
  if (row === undefined) throw new Error('a row that is put comes back');
  return { row, created: row.version === 1 };
}
