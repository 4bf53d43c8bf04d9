import type { Sku } from '../ids.ts';
import { isAbove, type Numbers, type Shown } from './numbers.ts';

/**
 * All that the lane knows of one listing. Versions rise with everything that is decided to be set anew, also where the number
 * is the same: so whoever reports of a call says of which decision.
 */
export interface Entry {
  readonly listing: string;
  readonly sku: Sku;
  readonly wanted: Wanted;
  /** What the channel has, as far as we know; null: nobody knows. */
  readonly shown: Believed | null;
  /** What it showed before. */
  readonly previous: Shown | null;
  /** What was sent, and may or may not be in force yet. */
  readonly onTheWay: readonly OnTheWay[];
  /** An older value may have come after a newer one: the newest is set once more when nothing is on the way. */
  readonly overtaken: boolean;
  /** Calls in a row that came to nothing. */
  readonly attempts: number;
  readonly retryAtMs: number;
  /** Until when the channel may have sold by itself what is missing there; 0: nothing is missing. */
  readonly graceUntilMs: number;
  readonly refused: { readonly version: number; readonly code: string; readonly detail: string; readonly atMs: number } | null;
  readonly drift: Drift | null;
  /** The cases that were opened and not closed. */
  readonly told: { readonly refused: boolean; readonly drift: boolean };
}

export interface Wanted extends Numbers {
  /** Few are left: a crossing of this goes before other changes. */
  readonly low: boolean;
  readonly version: number;
  /** The oldest change that the channel does not show. */
  readonly sinceMs: number;
  /** Of the item's journal; of a kit, of all of its parts together. */
  readonly sequence: number;
}

/** `version` 0: not what we set. */
export interface Believed extends Shown {
  readonly version: number;
  readonly low: boolean;
  readonly atMs: number;
  /** Absent where nobody of us sent it. */
  readonly sentAtMs?: number;
}

export interface OnTheWay extends Numbers {
  /** null: the call was given up, and may be carried out until `untilMs`. Else the channel is asked about it from then on. */
  readonly receipt: string | null;
  readonly way: string;
  readonly version: number;
  readonly low: boolean;
  readonly sentAtMs: number;
  readonly untilMs: number;
}

export const DRIFT_CLASSES = ['late', 'rejected', 'changed_by_hand', 'unmapped'] as const;
export interface Drift {
  readonly class: (typeof DRIFT_CLASSES)[number];
  readonly sinceMs: number;
  readonly shown: Shown | null;
  /** It is left as it is while this is what is wanted; null: it is set again. */
  readonly leftAtVersion: number | null;
}

export type EntryState = 'waiting' | 'under_way' | 'confirmed' | 'refused' | 'left';

export function stateOf(entry: Entry, busy = false): EntryState {
  if (busy || isAccepted(entry)) return 'under_way';
  if (entry.refused?.version === entry.wanted.version) return 'refused';
  if (entry.drift?.leftAtVersion === entry.wanted.version) return 'left';
  return isConfirmed(entry) ? 'confirmed' : 'waiting';
}

/** The newest is to be sent, though perhaps not yet. */
export function isWaiting(entry: Entry): boolean {
  return stateOf(entry) === 'waiting';
}

export function isConfirmed({ wanted, shown }: Entry): boolean {
  return shown?.version === wanted.version;
}

function isAccepted({ onTheWay, wanted }: Entry): boolean {
  return onTheWay.some(({ receipt, version }) => receipt !== null && version === wanted.version);
}

/** The lane has something to do with it, now or later. Of what was refused somebody else must do something, once its case is open. */
export function isActive(entry: Entry): boolean {
  const { onTheWay, overtaken } = entry;
  return isWaiting(entry) || onTheWay.length > 0 || overtaken || newsOf(entry).length > 0;
}

export interface News {
  readonly about: 'refused' | 'drift';
  readonly open: boolean;
}

/** Cases that are to be opened or closed. */
export function newsOf({ refused, drift, told }: Entry): readonly News[] {
  const isRefused = refused !== null;
  const drifts = drift !== null && drift.class !== 'late';
  return [
    ...(isRefused === told.refused ? [] : [{ about: 'refused', open: isRefused } as const]),
    ...(drifts === told.drift ? [] : [{ about: 'drift', open: drifts } as const]),
  ];
}

/** Since when it may be sent: not while an order of the channel's own may be what is missing there. */
export function dueAtMs({ wanted, shown, retryAtMs, graceUntilMs }: Entry): number {
  const raises = shown !== null && isAbove(wanted, shown);
  return Math.max(retryAtMs, raises ? graceUntilMs : 0);
}

/** Smaller goes first: sold out, then sold out before or few left now, then the rest. */
export function urgencyOf({ wanted, shown }: Entry): 0 | 1 | 2 {
  if (sellsOut(wanted, shown)) return 0;
  if (shown !== null && (shown.quantity === 0 || shown.low !== wanted.low)) return 1;
  return 2;
}

/** Nothing is left of it, or nothing at a place that is shown to have some, and nothing is raised beside. Where nobody knows what is shown, it may be more. */
function sellsOut(wanted: Wanted, shown: Believed | null): boolean {
  if (wanted.quantity === 0) return shown?.quantity !== 0 || shown.places.some(({ quantity }) => quantity > 0);
  const emptied = wanted.places.filter(({ quantity }) => quantity === 0).map(({ place }) => place);
  if (shown === null || isAbove(wanted, shown)) return false;
  return shown.places.some(({ place, quantity }) => quantity > 0 && emptied.includes(place));
}
