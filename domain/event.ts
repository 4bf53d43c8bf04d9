import type { MoveKind, Stated } from './command.ts';
import type { ChannelId, LocationId, ReservationId } from './ids.ts';
import type { Base, Case, CaseAbout, CountMeaning, Item, Line, Place, Placed, Split } from './stock.ts';

/** Units of one line that change class together. Those missing in `placed` are backordered. */
export interface Units {
  readonly line: number;
  readonly quantity: number;
  readonly placed: readonly Placed[];
  /** Of an order that the ERP took itself, at a place that it did not name: no number of its places holds them (R30c). */
  readonly unnamed?: true;
}

/** The same of units that change their place; `to`: the ERP named the place that they left. */
interface Unnamed {
  readonly unnamed?: 'both' | 'to';
}

interface OfReservation {
  readonly reservation: ReservationId;
}

/** A signed change of the units on hand at one place. */
export interface Change extends Place {
  readonly onHand: number;
}

export type Event =
  | ({
      readonly type: 'reserved';
      readonly channel: ChannelId;
      readonly buyer: string | null;
      readonly split: Split;
      readonly expiresAtMs: number;
      readonly lines: readonly (Units & Pick<Line, 'asked' | 'at' | 'soldAs'>)[];
    } & OfReservation)
  | ({ readonly type: 'extended'; readonly expiresAtMs: number } & OfReservation)
  /** Open units added by a resize. */
  | ({ readonly type: 'grown'; readonly lines: readonly Units[] } & OfReservation)
  | ({
      readonly type: 'released';
      readonly reason: 'asked' | 'resized' | 'rest' | 'over_reservation';
      readonly lines: readonly Units[];
    } & OfReservation)
  | ({ readonly type: 'pinned'; readonly outcomeDueMs: number } & OfReservation)
  /** Lapsed units taken anew and pinned (R18, R24). */
  | ({ readonly type: 'retaken'; readonly outcomeDueMs: number; readonly lines: readonly Units[] } & OfReservation)
  | { readonly type: 'expired'; readonly reservations: readonly { readonly reservation: ReservationId; readonly atMs: number }[] }
  /** An order accepted elsewhere (R30c): owed from the start. An entry per place, as of `committed`; the first begins the reservation. */
  | ({
      readonly type: 'ordered';
      readonly channel: ChannelId;
      /** null: none has these units yet. */
      readonly location: LocationId | null;
      readonly lines: readonly (Units & Pick<Line, 'at' | 'soldAs'>)[];
      /** Not 0 where the newest count held the order before we knew of it (R34). */
      readonly onHand: number;
      readonly orderRef: string;
    } & OfReservation &
      Stated &
      Told)
  | ({ readonly type: 'handed_over'; readonly buyer: string | null; readonly reference: string | null } & OfReservation)
  /** One location per entry, so that each posting has one place. */
  | ({ readonly type: 'committed'; readonly orderRef: string; readonly lines: readonly Units[] } & OfReservation)
  | ({ readonly type: 'cancelled'; readonly orderRef: string | null; readonly lines: readonly Units[] } & OfReservation)
  /** Goods of a commitment left. A fact may have brought it about (`stated`), then it may be late (R34): `onHand` says what it changed. */
  | ({
      readonly type: 'shipped';
      /** Who sold it; what was recorded before quotas were does not say so. */
      readonly channel: ChannelId | undefined;
      readonly orderRef: string | null;
      readonly location: LocationId;
      readonly lines: readonly Units[];
      readonly onHand: number;
      readonly stated: (Stated & Told) | null;
    } & OfReservation)
  /** Backordered units got a place. */
  | ({
      readonly type: 'placed';
      readonly orderRef: string | null;
      readonly class: UnitClass;
      readonly line: number;
      readonly at: Placed;
    } & OfReservation &
      Unnamed)
  | ({
      readonly type: 'reallocated';
      /** Absent: goods left from another place than where they were promised. */
      readonly reason?: 'over_reservation';
      readonly orderRef: string | null;
      readonly class: UnitClass;
      readonly line: number;
      readonly from: LocationId;
      readonly at: Placed;
      /** Present where a fact of the ERP moved it, which may be late (R34): what it changed on hand at the place it left. */
      readonly stated?: Stated & Told;
      readonly onHand?: number;
    } & OfReservation &
      Unnamed)
  /** Units lost their place in a shortage and wait for another (R28b). */
  | ({
      readonly type: 'backordered';
      readonly orderRef: string | null;
      readonly class: UnitClass;
      readonly line: number;
      readonly from: Placed;
    } & OfReservation &
      Unnamed)
  | ({
      readonly type: 'moved';
      readonly kind: MoveKind;
      readonly quantity: number;
      readonly changes: readonly Change[];
      readonly reason: string | null;
    } & Stated &
      Told)
  | ({ readonly type: 'counted'; readonly count: number; readonly base: Base } & Change & Stated & Told)
  /** A difference that a reconciliation found and that was to be booked (R36). The ERP has it, so it is not posted. */
  | ({
      readonly type: 'reconciled';
      readonly count: number;
      readonly meaning: CountMeaning;
      /** null: the number had no mark, so it is no base for what is told later. */
      readonly base: Base | null;
      readonly reason: string;
    } & Change &
      Stated &
      Told)
  | { readonly type: 'item_changed'; readonly item: Item }
  | { readonly type: 'case_opened'; readonly about: CaseAbout; readonly difference: number }
  | { readonly type: 'case_changed'; readonly case: Case }
  | { readonly type: 'case_closed'; readonly case: Case };

/** Events that change what is on hand or committed somewhere; the others only change who is promised what. */
export type BookEvent = Extract<
  Event,
  {
    readonly type:
      | 'ordered'
      | 'committed'
      | 'cancelled'
      | 'shipped'
      | 'placed'
      | 'reallocated'
      | 'backordered'
      | 'moved'
      | 'counted'
      | 'reconciled';
  }
>;

type MovesBooks = { readonly [Type in Event['type']]: Type extends BookEvent['type'] ? true : false };

const MOVES_BOOKS = {
  ordered: true,
  committed: true,
  cancelled: true,
  shipped: true,
  placed: true,
  reallocated: true,
  backordered: true,
  moved: true,
  counted: true,
  reconciled: true,
  reserved: false,
  handed_over: false,
  extended: false,
  grown: false,
  released: false,
  pinned: false,
  retaken: false,
  expired: false,
  item_changed: false,
  case_opened: false,
  case_changed: false,
  case_closed: false,
} as const satisfies MovesBooks;

export function movesBooks(event: Event): event is BookEvent {
  return MOVES_BOOKS[event.type];
}

/** What a fact says of itself beside who says it. */
export interface Told {
  readonly orderRef: string | null;
  readonly document: string | null;
  readonly mark: number | null;
  readonly occurredAtMs: number;
}

/** Classes in which a unit is promised at a place. */
export type UnitClass = 'open' | 'owed';

/** One row of the journal. */
export interface Entry {
  readonly sequence: number;
  readonly atMs: number;
  readonly correlationId: string | null;
  readonly event: Event;
}
