// What a client of one item saw: what it asked for and when, and what it was told and when. One operation is one wish:
// asking again under the same key is part of it, from the first try to the answer that was believed at last.
import type { Timed } from './linearizable.ts';

export const CLASSES = ['open', 'owed', 'fulfilled', 'cancelled', 'released', 'expired'] as const;

/** The units of a reservation, each in one class. */
export type Units = Readonly<Record<(typeof CLASSES)[number], number>>;

export type Asked =
  | { readonly what: 'reserve'; readonly quantity: number; readonly mode: 'all_or_nothing' | 'partial'; readonly ttlMs: number }
  | { readonly what: 'extend'; readonly reservation: string; readonly ttlMs: number }
  /** To so many open units. */
  | { readonly what: 'resize'; readonly reservation: string; readonly quantity: number }
  | { readonly what: 'pin' | 'look'; readonly reservation: string }
  | {
      readonly what: 'commit';
      readonly reservation: string;
      /** null: all there is. */
      readonly quantity: number | null;
      readonly keepRest: boolean;
      readonly reacquire: boolean;
    }
  | { readonly what: 'release' | 'fulfill' | 'cancel'; readonly reservation: string; readonly quantity: number | null }
  /** Units come in. */
  | { readonly what: 'receive'; readonly quantity: number }
  /** How many are available? */
  | { readonly what: 'read' };

/** At which place of the item's journal, and at which time of its object, an answer is true; null where it does not say. */
export interface Place {
  readonly sequence: number | null;
  readonly asOfMs: number | null;
}

export type Said =
  /** endsAtMs, null: it has no deadline. */
  | ({
      readonly kind: 'reservation';
      readonly id: string;
      readonly units: Units;
      readonly pinned: boolean;
      readonly endsAtMs: number | null;
    } & Place)
  | ({ readonly kind: 'number'; readonly available: number } & Place)
  | ({ readonly kind: 'received' } & Place)
  /** With the numbers of a refusal for want of stock. */
  | ({
      readonly kind: 'refused';
      readonly code: string;
      readonly requested: number | null;
      readonly available: number | null;
    } & Place);

export interface Operation extends Timed {
  readonly id: string;
  readonly client: string;
  readonly asked: Asked;
  /** null: nobody knows whether it happened. */
  readonly said: Said | null;
  /** When it must have happened by the clock that deadlines are of: at the earliest and at the latest. */
  readonly fromMs: number;
  readonly untilMs: number;
}

export function inWords({ id, asked, said, invokedAt, returnedAt }: Operation): string {
  return `${id} [${invokedAt} … ${returnedAt}] ${JSON.stringify(asked)} → ${said === null ? 'unknown' : JSON.stringify(said)}`;
}
