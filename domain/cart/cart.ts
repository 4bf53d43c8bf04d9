import type { Cancel, Commit, Extend, Fulfill, HandOver, Pin, Rejection, Release, Resize, ShortOf, Stated } from '../command.ts';
import type { ChannelId, LocationId, ReservationId, Sku } from '../ids.ts';
import type { Part } from '../kit.ts';
import type { Line, Reservation, Split, Term } from '../stock.ts';

export interface CartLine {
  readonly line: number;
  /** As it was asked for: an item or a kit. */
  readonly sku: Sku;
  readonly quantity: number;
  /** The location that was asked for; such a line is never moved. */
  readonly at: LocationId | null;
  /** As they were when it was reserved: a kit that changes later changes nothing here. Each SKU once. */
  readonly parts: readonly Part[];
  /** Nothing of this kit was for sale then, whatever there was of its parts. */
  readonly stopSell?: true;
  /** Of a kit in a partial cart: what its parts allow, so that it takes none that other lines could have. Absent: all of it. */
  readonly most?: number;
}

/** What one SKU's object said last about its share of the cart; `reservation` is null where it has none. */
export interface Held {
  readonly sku: Sku;
  readonly reservation: Reservation | null;
  /** By when what it waits for is expected; absent in what was stored before anybody said so. */
  readonly promisedAtMs?: number | null;
  readonly sequence: number;
  readonly asOfMs: number;
}

/** The key that a caller's request is known by (R2, R3). */
export interface CartKey {
  readonly hash: string;
  readonly fingerprint: string;
}

export interface ReserveCart {
  readonly type: 'reserve';
  readonly cart: ReservationId;
  readonly channel: ChannelId;
  readonly buyer: string | null;
  readonly ttlMs: number;
  readonly lines: readonly CartLine[];
  readonly mode: 'all_or_nothing' | 'partial';
  readonly split: Split;
  /** Places to take from first; only a wish. */
  readonly prefer: readonly LocationId[];
  /** For `split: never`: the places that may be tried one after another, each for the whole cart. */
  readonly candidates: readonly LocationId[];
}

/** What is asked of a cart that exists, in the words of one SKU; line numbers and quantities are the cart's. */
export type OnCart = Extend | Resize | Pin | Commit | Release | Fulfill | Cancel | HandOver;
export type CartCommand = ReserveCart | AdoptOrder | OnCart;

/** An order of several SKUs that was accepted elsewhere (R30c): a cart that is committed from the start. */
export interface AdoptOrder extends Adopting {
  readonly cart: ReservationId;
  readonly channel: ChannelId;
  readonly lines: readonly CartLine[];
}

/** The same while it is under way: what it is of stands in the cart itself. */
export interface Adopting extends Stated {
  readonly type: 'adopt';
  readonly orderRef: string;
  readonly mark: number | null;
  readonly placedAtMs: number;
}

/** A reserve that is under way: what it asked for stands in the cart itself. */
export interface Taking {
  readonly type: 'reserve';
  readonly candidates: readonly LocationId[];
}

/**
 * What is being asked of the objects. `look` and `check` change nothing and are forgotten in a crash, unless units of an
 * earlier try go back before; the others are written down before anybody is asked, and asked again after a crash.
 */
export type Step = 'look' | 'check' | 'try' | 'undo' | 'do' | 'after' | 'see';

/** The one operation that is under way. */
export interface Running {
  /** Counts the operations of this cart; part of the keys under which objects know what they were asked. */
  readonly number: number;
  readonly command: OnCart | Taking | Adopting;
  readonly key: CartKey;
  readonly correlationId: string;
  readonly sinceMs: number;
  readonly step: Step;
  /** It was decided against and is being undone; of an unsplit cart, the best answer of the places tried so far. */
  readonly refusal: CartRejection | null;
  /** Which of the candidates for one place is tried. */
  readonly candidate: number;
}

/** Units that an object must be told to give back, however long that takes. */
export interface Freeing {
  readonly sku: Sku;
  readonly heldAs: ReservationId;
  /** Of the operation that gave them up. */
  readonly number: number;
}

/** One cart of several SKUs, as its coordinator knows it. Everything in it is stored. */
export interface Cart {
  readonly id: ReservationId;
  /** Each try to reserve holds its units under a name of its own, so that a late call of an earlier one finds nothing. */
  readonly attempt: number;
  /** Only a `reserved` cart is a reservation to the outside. */
  readonly stage: 'reserving' | 'reserved' | 'refused' | 'aborted';
  readonly channel: ChannelId;
  readonly buyer: string | null;
  /** What it was handed over to (R41); absent in what nobody handed over. */
  readonly reference?: string | null;
  readonly mode: ReserveCart['mode'];
  readonly split: Split;
  readonly prefer: readonly LocationId[];
  /** The one place of an unsplit cart. */
  readonly only: LocationId | null;
  readonly orderRefs: readonly string[];
  readonly createdAtMs: number;
  /** One end for all lines (R11). */
  readonly endsAtMs: number;
  readonly lines: readonly CartLine[];
  /** One entry per SKU, as of the end of the last operation; within one, as it looked when it was planned. */
  readonly held: readonly Held[];
  readonly running: Running | null;
  readonly freeing: readonly Freeing[];
  /** Operations begun so far, and answers kept under keys (R5). */
  readonly operations: number;
  readonly kept: number;
  readonly lastNowMs: number;
}

export interface CartShortLine {
  /** Why this line is short, where that is not what the whole refusal says. */
  readonly code?: 'buyer_cap_exceeded';
  readonly line: number;
  readonly sku: Sku;
  readonly requested: number;
  readonly available: number;
  readonly sequence: number;
}

export interface ShortCart {
  readonly code: ShortOf;
  readonly lines: readonly CartShortLine[];
  readonly asOfMs: number;
}

export type CartRejection =
  | ShortCart
  | Exclude<Rejection, { readonly code: ShortOf }>
  /** The catalogue knows the item and its object does not. */
  | { readonly code: 'sku_unknown'; readonly sku: Sku };

const ATTEMPT = '~';

/** The id under which the objects hold the lines; the first attempt's is the public one. */
export function heldAs({ id, attempt }: Pick<Cart, 'id' | 'attempt'>): ReservationId {
  return attempt === 1 ? id : (`${id}${ATTEMPT}${attempt}` as ReservationId);
}

const CART = 'cart.';

export function isOfCart(id: ReservationId): boolean {
  return id.startsWith(CART);
}

/** The public id of a cart that objects know under a name of theirs. */
export function publicId(held: string): ReservationId {
  return (held.split(ATTEMPT, 1)[0] ?? held) as ReservationId;
}

/** Every SKU that the cart takes units of, in the order of its lines. */
export function skusOf({ lines }: Pick<Cart, 'lines'>): readonly Sku[] {
  return [...new Set(lines.flatMap((line) => (takenOf(line) === 0 ? [] : line.parts.map(({ sku }) => sku))))];
}

/** Units of the line that its objects are asked for. */
export function takenOf({ quantity, stopSell, most = quantity }: CartLine): number {
  return stopSell === true ? 0 : Math.min(quantity, most);
}

/** All that the objects hold, as if one object held it: what its status is read from (SPEC §1). */
export function whole({ held }: Pick<Cart, 'held'>): { readonly lines: readonly Line[]; readonly term: Term } {
  const reservations = held.flatMap(({ reservation }) => reservation ?? []);
  const open = reservations.filter(({ lines }) => lines.some((line) => line.open > 0));
  const active = open.find(({ term }) => term.kind === 'active') ?? open[0];
  return { lines: reservations.flatMap(({ lines }) => lines), term: active?.term ?? { kind: 'closed' } };
}

export function isOpen({ reservation }: Held): boolean {
  return reservation?.lines.some((line) => line.open > 0) ?? false;
}
