import type * as z from 'zod';
import { CART_PARTS_MAX } from '../../contracts/limits.ts';
import type { newReservation } from '../../contracts/selling.ts';
import type { CartLine } from '../../domain/cart/cart.ts';
import { isKit } from '../../domain/cart/units.ts';
import type { Sku } from '../../domain/ids.ts';
import { inBaseUnits, type NamedItem, type Names } from '../catalogue/names.ts';
import { Refused } from '../refused.ts';

type AskedLine = z.output<typeof newReservation>['lines'][number];

/** What the names in lines stand for, looked up together. */
export interface LineNames {
  readonly itemOf: Awaited<ReturnType<Names['items']>>;
  readonly locationOf: Awaited<ReturnType<Names['locations']>>;
}

export async function lineNames(lines: readonly AskedLine[], names: Names): Promise<LineNames> {
  const [itemOf, locationOf] = await Promise.all([
    names.items(lines.map(({ sku: name, unit }) => ({ name, unit }))),
    names.locations(lines.flatMap(({ location }) => location ?? [])),
  ]);
  return { itemOf, locationOf };
}

export interface NamedLine {
  readonly item: NamedItem;
  readonly line: CartLine;
}

/** Lines in base units, numbered, and as few as one reservation can hold. */
export function namedLines(asked: readonly AskedLine[], { itemOf, locationOf }: LineNames): readonly NamedLine[] | Refused {
  const named: NamedLine[] = [];
  for (const [index, { sku: name, unit, quantity, location }] of asked.entries()) {
    const item = itemOf({ name, unit });
    if (item instanceof Refused) return item;
    const units = inBaseUnits(quantity, item.factor);
    if (units instanceof Refused) return units;
    const at = location === undefined ? null : locationOf(location);
    if (at instanceof Refused) return at;
    const { sku, parts } = item;
    for (const part of parts) {
      const ofPart = inBaseUnits(units, part.units);
      if (ofPart instanceof Refused) return ofPart;
    }
    named.push({ item, line: { line: index + 1, sku, quantity: units, at, parts } });
  }
  const parts = named.reduce((total, { line }) => total + line.parts.length, 0);
  return parts <= CART_PARTS_MAX
    ? named
    : new Refused('invalid_request', `lines: the kits among them have ${parts} parts, and ${CART_PARTS_MAX} are the most`);
}

/** The one SKU that all lines are of, or null: a kit is a cart of its parts, even where it is the only line. */
export function onlySkuOf(lines: readonly CartLine[]): Sku | null {
  const skus = new Set(lines.map(({ sku }) => sku));
  const [sku] = skus;
  return sku === undefined || skus.size > 1 || lines.some(isKit) ? null : sku;
}
