import { asc, eq, sql, type SQL } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import { KIT_COMPONENTS_MAX, KIT_DEPTH_MAX, KIT_PARTS_MAX, KIT_ROWS_CHECKED_MAX, QUANTITY_MAX } from '../../contracts/limits.ts';
import type { Sku } from '../../domain/ids.ts';
import { Refused } from '../refused.ts';
import { component, kits } from './schema.ts';
import { isConstraint } from './versions.ts';

/** What a kit names, in base units of each. */
export interface Component {
  readonly sku: Sku;
  readonly factor: number;
}

/** Replaces what an item is made of, in the transaction of its row; without components it is a plain item. */
export function replaceComponents(db: DrizzleD1Database, kit: Sku, components: readonly Component[]) {
  return [
    raisedIfKit(db, kit),
    db.delete(component).where(eq(component.kit, kit)),
    db.insert(component).select(sql`
      SELECT ${kit}, value ->> 'sku', value ->> 'factor', key FROM json_each(${JSON.stringify(components)}) WHERE true`),
    ...(components.length === 0 ? [] : [judged(db, kit)]),
  ] as const;
}

/** Whoever remembers kits reads them anew: also when only a kit's policy or status changed. */
export function raisedIfKit(db: DrizzleD1Database, sku: Sku) {
  return db
    .update(kits)
    .set({ version: sql`${kits.version} + 1` })
    .where(sql`EXISTS (SELECT 1 FROM component WHERE kit = ${sku})`);
}

export async function componentsOf(db: DrizzleD1Database, kit: Sku): Promise<readonly Component[]> {
  return db
    .select({ sku: component.sku, factor: component.factor })
    .from(component)
    .where(eq(component.kit, kit))
    .orderBy(asc(component.position));
}

/** For the audit log: the member `components` of an item. */
export function componentsAsJson(kit: Sku): SQL {
  return sql`'components', json((SELECT json_group_array(json_object('sku', sku, 'factor', factor))
    FROM (SELECT sku, factor FROM component WHERE kit = ${kit} ORDER BY position)))`;
}

/**
 * What the change makes of the kit and of every kit that contains it. Nothing here ends in a loop: levels and rows are
 * counted. The checks of the table refuse what must not be, and with it the whole change.
 */
function judged(db: DrizzleD1Database, kit: Sku) {
  const withParts = sql`WITH RECURSIVE
    above(sku, level) AS (
      SELECT ${kit}, 0
      UNION
      SELECT component.kit, above.level + 1 FROM above JOIN component ON component.sku = above.sku
      WHERE above.level <= ${KIT_DEPTH_MAX}
    ),
    part(kit, sku, units, level) AS (
      SELECT DISTINCT sku, sku, 1, 0 FROM above
      UNION ALL
      SELECT part.kit, component.sku, part.units * component.factor, part.level + 1
      FROM part JOIN component ON component.kit = part.sku
      WHERE part.level <= ${KIT_DEPTH_MAX}
      LIMIT ${KIT_ROWS_CHECKED_MAX + 1}
    )`;
  return db.update(kits).set({
    version: sql`${kits.version} + 1`,
    cycle: sql`(${withParts} SELECT EXISTS (SELECT 1 FROM part WHERE level > 0 AND kit = sku))`,
    tooDeep: sql`(${withParts} SELECT max(level) > ${KIT_DEPTH_MAX} FROM part)`,
    tooMany: sql`(${withParts} SELECT count(*) > ${KIT_ROWS_CHECKED_MAX} OR EXISTS (
      SELECT 1 FROM part WHERE level > 0 GROUP BY kit HAVING count(*) > ${KIT_PARTS_MAX}) FROM part)`,
    tooLarge: sql`(${withParts} SELECT EXISTS (SELECT 1 FROM part GROUP BY kit, sku HAVING total(units) > ${QUANTITY_MAX}))`,
  });
}

/** What a change of a kit was refused for; null: something else went wrong. */
export function kitRefusalOf(error: unknown): Refused | null {
  const broken = (check: string): boolean => isConstraint(error, `CHECK constraint failed: ${check}`);
  if (broken('kits_no_cycle')) return new Refused('kit_cycle', 'components: the item would contain itself');
  if (broken('kits_not_too_deep')) {
    return new Refused(
      'invalid_request',
      `components: kits within kits go ${KIT_DEPTH_MAX} levels deep, with those that contain it`,
    );
  }
  if (broken('kits_not_too_many')) {
    return new Refused(
      'invalid_request',
      `components: over all levels a kit has at most ${KIT_PARTS_MAX}, this one and those that contain it; one level names ${KIT_COMPONENTS_MAX}`,
    );
  }
  if (broken('kits_not_too_large')) {
    return new Refused('invalid_request', `components: one kit would take more than ${QUANTITY_MAX} units of an item`);
  }
  return null;
}
