import type { LocationId } from './ids.ts';
import { EXACT_PLACES_MAX } from './limits.ts';

/** Units of one item that may come from anywhere, and how many each place has of it: together at least as many. */
export interface Need {
  readonly units: number;
  readonly at: ReadonlyMap<LocationId, number>;
}

/**
 * The places from which everything comes: one for all if there is one; else the fewest beside those that send a parcel
 * in any case, and of as few the first by order. `places` stand in the order in which they are asked.
 */
export function fewestParcels(
  needs: readonly Need[],
  places: readonly LocationId[],
  sending: ReadonlySet<LocationId> = NOBODY,
): readonly LocationId[] {
  const rows = needs.map(({ units, at }) => ({ units, at: places.map((place) => at.get(place) ?? 0) }));
  const already = indexes(places, (place) => sending.has(place));
  const others = indexes(places, (place) => !sending.has(place));
  const whole = [...already, ...others].find((index) => rows.every((row) => unitsAt(row, index) >= row.units));
  const chosen = whole === undefined ? [...already, ...chooseAmong(rows.flatMap(lessFrom(already)), others)] : [whole];
  return chosen.flatMap((index) => places[index] ?? []);
}

const NOBODY: ReadonlySet<LocationId> = new Set();

/** A need with the units of each place by its number in the order. */
interface Row {
  readonly units: number;
  readonly at: readonly number[];
}

function indexes(places: readonly LocationId[], fits: (place: LocationId) => boolean): readonly number[] {
  return places.flatMap((place, index) => (fits(place) ? [index] : []));
}

function unitsAt({ at }: Row, index: number): number {
  return at[index] ?? 0;
}

function sumAt(row: Row, among: readonly number[]): number {
  let total = 0;
  for (const index of among) total += unitsAt(row, index);
  return total;
}

/** What is still needed when these send all they have. */
function lessFrom(senders: readonly number[]): (row: Row) => readonly Row[] {
  return (row) => {
    const units = row.units - sumAt(row, senders);
    return units > 0 ? [{ ...row, units }] : [];
  };
}

/** Those without which there is not enough are taken first: what is left to choose is mostly little. */
function chooseAmong(rows: readonly Row[], among: readonly number[]): readonly number[] {
  const needed = new Set<number>();
  for (const row of rows) {
    const spare = sumAt(row, among) - row.units;
    for (const index of among) if (unitsAt(row, index) > spare) needed.add(index);
  }
  const left = rows.flatMap(lessFrom([...needed]));
  const open = among.filter((index) => !needed.has(index) && left.some((row) => unitsAt(row, index) > 0));
  return [...needed, ...fewestOf(left, open)].sort((a, b) => a - b);
}

function fewestOf(rows: readonly Row[], among: readonly number[]): readonly number[] {
  const [only, another] = rows;
  if (only === undefined) return [];
  if (another === undefined) return fewestForOne(only, among);
  return among.length <= EXACT_PLACES_MAX ? fewestBySearch(rows, among) : fewByGreed(rows, among);
}

/** The largest places are the fewest. One is taken, in order, if the largest of those after it can make up the rest. */
function fewestForOne(row: Row, among: readonly number[]): readonly number[] {
  const later = among.map((index) => unitsAt(row, index)).sort((a, b) => b - a);
  let count = 0;
  for (let units = 0; units < row.units && count < later.length; count += 1) units += later[count] ?? 0;
  const chosen: number[] = [];
  let missing = row.units;
  for (const index of among) {
    if (chosen.length === count) break;
    const units = unitsAt(row, index);
    later.splice(later.indexOf(units), 1);
    const rest = later.slice(0, count - chosen.length - 1);
    if (rest.reduce((total, more) => total + more, units) < missing) continue;
    chosen.push(index);
    missing -= units;
  }
  return chosen;
}

/**
 * Every set of places is tried. A set is a number whose highest bit is the first place, so that of two sets of one size
 * the greater number is the one that comes first in order.
 */
function fewestBySearch(rows: readonly Row[], among: readonly number[]): readonly number[] {
  const indexOfBit = [...among].reverse();
  const sets = 2 ** among.length;
  const suffices = new Uint8Array(sets).fill(1);
  const units = new Float64Array(sets);
  for (const row of rows) {
    for (let set = 0; set < sets; set += 1) {
      const lowest = set & -set;
      if (set > 0) units[set] = (units[set - lowest] ?? 0) + unitsAt(row, indexOfBit[31 - Math.clz32(lowest)] ?? -1);
      if ((units[set] ?? 0) < row.units) suffices[set] = 0;
    }
  }
  let best = sets - 1;
  for (let set = sets - 1; set > 0; set -= 1) if (suffices[set] === 1 && sizeOf(set) < sizeOf(best)) best = set;
  return indexOfBit.filter((_, bit) => (best & (1 << bit)) !== 0);
}

function sizeOf(set: number): number {
  let size = 0;
  for (let rest = set; rest > 0; rest &= rest - 1) size += 1;
  return size;
}

/**
 * The place that sends most of what is still missing, again and again: at most 1 + ln(u) times the fewest, where u are
 * the units that one place can send (Wolsey 1982). Then whoever is not needed beside the others is left out, the last first.
 */
function fewByGreed(rows: readonly Row[], among: readonly number[]): readonly number[] {
  let missing = rows;
  let rest = among;
  let chosen: readonly number[] = [];
  while (missing.length > 0) {
    const gains = rest.map((index) => missing.reduce((total, row) => total + Math.min(row.units, unitsAt(row, index)), 0));
    const best = rest[gains.indexOf(Math.max(...gains))];
    if (best === undefined) break;
    chosen = [...chosen, best];
    rest = rest.filter((index) => index !== best);
    missing = missing.flatMap(lessFrom([best]));
  }
  for (const index of [...chosen].sort((a, b) => b - a)) {
    const without = chosen.filter((one) => one !== index);
    if (rows.every((row) => sumAt(row, without) >= row.units)) chosen = without;
  }
  return chosen;
}
