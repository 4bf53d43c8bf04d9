import { OBJECTS_AT_ONCE_MAX } from '../../contracts/limits.ts';
import type { ChannelId, LocationId, Sku } from '../../domain/ids.ts';
import type { Part } from '../../domain/kit.ts';
import { byPriority, channelOf, locationsOf, type Network } from '../../domain/network.ts';
import { offer } from '../../domain/offer.ts';
import type { Wish } from '../../domain/purse.ts';
import { onePlaceFor, preferredPlaces, type ItemWishes } from '../../domain/sourcing.ts';
import type { Split } from '../../domain/stock.ts';
import type { Found, Snapshots } from '../cache/snapshots.ts';
import { inParallel, valuesOf } from '../in-parallel.ts';
import { Refused } from '../refused.ts';

/** One line of a cart, in base units of the item or kit that it asks for. */
export interface SourcedLine {
  readonly line: number;
  readonly quantity: number;
  readonly at: LocationId | null;
  readonly parts: readonly Part[];
}

export interface CartSource {
  /** Where units are taken first; only a wish. */
  readonly prefer: readonly LocationId[];
  /**
   * For an unsplit cart: the places to try, one after another. Where none has everything it is the one that has most, so
   * that its objects say what is short; empty where the channel sells from no place at all.
   */
  readonly candidates: readonly LocationId[];
}

interface Sources {
  readonly snapshots: Pick<Snapshots, 'cached' | 'strong'>;
  readonly network: Network;
}

/**
 * Where a cart should come from, as far as can be seen from here (R22b). A cart that may be split takes its wish from
 * what is cached; for one that may not the objects are asked, because a place that is not a candidate is not tried.
 */
export async function sourceCart(
  lines: readonly SourcedLine[],
  { channel, split }: { readonly channel: ChannelId; readonly split: Split },
  { snapshots, network }: Sources,
): Promise<CartSource | Refused> {
  const seller = channelOf(network, channel);
  const places = seller === undefined ? [] : [...locationsOf(network, seller)].sort(byPriority).map(({ id }) => id);
  const asked = wishesBySku(lines);
  const skus = [...asked.keys()];
  const itemsOf = (seen: readonly (Found | Refused)[]): readonly ItemWishes[] =>
    seen.flatMap((one) => {
      if (one instanceof Refused) return [];
      const { sku, terms } = one.snapshot;
      return [{ wishes: asked.get(sku) ?? [], offered: offer(terms, network, channel) }];
    });

  if (split === 'allowed') {
    if (places.length < 2 || lines.every(({ at }) => at !== null)) return { prefer: [], candidates: [] };
    const seen = await inParallel(skus, OBJECTS_AT_ONCE_MAX, (sku) => snapshots.cached(sku));
    // An item that nobody could see now has no say in a wish.
    const known = seen.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    return { prefer: preferredPlaces(itemsOf(known), places), candidates: [] };
  }

  const named = lines.find(({ at }) => at !== null)?.at ?? null;
  if (named !== null) return { prefer: [], candidates: [named] };
  if (places.length < 2) return { prefer: [], candidates: places };
  const seen = valuesOf(await inParallel(skus, OBJECTS_AT_ONCE_MAX, (sku) => snapshots.strong(sku)));
  const refused = seen.find((one) => one instanceof Refused);
  if (refused !== undefined) return refused;
  const { candidates, most } = onePlaceFor(itemsOf(seen), places);
  return { prefer: [], candidates: candidates.length > 0 ? candidates : [most ?? places[0]].flatMap((place) => place ?? []) };
}

function wishesBySku(lines: readonly SourcedLine[]): ReadonlyMap<Sku, readonly Wish[]> {
  const wishes = new Map<Sku, Wish[]>();
  for (const { line, quantity, at, parts } of lines) {
    for (const { sku, units } of parts) {
      const same = wishes.get(sku) ?? [];
      same.push({ line, quantity: quantity * units, at });
      wishes.set(sku, same);
    }
  }
  return wishes;
}
