import type { ShortLine, Sourced } from './command.ts';
import type { Placed, Split } from './stock.ts';
import type { LocationId } from './ids.ts';
import { offeredAtOnePlace, type Offer } from './offer.ts';
import type { Units } from './event.ts';
import { merged } from './reservation.ts';

export interface Wish {
  readonly line: number;
  readonly quantity: number;
  readonly at: LocationId | null;
}

export interface Grant {
  /** One per wish, in the order of the lines; a wish may be granted in part or not at all. */
  readonly units: readonly Units[];
  /** Every line that got less than it asked for. */
  readonly short: readonly ShortLine[];
}

/**
 * Spreads what is offered over the lines, all taken from one purse (R15). Lines that name a location are served first
 * and only there; the others may come from anywhere, and beyond that be backordered.
 */
export function grant(offered: Offer, wishes: readonly Wish[], split: Split, sourced: Sourced = ANYWHERE): Grant {
  const purse = new Purse(offered);
  const bound =
    sourced.only !== null ? boundTo(sourced.only, wishes) : split === 'never' ? boundToOnePlace(offered, wishes) : wishes;
  const granted = new Map<number, Units>();
  for (const wish of bound) if (wish.at !== null) granted.set(wish.line, purse.takeAt(wish, wish.at));
  const free = bound.filter((wish) => wish.at === null);
  const order = purse.bestOrder(
    free.reduce((total, wish) => total + wish.quantity, 0),
    sourced.prefer,
  );
  for (const wish of free) granted.set(wish.line, purse.takeAnywhere(wish, order));

  const units = wishes.map((wish) => granted.get(wish.line) ?? { line: wish.line, quantity: 0, placed: [] });
  const short = wishes.flatMap((wish, index) => {
    const available = units[index]?.quantity ?? 0;
    return available < wish.quantity ? [{ line: wish.line, requested: wish.quantity, available }] : [];
  });
  return { units, short };
}

/** The place that has enough for all, the first by priority; else the one that has most. */
function boundToOnePlace(offered: Offer, wishes: readonly Wish[]): readonly Wish[] {
  const named = wishes.find((wish) => wish.at !== null)?.at ?? null;
  const total = wishes.reduce((sum, wish) => sum + wish.quantity, 0);
  const most = offeredAtOnePlace(offered);
  const at = named ?? offered.places.find((place) => place.available >= Math.min(total, most))?.location ?? null;
  return boundTo(at, wishes);
}

/** A line that asked for another place is not moved to this one: such a wish cannot be met unsplit. */
function boundTo(at: LocationId | null, wishes: readonly Wish[]): readonly Wish[] {
  return wishes.map((wish) => (at === null || (wish.at ?? at) !== at ? { ...wish, quantity: 0 } : { ...wish, at }));
}

const ANYWHERE: Sourced = { prefer: [], only: null };

class Purse {
  readonly #available: Map<LocationId, number>;
  #firm: number;
  #total: number;

  constructor(offered: Offer) {
    this.#available = new Map(offered.places.map((place) => [place.location, place.available]));
    this.#firm = offered.firm;
    this.#total = offered.availableToSell;
  }

  takeAt({ line, quantity }: Wish, location: LocationId): Units {
    const units = Math.min(quantity, this.#available.get(location) ?? 0, this.#firm);
    return { line, quantity: units, placed: this.#take(location, units) };
  }

  takeAnywhere({ line, quantity }: Wish, order: readonly LocationId[]): Units {
    const units = Math.min(quantity, this.#total);
    const placed: (readonly Placed[])[] = [];
    let missing = units;
    for (const location of order) {
      const part = Math.min(missing, this.#available.get(location) ?? 0);
      placed.push(this.#take(location, part));
      missing -= part;
    }
    this.#spend(missing);
    return { line, quantity: units, placed: merged(...placed) };
  }

  /** What the cart prefers first; else one place for all if there is one, the first by priority; else the fewest parcels. */
  bestOrder(quantity: number, prefer: readonly LocationId[]): readonly LocationId[] {
    const places = [...this.#available].filter(([, units]) => units > 0);
    const rank = new Map(prefer.map((location, index) => [location, index]));
    const last = prefer.length;
    const whole = prefer.length > 0 ? undefined : places.find(([, units]) => units >= quantity);
    return whole === undefined
      ? places
          .sort(([a, most], [b, more]) => (rank.get(a) ?? last) - (rank.get(b) ?? last) || more - most)
          .map(([location]) => location)
      : [whole[0]];
  }

  #take(location: LocationId, quantity: number): readonly Placed[] {
    if (quantity <= 0) return [];
    this.#available.set(location, (this.#available.get(location) ?? 0) - quantity);
    this.#spend(quantity);
    return [{ location, quantity }];
  }

  #spend(quantity: number): void {
    this.#firm = Math.max(0, this.#firm - quantity);
    this.#total -= quantity;
  }
}
