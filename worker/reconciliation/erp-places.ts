import type { LocationId, Sku, SourceId } from '../../domain/ids.ts';
import { placeKey, type CountMeaning, type StockStatus } from '../../domain/stock.ts';
import type { ErpBalance } from '../../erp/port.ts';
import { erpNamesOf } from '../jobs/erp-names.ts';

/** What the ERP says of one place, under our names. */
export interface ErpPlace {
  readonly location: LocationId;
  readonly status: StockStatus;
  readonly quantity: number;
  /** null: the ERP has no marks, or does not list the place. */
  readonly mark: number | null;
}

export interface ReadPlaces {
  readonly bySku: ReadonlyMap<Sku, readonly ErpPlace[]>;
  /** What it has under codes that nobody declared here. */
  readonly unknown: readonly (ErpBalance & { readonly class: 'item_unknown' | 'location_unknown' })[];
  readonly markMax: number | null;
}

/** Balances under our names; what the ERP keeps at two places of its own that are one of ours is one number. */
export async function placesOf(db: D1Database, connection: SourceId, balances: readonly ErpBalance[]): Promise<ReadPlaces> {
  const names = await erpNamesOf(db, connection, {
    skus: [...new Set(balances.map(({ sku }) => sku))],
    locations: [...new Set(balances.map(({ location }) => location))],
  });
  const bySku = new Map<Sku, Map<string, ErpPlace>>();
  const unknown: ReadPlaces['unknown'][number][] = [];
  let markMax: number | null = null;
  for (const balance of balances) {
    const { status, onHand: quantity, mark } = balance;
    if (mark !== null) markMax = Math.max(markMax ?? 0, mark);
    const sku = names.skus.get(balance.sku);
    const location = names.locations.get(balance.location);
    if (sku === undefined || location === undefined) {
      if (quantity !== 0) unknown.push({ ...balance, class: sku === undefined ? 'item_unknown' : 'location_unknown' });
      continue;
    }
    // A kit has no stock of its own (R22c); what the ERP books on it is a case of the feed.
    if (names.kits.has(sku)) continue;
    const places = bySku.get(sku) ?? new Map<string, ErpPlace>();
    const key = placeKey({ location, status });
    const was = places.get(key);
    places.set(key, was === undefined ? { location, status, quantity, mark } : joined(was, quantity, mark));
    bySku.set(sku, places);
  }
  return { bySku: new Map([...bySku].map(([sku, places]) => [sku, [...places.values()]])), unknown, markMax };
}

/** Both are in the sum only up to the older mark; with none, it is of the moment at which it was read. */
function joined(was: ErpPlace, quantity: number, mark: number | null): ErpPlace {
  return {
    ...was,
    quantity: was.quantity + quantity,
    mark: was.mark === null || mark === null ? null : Math.min(was.mark, mark),
  };
}

/** What the ERP's number means, from what we post to it (R34). Of two numbers the one that is on the shelf is compared. */
export function meaningAt(issueAt: 'commit' | 'fulfil' | 'both'): CountMeaning {
  return issueAt === 'commit' ? 'on_hand_minus_committed' : 'on_hand';
}
