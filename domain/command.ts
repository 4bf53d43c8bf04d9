import type { StatusRefusal } from './reservation.ts';
import type { ChannelId, LocationId, ReservationId, SourceId } from './ids.ts';
import type { SoldAs } from './owed.ts';
import type { CountMeaning, ItemPolicy, Item, Receipt, Reservation, Split, StockStatus } from './stock.ts';
import type { Holds } from './variance.ts';

/** A plan may be refused; a fact has already happened and is always booked (R26). */
export type Command = Plan | Fact | ItemChange | CaseChange;

export type Plan = Reserve | Extend | Resize | Pin | Commit | Release | Fulfill | Cancel | HandOver;

export interface Reserve {
  readonly type: 'reserve';
  readonly reservation: ReservationId;
  readonly channel: ChannelId;
  readonly buyer: string | null;
  readonly ttlMs: number;
  readonly lines: readonly AskedLine[];
  readonly mode: 'all_or_nothing' | 'partial';
  readonly split: Split;
  /** Present where a cart asks: its lines in other objects share one end, and all of it may come from one place. */
  readonly cart?: { readonly endsAtMs: number } & Sourced;
}

export interface AskedLine {
  readonly line: number;
  readonly quantity: number;
  readonly at: LocationId | null;
  /** Of a cart: what it is a part of, or the item itself. */
  readonly soldAs?: SoldAs;
}

/** What a cart, which sees all its lines, says about where this item's units should come from. */
export interface Sourced {
  /** Places to take from first; only a wish. */
  readonly prefer: readonly LocationId[];
  /** The one place for the whole cart, which nobody asked for by name; null: any. */
  readonly only: LocationId | null;
}

interface OnReservation {
  readonly reservation: ReservationId;
  /** Whose reservation it must be; null speaks for any channel. */
  readonly caller: ChannelId | null;
}

export interface LineQuantity {
  readonly line: number;
  readonly quantity: number;
}

export interface Extend extends OnReservation {
  readonly type: 'extend';
  readonly ttlMs: number;
  /** The cart's common end, which may also be set back to what it was. */
  readonly cart?: {
    readonly untilMs: number;
    /** Also of what is pinned: the deadline runs again for what a commit left behind, or could not commit. */
    readonly unpin?: true;
  };
}
export interface Resize extends OnReservation {
  readonly type: 'resize';
  /** The new open units of each named line. */
  readonly lines: readonly LineQuantity[];
}
export interface Pin extends OnReservation {
  readonly type: 'pin';
  readonly cart?: {
    /** Whether lapsed units may be taken anew; a commit without `reacquire` must not. */
    readonly anew: boolean;
    /** One item of a cart watches for its outcome (R25): one cart is one case. */
    readonly watched: boolean;
    /** What to take anew of lapsed lines, where not all is to be sold; null: all. */
    readonly lines?: readonly LineQuantity[] | null;
  } & Sourced;
}
export interface Commit extends OnReservation {
  readonly type: 'commit';
  readonly orderRef: string;
  /** null: all open units. Lines not named count as 0. */
  readonly lines: readonly LineQuantity[] | null;
  readonly keepRest: boolean;
  readonly reacquire: boolean;
}
/** `lines: null` means all there is; lines not named are untouched. */
export interface Release extends OnReservation {
  readonly type: 'release';
  readonly lines: readonly LineQuantity[] | null;
  /** An unknown reservation is refused from now on, since its reserve may still be on the way (R20). */
  readonly tombstone?: true;
}
export interface Fulfill extends OnReservation {
  readonly type: 'fulfill';
  readonly lines: readonly LineQuantity[] | null;
}
export interface Cancel extends OnReservation {
  readonly type: 'cancel';
  readonly lines: readonly LineQuantity[] | null;
}

/** Somebody else's from now on, without a gap (R41). What is absent stays as it is. */
export interface HandOver extends OnReservation {
  readonly type: 'hand_over';
  /** The hash of the new buyer. */
  readonly buyer?: string | null;
  /** The cart or the order that it belongs to now. */
  readonly reference?: string | null;
  /** Present where a cart takes it back, since another of its items refused: it was theirs before, so nobody is asked. */
  readonly back?: true;
}

export type Fact = Move | Count | TakeOrder | Reconcile;

/** Who says so: what an `erp` source states is already in the ERP and never posted back (R34). */
export interface Stated {
  readonly id: string;
  readonly source: SourceId;
  readonly books: 'erp' | 'front';
}

export const MOVE_KINDS = ['received', 'sold', 'shipped', 'returned', 'adjusted', 'transferred', 'status_changed'] as const;
export type MoveKind = (typeof MOVE_KINDS)[number];

export interface Move extends Stated {
  readonly type: 'move';
  readonly kind: MoveKind;
  readonly location: LocationId;
  readonly status: StockStatus;
  /** Positive units; signed for `adjusted` only. */
  readonly quantity: number;
  /** Where a `transferred` or `status_changed` ends; null for the other kinds. */
  readonly to: { readonly location: LocationId; readonly status: StockStatus } | null;
  readonly reason: string | null;
  readonly document: string | null;
  /** The order or reservation that goods left for (R30b). */
  readonly reservation: ReservationId | null;
  readonly orderRef: string | null;
  readonly mark: number | null;
  /** null: as it arrives. */
  readonly occurredAtMs: number | null;
}

export interface Count extends Stated {
  readonly type: 'count';
  readonly location: LocationId;
  readonly status: StockStatus;
  readonly quantity: number;
  readonly meaning: CountMeaning;
  readonly asOfMs: number;
  readonly mark: number | null;
}

/** A difference from the ERP that is to be booked here, if it is still the same (R36). */
export interface Reconcile extends Stated, FoundDifference {
  readonly type: 'reconcile';
  /** When the number was read. */
  readonly asOfMs: number;
  readonly reason: string;
  /** The other places that the same cause explains: all are booked, or none is. */
  readonly beside?: readonly (FoundDifference & Pick<Stated, 'id'>)[];
}

export interface FoundDifference {
  readonly location: LocationId;
  readonly status: StockStatus;
  readonly quantity: number;
  readonly meaning: CountMeaning;
  readonly holds: Exclude<Holds, { readonly asOfMs: number }>;
  readonly variance: number;
}

/** An order that was accepted elsewhere: its units are owed from the start (R30c). */
export interface TakeOrder extends Stated {
  readonly type: 'take_order';
  readonly reservation: ReservationId;
  readonly channel: ChannelId;
  readonly orderRef: string;
  /** `at` is where it was accepted from; null: wherever its channel finds units. */
  readonly lines: readonly AskedLine[];
  readonly mark: number | null;
  readonly placedAtMs: number;
}

export interface ItemChange {
  readonly type: 'set_item';
  /** null keeps what is there. */
  readonly status: Item['status'] | null;
  readonly policy: ItemPolicy | null;
  /** Absent keeps what is there, too. */
  readonly receipts?: readonly Receipt[];
  /** Asked before it is decided, it may be refused; what the catalogue says already is a fact and never is (R26). */
  readonly plan?: true;
}

export type CaseChange =
  /** The ERP refused a posting for good (R33). */
  | { readonly type: 'open_case'; readonly posting: number; readonly units: number; readonly detail: string }
  | { readonly type: 'resolve_case'; readonly case: number };

export interface ShortLine {
  readonly line: number;
  readonly requested: number;
  readonly available: number;
}

/** Why a plan was refused. Each code has one row in the table of problems. */
export type Rejection =
  /** Every line that gets less than it asked for, of the stock or of what one buyer may have. */
  | { readonly code: ShortOf; readonly lines: readonly ShortLine[] }
  | {
      readonly code: 'cap_below_consumption';
      readonly channel: ChannelId;
      readonly cap: number;
      readonly consumed: number;
    }
  /** More units would be protected, and not sold yet, than there are. */
  | { readonly code: 'protected_above_stock'; readonly unused: number; readonly stock: number }
  | { readonly code: PlainRefusal };

export type ShortOf = 'insufficient_stock' | 'buyer_cap_exceeded';

/** A refusal that its code says all of. */
export type PlainRefusal =
  | StatusRefusal
  | 'reservation_not_found'
  | 'exceeds_reservation'
  | 'case_not_found'
  /** What the case states is still so; it closes itself when that ends. */
  | 'case_still_true';

export type FactOutcome =
  | { readonly outcome: 'applied'; readonly variance: number | null }
  /** A count older than what we know (R34). */
  | { readonly outcome: 'stale' }
  /** A posting is under way whose place in that count nobody can know yet (R34). */
  | { readonly outcome: 'deferred' }
  /** A difference that is another by now: nothing was booked (R36). */
  | { readonly outcome: 'changed'; readonly variance: number };

/** What one command answers. `reservation` is its state right after. */
export type Answer =
  | {
      readonly accepted: true;
      readonly reservation: Reservation | null;
      readonly fact: FactOutcome | null;
      /** By when all of it is expected that no location has yet; null: all of it is there, or nobody knows. Absent in old answers. */
      readonly promisedAtMs?: number | null;
    }
  | { readonly accepted: false; readonly rejection: Rejection };
