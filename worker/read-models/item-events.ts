import { sql, type SQL } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import type { EventType } from '../../contracts/events.ts';
import type { Alias } from '../../contracts/names.ts';
import type { Sku } from '../../domain/ids.ts';
import { event } from './schema.ts';

/**
 * Tells those who follow the stream that the catalogue says something else of an item, and which names it got and lost. To be
 * run in the transaction of the change, and before its aliases are replaced by these.
 */
export function itemChanged(db: DrizzleD1Database, sku: Sku, aliases: readonly Alias[], nowMs: number) {
  const before = sql`SELECT system, external_id AS name FROM alias WHERE kind = 'item' AND target = ${sku}`;
  const after = sql`SELECT value ->> 'system' AS system, value ->> 'external_id' AS name FROM json_each(${JSON.stringify(aliases)})`;
  const listed = (names: SQL): SQL =>
    sql`json((SELECT json_group_array(json_object('system', system, 'external_id', name)) FROM (${names} ORDER BY 1, 2)))`;
  const added = listed(sql`${after} EXCEPT ${before}`);
  const removed = listed(sql`${before} EXCEPT ${after}`);
  return db.insert(event).select(changed(sku, nowMs, sql`json_object('names_added', ${added}, 'names_removed', ${removed})`));
}

/** The same where only its policy changed: of a plain item its object tells what comes of it, but a kit has none. */
export function kitChanged(db: DrizzleD1Database, sku: Sku, nowMs: number) {
  const isKit = sql`EXISTS (SELECT 1 FROM component WHERE kit = ${sku})`;
  return db.insert(event).select(sql`${changed(sku, nowMs, sql`'{"names_added":[],"names_removed":[]}'`)} WHERE ${isKit}`);
}

/** Its row: the columns in the order of the table, and as its sequence the newest that the read models know. */
function changed(sku: Sku, nowMs: number, data: SQL): SQL {
  const type: EventType = 'item.changed';
  return sql`SELECT NULL, ${sku}, coalesce((SELECT sequence FROM availability WHERE sku = ${sku}), 0), ${type}, NULL, ${nowMs}, ${nowMs}, ${data}, NULL`;
}
