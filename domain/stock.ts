import type { ChannelId, LocationId, ReservationId, Sku, SourceId } from './ids.ts';
import type { Stated } from './command.ts';
import { Deadlines } from './deadlines.ts';
import type { SoldAs } from './owed.ts';

export const STOCK_STATUSES = ['sellable', 'quality_control', 'damaged', 'in_transit'] as const;
export type StockStatus = (typeof STOCK_STATUSES)[number];

export interface Place {
  readonly location: LocationId;
  readonly status: StockStatus;
}

export type CountMeaning = 'on_hand' | 'on_hand_minus_committed';

/**
 * What the newest count of one source at one place already holds: everything up to its mark, or, where the source
 * has no marks, everything that occurred by `asOfMs` (R34, R35).
 */
export type Base = { readonly meaning: CountMeaning } & (
  | { readonly mark: number }
  /** A count holds only what its own side knew: an ERP's none of our facts, a stock-take all that happened. */
  | { readonly asOfMs: number; readonly books: Stated['books'] }
);

export interface Balance extends Place {
  readonly onHand: number;
  readonly bases: Readonly<Record<SourceId, Base>>;
}

export interface Placed {
  readonly location: LocationId;
  readonly quantity: number;
}

/** One line of a reservation: each granted unit is in exactly one of the six classes (I3). */
export interface Line {
  readonly line: number;
  readonly asked: number;
  /** The location that was asked for; such a line is never moved and never backordered. */
  readonly at: LocationId | null;
  readonly open: number;
  /** Where the open units are; what is missing here is backordered. */
  readonly openAt: readonly Placed[];
  /** Committed and not yet fulfilled or cancelled. */
  readonly owed: number;
  readonly owedAt: readonly Placed[];
  readonly fulfilled: number;
  readonly cancelled: number;
  readonly released: number;
  readonly expired: number;
  /** Of a cart's line; absent in what was stored before carts said so, and of what is no cart: it was sold as itself. */
  readonly soldAs?: SoldAs;
}

/** Only open units can have a deadline, and only while nobody pinned them. */
export type Term =
  | { readonly kind: 'active'; readonly expiresAtMs: number }
  /** Pinned units never lapse; with no outcome by then somebody has to look (R25). */
  | { readonly kind: 'pinned'; readonly outcomeDueMs: number }
  | { readonly kind: 'closed' };

export type Split = 'never' | 'allowed';

export interface Reservation {
  readonly id: ReservationId;
  readonly channel: ChannelId;
  /** The hash of the buyer, never the buyer. */
  readonly buyer: string | null;
  /** Every order that took units of it, the newest last. */
  readonly orderRefs: readonly string[];
  readonly createdAtMs: number;
  /** Whether its units may come from several places; asked again whenever it takes more. */
  readonly split: Split;
  readonly term: Term;
  readonly lines: readonly Line[];
  /** The ERP took this order itself, so it hears nothing of it that it knows (R30c). Absent: we took it. */
  readonly books?: 'erp';
  /** The cart or order that it was handed over to (R41); absent in what nobody handed over. */
  readonly reference?: string | null;
}

/** Time in which something holds: from the start on, until before the end; null is open. */
export interface Window {
  readonly startsAtMs: number | null;
  readonly endsAtMs: number | null;
}

/** What one channel is sure of and may not exceed; outside its window it is as if nobody had set it. */
export interface QuotaPolicy extends Window {
  readonly channel: ChannelId;
  readonly protected: number;
  readonly cap: number | null;
}

/** A quota in one window: while that stays, its numbers may change and what was fulfilled under it still counts. */
export interface QuotaVersion extends Window {
  readonly channel: ChannelId;
  readonly fulfilled: number;
}

/** What one buyer may have of an item by reservations that began within a period. */
export interface BuyerCap {
  readonly quantity: number;
  readonly periodSeconds: number;
}

export interface ItemPolicy {
  readonly backorderLimit: number;
  readonly lowStockAt: number;
  readonly safetyStock: readonly Placed[];
  readonly buffers: readonly { readonly channel: ChannelId; readonly quantity: number }[];
  /** One for a channel at most. */
  readonly quotas: readonly QuotaPolicy[];
  readonly buyerCap: BuyerCap | null;
  readonly stopSell: boolean;
  /** What may be done about a shortage, in this order (R28b). */
  readonly overReservation: readonly ResolutionStep[];
}

/** `list` is the case that is open in any event: it says that the rest is for a person. */
export const RESOLUTION_STEPS = ['reallocate', 'release_unpinned', 'backorder', 'list'] as const;
export type ResolutionStep = (typeof RESOLUTION_STEPS)[number];

/** Goods that somebody expects; until they come they are not stock. */
export interface Receipt extends Placed {
  readonly expectedAtMs: number;
}

export interface Item {
  readonly status: 'active' | 'preorder' | 'discontinued';
  readonly policy: ItemPolicy;
  readonly receipts: readonly Receipt[];
}

export const DEFAULT_POLICY: ItemPolicy = {
  backorderLimit: 0,
  lowStockAt: 5,
  safetyStock: [],
  buffers: [],
  quotas: [],
  buyerCap: null,
  stopSell: false,
  overReservation: ['reallocate', 'list'],
};

/** A policy as this version of the code knows it: what was stored before a term existed has its default (R40). */
export function wholePolicy(stored: Partial<ItemPolicy> | null): ItemPolicy {
  return { ...DEFAULT_POLICY, ...stored };
}

export function wholeItem(stored: Omit<Item, 'receipts'> & Partial<Item>): Item {
  return { receipts: [], ...stored, policy: wholePolicy(stored.policy) };
}

/** What a case is about. The first two say what is so now, and close when it is no longer so. */
export type CaseAbout =
  | {
      readonly kind: 'over_reservation';
      /** What may be done about it of itself; absent in cases that are older than that. */
      readonly allowed?: readonly ResolutionStep[];
      /** Units that each step dealt with since the case opened. */
      readonly done?: Resolved;
    }
  | { readonly kind: 'pin_without_outcome'; readonly reservation: ReservationId }
  | { readonly kind: 'posting_refused'; readonly posting: number; readonly detail: string };

export type Resolved = Readonly<Partial<Record<Exclude<ResolutionStep, 'list'>, number>>>;

/** Something a person has to decide. Its number is the sequence at which it was opened. */
export interface Case {
  readonly number: number;
  readonly about: CaseAbout;
  readonly openedAtMs: number;
  /** Units: short, pinned without outcome, or of the posting. */
  readonly difference: number;
}

/** The live state of one SKU. It changes in `evolve` alone. */
export interface Stock {
  readonly sku: Sku;
  /** Number of the newest journal entry; 0 before the first. */
  sequence: number;
  /** The object's clock never goes back (R11). */
  lastNowMs: number;
  item: Item | null;
  quotaVersions: readonly QuotaVersion[];
  /** Up to when the newest count knew. */
  countedAtMs: number | null;
  readonly balances: Map<string, Balance>;
  /** Reservations with open units or units still to fulfil, oldest first. */
  readonly live: Map<ReservationId, Reservation>;
  readonly cases: Map<number, Case>;

  // Sums over `live`, kept so that nobody has to walk it (I2).
  readonly reserved: Map<LocationId, number>;
  readonly committed: Map<LocationId, number>;
  /** Open and owed units by channel, placed or not. */
  readonly promised: Map<ChannelId, number>;
  /** Owed units by channel, by what they were sold as and by the place that was asked for (owed.ts reads the keys). */
  readonly owed: Map<string, number>;
  backordered: number;
  readonly waiting: Set<ReservationId>;
  readonly byOrder: Map<string, Set<ReservationId>>;
  /** Made when somebody first asks what a buyer has: only items with a cap need it. */
  byBuyer: Map<string, Set<ReservationId>> | null;
  readonly deadlines: Deadlines;
  /** One list of lines for all reservations of so many units at one place, as nearly all are: an object may hold a hundred thousand. */
  readonly beginnings: Map<string, readonly Line[]>;
}

export function emptyStock(sku: Sku): Stock {
  return {
    sku,
    sequence: 0,
    lastNowMs: 0,
    item: null,
    quotaVersions: [],
    countedAtMs: null,
    balances: new Map(),
    live: new Map(),
    cases: new Map(),
    reserved: new Map(),
    committed: new Map(),
    promised: new Map(),
    owed: new Map(),
    backordered: 0,
    waiting: new Set(),
    byOrder: new Map(),
    byBuyer: null,
    deadlines: new Deadlines(),
    beginnings: new Map(),
  };
}

export function placeKey({ location, status }: Place): string {
  return `${status} ${location}`;
}

export function onHandAt(stock: Stock, place: Place): number {
  return stock.balances.get(placeKey(place))?.onHand ?? 0;
}
