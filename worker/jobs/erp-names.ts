import type { LocationId, Sku, SourceId } from '../../domain/ids.ts';

/** What the ERP calls an item or a place, and what we call it. A code that we do not know is absent, never guessed. */
export interface ErpNames {
  readonly skus: ReadonlyMap<string, Sku>;
  /** Those of them that are kits, and have no stock. */
  readonly kits: ReadonlySet<Sku>;
  readonly locations: ReadonlyMap<string, LocationId>;
}

export interface ErpCodes {
  readonly skus: readonly string[];
  readonly locations: readonly string[];
}

/** Our own names, and the aliases that were declared for the source's system. */
export async function erpNamesOf(db: D1Database, source: SourceId, codes: ErpCodes): Promise<ErpNames> {
  const [skus, locations] = await db.batch<{ code: string; target: string; kit?: number }>([
    db.prepare(RESOLVE_ITEMS).bind(JSON.stringify(codes.skus), source),
    db.prepare(RESOLVE_LOCATIONS).bind(JSON.stringify(codes.locations), source),
  ]);
  return {
    skus: new Map(skus?.results.map(({ code, target }) => [code, target as Sku])),
    kits: new Set(skus?.results.flatMap(({ target, kit }) => (kit === 1 ? [target as Sku] : []))),
    locations: new Map(locations?.results.map(({ code, target }) => [code, target as LocationId])),
  };
}

// Names first, aliases last: of two rows for one code the alias, which somebody declared for this system, wins.
const RESOLVE_ITEMS = `
  SELECT code, target, EXISTS (SELECT 1 FROM component WHERE component.kit = target) AS kit FROM (
    SELECT value AS code, sku AS target FROM json_each(?1) JOIN item ON sku = value
    UNION ALL
    SELECT value, target FROM json_each(?1) JOIN alias ON kind = 'item' AND system = ?2 AND external_id = value
  )`;

const RESOLVE_LOCATIONS = `
  SELECT value AS code, location.id AS target FROM json_each(?1) JOIN location ON location.id = value
  UNION ALL
  SELECT value, target FROM json_each(?1) JOIN alias ON kind = 'location' AND system = ?2 AND external_id = value`;
