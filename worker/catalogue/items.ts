import { eq, sql } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import type { ItemRequest } from '../../contracts/catalogue.ts';
import type { Alias } from '../../contracts/names.ts';
import type { Sku } from '../../domain/ids.ts';
import type { ItemPolicy } from '../../domain/stock.ts';
import { Refused } from '../refused.ts';
import { aliasesOf, refusalOf, replaceAliases } from './aliases.ts';
import { item } from './schema.ts';
import { firstVersion, nextVersion, type Expected, type PutResult } from './versions.ts';

export type ItemRow = typeof item.$inferSelect;

export interface Items {
  find(sku: Sku): Promise<ItemRow | null>;
  aliases(sku: Sku): Promise<readonly Alias[]>;
  put(sku: Sku, request: ItemRequest, expected: Expected): Promise<PutResult<ItemRow>>;
  putPolicy(sku: Sku, policy: ItemPolicy, expected: Expected): Promise<PutResult<ItemRow>>;
}

export function itemsIn(db: DrizzleD1Database): Items {
  const find = async (sku: Sku): Promise<ItemRow | null> => (await db.select().from(item).where(eq(item.sku, sku)))[0] ?? null;
  return {
    find,
    aliases: (sku) => aliasesOf(db, 'item', sku),

    put: async (sku, { name = null, status, units, aliases }, expected) => {
      const kept = { name, status, units };
      const exists = sql`SELECT 1 FROM item WHERE sku = ${sku}`;
      try {
        const [rows] = await db.batch([
          db
            .insert(item)
            .values({ sku, ...kept, version: firstVersion(expected, exists), policyVersion: 0 })
            .onConflictDoUpdate({ target: item.sku, set: { ...kept, version: nextVersion(expected, sql`${item.version}`) } })
            .returning(),
          ...replaceAliases(db, 'item', sku, aliases),
        ]);
        return { row: only(rows), created: only(rows).version === 1 };
      } catch (error) {
        return refusalOf(error, 'item');
      }
    },

    putPolicy: async (sku, policy, expected) => {
      const version = sql`${item.policyVersion}`;
      // The first policy replaces none: nobody can have read its version.
      const fits = expected === null ? sql`1` : expected === 'any' ? sql`${version} > 0` : sql`${version} = ${expected}`;
      const [row] = await db
        .update(item)
        .set({ policy, policyVersion: sql`${version} + 1` })
        .where(sql`${item.sku} = ${sku} AND ${fits}`)
        .returning();
      if (row !== undefined) return { row, created: row.policyVersion === 1 };
      return (await find(sku)) === null
        ? new Refused('sku_unknown', `there is no item ${sku}`, { inPath: true })
        : new Refused('version_conflict', 'it was changed since you read it: read it again');
    },
  };
}

function only<Row>(rows: readonly Row[]): Row {
  const [row] = rows;
  if (row === undefined) throw new Error('a row that is put comes back');
  return row;
}
