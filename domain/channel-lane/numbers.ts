/** What a channel is to show of a listing: of all places together, and at each where it has places. */
export interface Numbers {
  readonly quantity: number;
  readonly places: readonly PlaceNumber[];
}

/** What it shows; a channel may have no number for all places together. */
export interface Shown {
  readonly quantity: number | null;
  readonly places: readonly PlaceNumber[];
}

export interface PlaceNumber {
  readonly place: string;
  readonly quantity: number;
}

/** Where both have places, these count; a channel's sum over them is its own affair. */
export function areSame(a: Shown, b: Shown): boolean {
  return pairsOf(a, b).every(([one, other]) => one === other);
}

/** Some number of `a` is larger than that of `b`. */
export function isAbove(a: Shown, b: Shown): boolean {
  return pairsOf(a, b).some(([one, other]) => one > other);
}

/** A channel may have places that are none of ours, and what it has there is not ours to compare or to change. */
export function ofOurPlaces(seen: Shown, ...ours: readonly Shown[]): Shown {
  const names = new Set(ours.flatMap(({ places }) => places.map(({ place }) => place)));
  return names.size === 0 ? seen : { ...seen, places: seen.places.filter(({ place }) => names.has(place)) };
}

function pairsOf(a: Shown, b: Shown): readonly (readonly [number, number])[] {
  if (a.places.length === 0 || b.places.length === 0) {
    return [[a.quantity ?? sumOf(a), b.quantity ?? sumOf(b)]];
  }
  const ofA = new Map(a.places.map(({ place, quantity }) => [place, quantity]));
  const ofB = new Map(b.places.map(({ place, quantity }) => [place, quantity]));
  return [...new Set([...ofA.keys(), ...ofB.keys()])].map((place) => [ofA.get(place) ?? 0, ofB.get(place) ?? 0]);
}

function sumOf({ places }: Shown): number {
  return places.reduce((sum, { quantity }) => sum + quantity, 0);
}
