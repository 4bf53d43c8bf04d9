import type { Units } from './event.ts';
import type { LocationId } from './ids.ts';
import type { Offer } from './offer.ts';
import type { Need } from './parcels.ts';
import { merged } from './reservation.ts';
import type { Placed } from './stock.ts';

/** Units that one line asks for, of one item. */
export interface Wish {
  readonly line: number;
  readonly quantity: number;
  readonly at: LocationId | null;
}

/** What is offered of one item, and becomes less with every line that takes of it (R15). */
export class Purse {
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

  /** How many of so many units some place will have to send; what is backordered comes from nowhere yet. */
  need(quantity: number): Need {
    let there = 0;
    for (const units of this.#available.values()) there += units;
    return { units: Math.min(quantity, this.#total, there), at: this.#available };
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
