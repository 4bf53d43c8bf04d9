import { and, asc, eq, sql, type SQL } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import type { Alias } from '../../contracts/names.ts';
import { Refused } from '../refused.ts';
import { alias } from './schema.ts';
import { isConstraint } from './versions.ts';

/** Replaces all that other systems call it, in the transaction of the row that it belongs to. */
export function replaceAliases(db: DrizzleD1Database, kind: 'item' | 'location', target: string, aliases: readonly Alias[]) {
  return [
    db.delete(alias).where(and(eq(alias.kind, kind), eq(alias.target, target))),
    // One row per alias, whatever their number: a statement binds a hundred values at most.
    db.insert(alias).select(sql`
      SELECT ${kind}, value ->> 'system', value ->> 'external_id', ${target} FROM json_each(${JSON.stringify(aliases)})`),
  ] as const;
}

export async function aliasesOf(db: DrizzleD1Database, kind: 'item' | 'location', target: string): Promise<Alias[]> {
  return db
    .select({ system: alias.system, external_id: alias.externalId })
    .from(alias)
    .where(and(eq(alias.kind, kind), eq(alias.target, target)))
    .orderBy(asc(alias.system), asc(alias.externalId));
}

/** For the audit log: the member `aliases` of what they belong to. */
export function aliasesAsJson(kind: 'item' | 'location', target: string): SQL {
  return sql`'aliases', json((SELECT json_group_array(json_object('system', system, 'external_id', external_id))
    FROM (SELECT system, external_id FROM alias WHERE kind = ${kind} AND target = ${target} ORDER BY system, external_id)))`;
}

/** What a failed PUT means outside; an error that is ours stays one. */
export function refusalOf(error: unknown): Refused {
  if (isConstraint(error, 'UNIQUE constraint failed: alias')) {
    return new Refused('invalid_request', 'aliases: one of them names another item or location already');
  }
  throw error;
}
