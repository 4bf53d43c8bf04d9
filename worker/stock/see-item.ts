import type { Availability } from '../../contracts/availability.ts';
import { OBJECTS_AT_ONCE_MAX } from '../../contracts/limits.ts';
import type { Sku } from '../../domain/ids.ts';
import type { Kit } from '../../domain/kit.ts';
import type { SeenSnapshot } from '../cache/port.ts';
import type { NamedItem } from '../catalogue/names.ts';
import { inParallel, valuesOf } from '../in-parallel.ts';
import { Refused } from '../refused.ts';

export type Seen = SeenSnapshot & { readonly source: Availability['source'] };

/** What is sold, with all that its number is made of; of a kit nothing is remembered but its parts. */
export interface SeenItem {
  readonly sku: Sku;
  /** null: an item with stock of its own, its only part. */
  readonly kit: Kit | null;
  readonly parts: readonly SeenPart[];
}

export interface SeenPart {
  readonly units: number;
  readonly seen: Seen;
}

/** Looks at every part; one that cannot be seen refuses the whole, since the least of them is what counts. */
export async function seeItem(
  { sku, kit, parts }: NamedItem,
  look: (part: Sku) => Promise<Seen | Refused>,
): Promise<SeenItem | Refused> {
  const found = valuesOf(
    await inParallel(parts, OBJECTS_AT_ONCE_MAX, async ({ sku: part, units }) => ({ units, seen: await look(part) })),
  );
  const seen: SeenPart[] = [];
  for (const { units, seen: one } of found) {
    if (one instanceof Refused) return one;
    seen.push({ units, seen: one });
  }
  return { sku, kit, parts: seen };
}
