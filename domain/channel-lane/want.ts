import type { Sku } from '../ids.ts';
import { stateOf, type Entry } from './entry.ts';
import { areSame, type Numbers } from './numbers.ts';

export interface NewLevel extends Numbers {
  readonly listing: string;
  readonly sku: Sku;
  readonly low: boolean;
  readonly sequence: number;
  /** When what it tells became so. */
  readonly atMs: number;
}

/** A newer level replaces the older, sent or not. `busy`: a call with it is under way. The same entry where nothing is new. */
export function want(known: Entry | null, told: NewLevel, busy: boolean, nowMs: number): Entry {
  if (known === null) return newEntry(told, nowMs);
  const gone = goneFrom(told, known);
  // A place that it refused to hear of may be there no more, and must not keep the others from being told.
  const before = gone.length > 0 && known.refused !== null ? withoutPlaces(known, gone) : known;
  const level = before === known ? { ...told, places: [...told.places, ...gone.map((place) => ({ place, quantity: 0 }))] } : told;
  const { wanted, shown, onTheWay } = before;
  if (areSame(wanted, level) && wanted.quantity === level.quantity && wanted.low === level.low && before.sku === level.sku)
    return before;

  const version = wanted.version + 1;
  // What comes back to what is shown, before anything else was sent, need not be sent.
  const back = !busy && onTheWay.length === 0 && shown !== null && shown.version > 0 && areSame(shown, level);
  const open = busy || stateOf(before) === 'waiting' || stateOf(before) === 'under_way';
  const { quantity, places, low, sequence, atMs } = level;
  return {
    ...before,
    sku: level.sku,
    wanted: { quantity, places, low, sequence, version, sinceMs: open && !back ? wanted.sinceMs : atMs },
    shown: back ? { ...shown, version, low } : shown,
    attempts: 0,
    retryAtMs: 0,
    refused: null,
  };
}

/** Places that were told a number and are none of the level any more: left alone, the channel would sell from there for ever. */
function goneFrom({ places }: NewLevel, { wanted, shown, onTheWay }: Entry): readonly string[] {
  const named = new Set(places.map(({ place }) => place));
  const told = [wanted, ...(shown === null ? [] : [shown]), ...onTheWay].flatMap((one) => one.places);
  return [...new Set(told.flatMap(({ place, quantity }) => (quantity > 0 && !named.has(place) ? [place] : [])))];
}

function withoutPlaces(entry: Entry, gone: readonly string[]): Entry {
  const { shown } = entry;
  if (shown === null) return entry;
  return { ...entry, shown: { ...shown, places: shown.places.filter(({ place }) => !gone.includes(place)) } };
}

/** To be set again, whatever was said of it before. */
export function wantAgain(entry: Entry, nowMs: number): Entry {
  const { wanted } = entry;
  return {
    ...entry,
    wanted: { ...wanted, version: wanted.version + 1, sinceMs: nowMs },
    attempts: 0,
    retryAtMs: 0,
    graceUntilMs: 0,
    refused: null,
  };
}

/** What is told for the first time is no change, however long it has been so. Versions begin with the time, so that a listing that was forgotten, and is ours again, never uses one twice. */
function newEntry({ listing, sku, quantity, places, low, sequence }: NewLevel, nowMs: number): Entry {
  return {
    listing,
    sku,
    wanted: { quantity, places, low, sequence, version: Math.max(1, nowMs), sinceMs: nowMs },
    shown: null,
    previous: null,
    onTheWay: [],
    overtaken: false,
    attempts: 0,
    retryAtMs: 0,
    graceUntilMs: 0,
    refused: null,
    drift: null,
    told: { refused: false, drift: false },
  };
}
