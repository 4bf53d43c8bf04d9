import { eq, sql, type SQL } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import type { SQLiteUpdateSetSource } from 'drizzle-orm/sqlite-core';
import type { ItemRequest } from '../../contracts/catalogue.ts';
import type { Alias } from '../../contracts/names.ts';
import type { Sku } from '../../domain/ids.ts';
import type { ItemPolicy, Receipt } from '../../domain/stock.ts';
import type { AuditLog, By } from '../audit/audit-log.ts';
import { rowAsJson } from '../audit/row-as-json.ts';
import { itemChanged, kitChanged } from '../read-models/item-events.ts';
import { Refused } from '../refused.ts';
import { aliasesAsJson, aliasesOf, refusalOf, replaceAliases } from './aliases.ts';
import { componentsAsJson, componentsOf, kitRefusalOf, raisedIfKit, replaceComponents, type Component } from './kits.ts';
import { item } from './schema.ts';
import { present, putOf, type Expected, type PutResult } from './versions.ts';

export type ItemRow = typeof item.$inferSelect;

/** As it was asked for, with its components found. */
export type ItemWritten = Omit<ItemRequest, 'components'> & { readonly components: readonly Component[] };

export interface Items {
  find(sku: Sku): Promise<ItemRow | null>;
  aliases(sku: Sku): Promise<readonly Alias[]>;
  /** What it is made of; nothing: it is no kit. */
  components(sku: Sku): Promise<readonly Component[]>;
  put(sku: Sku, request: ItemWritten, expected: Expected, by: By): Promise<PutResult<ItemRow>>;
  putPolicy(sku: Sku, policy: ItemPolicy, expected: Expected, by: By): Promise<PutResult<ItemRow>>;
  putReceipts(sku: Sku, receipts: readonly Receipt[], expected: Expected, by: By): Promise<PutResult<ItemRow>>;
}

export function itemsIn(db: DrizzleD1Database, audit: AuditLog, now: () => number): Items {
  const find = async (sku: Sku): Promise<ItemRow | null> => (await db.select().from(item).where(eq(item.sku, sku)))[0] ?? null;
  const putPart = async (
    sku: Sku,
    part: keyof typeof PARTS,
    changes: SQLiteUpdateSetSource<typeof item>,
    expected: Expected,
    by: By,
  ): Promise<PutResult<ItemRow>> => {
    const { column, version, versionIn } = PARTS[part];
    const put = await audit.put(
      by,
      {
        action: 'put',
        expected,
        target: `${part}:${sku}`,
        state: sql`(SELECT ${column} FROM item WHERE sku = ${sku})`,
        version: sql`(SELECT ${version} FROM item WHERE sku = ${sku})`,
      },
      db.update(item).set(changes).where(eq(item.sku, sku)).returning(),
      raisedIfKit(db, sku),
      kitChanged(db, sku, now()),
    );
    const done = await putOf(put, versionIn, () => find(sku));
    return done ?? new Refused('sku_unknown', `there is no item ${sku}`, { inPath: true });
  };
  return {
    find,
    aliases: (sku) => aliasesOf(db, 'item', sku),

    components: (sku) => componentsOf(db, sku),

    put: async (sku, { name = null, status, units, aliases, components }, expected, by) => {
      const kept = { name, status, units };
      try {
        const put = await audit.put(
          by,
          {
            action: 'put',
            expected,
            target: `item:${sku}`,
            state: itemAsJson(sku),
            version: sql`(SELECT version FROM item WHERE sku = ${sku})`,
          },
          db
            .insert(item)
            .values({ sku, ...kept, version: 1, policyVersion: 0 })
            .onConflictDoUpdate({ target: item.sku, set: { ...kept, version: sql`${item.version} + 1` } })
            .returning(),
          // Before its names are replaced, so that it can tell which are gone.
          itemChanged(db, sku, aliases, now()),
          ...replaceAliases(db, 'item', sku, aliases),
          ...replaceComponents(db, sku, components),
        );
        return present(
          await putOf(
            put,
            ({ version }) => version,
            () => find(sku),
          ),
        );
      } catch (error) {
        return kitRefusalOf(error) ?? refusalOf(error);
      }
    },

    putPolicy: (sku, policy, expected, by) =>
      putPart(sku, 'policy', { policy, policyVersion: sql`${item.policyVersion} + 1` }, expected, by),

    putReceipts: (sku, receipts, expected, by) =>
      putPart(sku, 'receipts', { receipts, receiptsVersion: sql`${item.receiptsVersion} + 1` }, expected, by),
  };
}

/** What is put by itself, and has a version of its own. */
const PARTS = {
  policy: { column: item.policy, version: item.policyVersion, versionIn: (row: ItemRow) => row.policyVersion },
  receipts: { column: item.receipts, version: item.receiptsVersion, versionIn: (row: ItemRow) => row.receiptsVersion },
} as const;

function itemAsJson(sku: Sku): SQL {
  return rowAsJson(
    item,
    eq(item.sku, sku),
    ['version', 'policy', 'policy_version', 'receipts', 'receipts_version'],
    [aliasesAsJson('item', sku), componentsAsJson(sku)],
  );
}
