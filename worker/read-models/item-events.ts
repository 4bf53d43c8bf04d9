import { sql, type SQL } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import type { EventType } from '../../contracts/events.ts';
import type { Alias } from '../../contracts/names.ts';
import type { Sku } from '../../domain/ids.ts';
import { event } from './schema.ts';

/**
 * Tells those who follow the stream that the catalogue says something else of an item, and what it is no longer called. To be
 * run in the transaction of the change, and before its aliases are replaced by these.
 */
export function itemChanged(db: DrizzleD1Database, sku: Sku, aliases: readonly Alias[], nowMs: number) {
  const removed = sql`(SELECT json_group_array(json_object('system', system, 'external_id', external_id)) FROM (
    SELECT system, external_id FROM alias WHERE kind = 'item' AND target = ${sku}
      AND json_array(system, external_id) NOT IN (
        SELECT json_array(value ->> 'system', value ->> 'external_id') FROM json_each(${JSON.stringify(aliases)}))
    ORDER BY system, external_id))`;
  return db.insert(event).select(changed(sku, nowMs, sql`json_object('names_removed', json(${removed}))`));
}

/** The same where only its policy changed: of a plain item its object tells what comes of it, but a kit has none. */
export function kitChanged(db: DrizzleD1Database, sku: Sku, nowMs: number) {
  const isKit = sql`EXISTS (SELECT 1 FROM component WHERE kit = ${sku})`;
  return db.insert(event).select(sql`${changed(sku, nowMs, sql`'{"names_removed":[]}'`)} WHERE ${isKit}`);
}

/** Its row: the columns in the order of the table, and as its sequence the newest that the read models know. */
function changed(sku: Sku, nowMs: number, data: SQL): SQL {
  const type: EventType = 'item.changed';
  return sql`SELECT NULL, ${sku}, coalesce((SELECT sequence FROM availability WHERE sku = ${sku}), 0), ${type}, NULL, ${nowMs}, ${nowMs}, ${data}`;
}
