import type { Evidence } from './comparison.ts';
import type { PostingLine } from './posting.ts';
import { placeKey, type CountMeaning, type Place } from './stock.ts';
import { weightOf } from './variance.ts';

/** Why our number and the ERP's differ, in the order in which they are tried: what is proven comes before what only looks so. */
export const DRIFT_CLASSES = ['missing_post', 'late_order', 'double_post', 'wrong_location', 'unit_mix_up', 'unknown'] as const;
export type DriftClass = (typeof DRIFT_CLASSES)[number];

/** A difference at one place: what our number should be by the ERP's, less what it is. */
export interface PlaceVariance extends Place {
  readonly variance: number;
  /** Our number as it stands, in the meaning of the ERP's. */
  readonly booked: number;
}

export interface DriftEvidence extends Evidence {
  /** Keys of `posted` that the ERP says it does not have. */
  readonly lost: ReadonlySet<string>;
  /** What its feed told and nobody could book here yet. */
  readonly unapplied: readonly { readonly key: string; readonly lines: readonly PostingLine[] }[];
  /** Of the item's units, in base units. */
  readonly factors: readonly number[];
}

export interface Drift {
  readonly class: DriftClass;
  /** All places of one SKU that one cause explains. */
  readonly places: readonly PlaceVariance[];
  /** Keys of postings and bookings that speak for it, and the unit that does. */
  readonly because: { readonly keys: readonly string[]; readonly factor: number | null };
}

/** Explains the differences of one SKU. Each place is in exactly one drift. */
export function classify(variances: readonly PlaceVariance[], evidence: DriftEvidence, meaning: CountMeaning): readonly Drift[] {
  const drifts: Drift[] = [];
  let rest = variances.filter(({ variance }) => variance !== 0);
  for (const explain of [missing, late, doubled, elsewhere]) {
    const drift = explain(rest, evidence, meaning);
    if (drift === null) continue;
    drifts.push(drift);
    rest = rest.filter((one) => !drift.places.includes(one));
  }
  for (const place of rest) {
    const factor = mixedUp(place, evidence, meaning);
    drifts.push({ class: factor === null ? 'unknown' : 'unit_mix_up', places: [place], because: { keys: [], factor } });
  }
  return drifts;
}

type Rest = readonly PlaceVariance[];

/**
 * The ERP does not have what it once confirmed: its number lacks those entries, whatever else is wrong there. That two of them
 * make up for each other is no reason to book the rest: a base would settle them, and nobody would ask for them again.
 */
function missing(rest: Rest, { posted, lost }: DriftEvidence, meaning: CountMeaning): Drift | null {
  const gone = posted.filter(({ key }) => lost.has(key));
  const each = gone.map((one) => effects([one], meaning));
  const places = rest.filter((place) => each.some((effect) => (effect.get(placeKey(place)) ?? 0) !== 0));
  return places.length === 0 ? null : drift('missing_post', places, gone);
}

/** It was told and waits to be booked here: at every place that it touches it is the whole difference. */
function late(rest: Rest, { unapplied }: DriftEvidence, meaning: CountMeaning): Drift | null {
  const effect = [...effects(unapplied, meaning)].filter(([, units]) => units !== 0);
  const places = rest.filter((place) => effect.some(([key]) => key === placeKey(place)));
  const isAll =
    effect.length > 0 && effect.every(([key, units]) => rest.some((one) => placeKey(one) === key && one.variance === units));
  return isAll ? drift('late_order', places, unapplied) : null;
}

/** The difference is once more what one posting did, at every place of it and nowhere else. */
function doubled(rest: Rest, { posted }: DriftEvidence, meaning: CountMeaning): Drift | null {
  const left = new Map(rest.map((one) => [placeKey(one), one.variance]));
  if (left.size === 0) return null;
  const same = posted.filter((one) => {
    const effect = [...effects([one], meaning)].filter(([, units]) => units !== 0);
    return effect.length === left.size && effect.every(([place, units]) => left.get(place) === units);
  });
  return same.length === 0 ? null : drift('double_post', rest, same);
}

/** In all nothing is missing. */
function elsewhere(rest: Rest): Drift | null {
  const total = rest.reduce((sum, { variance }) => sum + variance, 0);
  return rest.length > 1 && total === 0 ? { class: 'wrong_location', places: rest, because: { keys: [], factor: null } } : null;
}

/**
 * Somebody booked boxes for pieces, or pieces for boxes: of the whole number, or of something that was booked lately. There
 * is a difference, so neither nothing nor a unit of one piece ever explains it.
 */
function mixedUp(
  { booked, variance, ...place }: PlaceVariance,
  { posted, facts, factors }: DriftEvidence,
  meaning: CountMeaning,
): number | null {
  const there = booked + variance;
  const units = [...posted, ...facts].flatMap((one) => effects([one], meaning).get(placeKey(place)) ?? []);
  const fits = (factor: number): boolean =>
    there === booked * factor ||
    booked === there * factor ||
    units.some((one) => variance === one * (factor - 1) || variance * factor === one * (1 - factor));
  return factors.find(fits) ?? null;
}

function drift(found: DriftClass, places: Rest, because: readonly { readonly key: string }[]): Drift {
  return { class: found, places, because: { keys: because.map(({ key }) => key), factor: null } };
}

function effects(
  booked: readonly { readonly lines: readonly PostingLine[] }[],
  meaning: CountMeaning,
): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const line of booked.flatMap(({ lines }) => lines))
    sums.set(placeKey(line), (sums.get(placeKey(line)) ?? 0) + weightOf([line], meaning));
  return sums;
}
