import type { Lane } from '../../domain/lane/lane.ts';

/** What is kept of the lane as a whole, in one row. */
export interface LaneState {
  readonly revision: number;
  readonly cursor: number | null;
  readonly basis: string | null;
  readonly target: string | null;
  readonly sweepAfter: string | null;
  readonly pusher: { readonly id: string; readonly untilMs: number } | null;
  /** By the name of the way; questions go a way of their own. Kept whole: a bucket that is full again would let a burst through. */
  readonly ways: Readonly<Record<string, Lane>>;
  /** Of the newest confirmations, from change to confirmation. */
  readonly lagsMs: readonly number[];
  readonly readBackAfter: string;
  /** Listings up to here are still to be read back because somebody asked for all; null: nobody did. */
  readonly sweeping: boolean;
  readonly sentTotal: number;
  readonly confirmedTotal: number;
}

export const NEW_STATE: LaneState = {
  revision: 0,
  cursor: null,
  basis: null,
  target: null,
  sweepAfter: null,
  pusher: null,
  ways: {},
  lagsMs: [],
  readBackAfter: '',
  sweeping: false,
  sentTotal: 0,
  confirmedTotal: 0,
};
