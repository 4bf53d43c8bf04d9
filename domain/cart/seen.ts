import { backorderedIn } from '../promise.ts';
import { backorderedOf, merged, type ReservationStatus } from '../reservation.ts';
import type { Line, Placed, Reservation } from '../stock.ts';
import type { Sku } from '../ids.ts';
import { heldAs, takenOf, whole, type Cart, type CartLine, type Held } from './cart.ts';
import { statusOfCart } from './status.ts';
import { bySku, isKit, partsHeld, placedUnits, unitsByClass, type HeldPart } from './units.ts';

/** A cart as one reservation: true at the oldest of its objects' times, each line at its own sequence. */
export interface CartSeen extends Pick<Reservation, 'id' | 'channel' | 'buyer' | 'reference' | 'orderRefs' | 'createdAtMs'> {
  readonly status: ReservationStatus;
  /** null: no deadline runs. */
  readonly expiresAtMs: number | null;
  readonly asOfMs: number;
  /** By when everything is expected that any of its lines waits for; null: none waits, or one for what nobody announced. Absent in old answers. */
  readonly promisedAtMs?: number | null;
  readonly lines: readonly CartLineSeen[];
}

type Classes = Pick<Line, 'line' | 'asked' | 'open' | 'owed' | 'fulfilled' | 'cancelled' | 'released' | 'expired'>;

export interface CartLineSeen extends Classes {
  readonly sku: Sku;
  readonly sequence: number;
  readonly backordered: number;
  readonly allocations: readonly Placed[];
  /** Of a kit: where its parts are. null: the line is a plain one. */
  readonly components:
    readonly { readonly sku: Sku; readonly quantity: number; readonly allocations: readonly Placed[] }[] | null;
}

export function seenCart(stored: Cart): CartSeen {
  const cart = { ...stored, held: evened(stored.held.map((one) => withoutGivenUp(stored, one))) };
  const { id, channel, buyer, reference = null, orderRefs, createdAtMs } = cart;
  const { term } = whole(cart);
  const heldOf = bySku(cart.held);
  const lines = cart.lines.map((line) => seenLine(line, partsHeld(line, heldOf)));
  const status = statusOfCart(cart);
  const expiresAtMs = term.kind === 'active' ? cart.endsAtMs : null;
  const asOfMs = Math.min(...cart.held.map((one) => one.asOfMs));
  return {
    id,
    channel,
    buyer,
    reference,
    orderRefs,
    createdAtMs,
    status,
    expiresAtMs,
    asOfMs,
    promisedAtMs: promisedAtMs(cart.held),
    lines,
  };
}

function promisedAtMs(held: readonly Held[]): number | null {
  const waiting = held.filter(({ reservation }) => reservation !== null && backorderedIn(reservation) > 0);
  const dates = waiting.flatMap((one) => one.promisedAtMs ?? []);
  return dates.length === 0 || dates.length < waiting.length ? null : Math.max(...dates);
}

function seenLine(line: CartLine, parts: readonly HeldPart[]): CartLineSeen {
  const units = unitsByClass(parts);
  const placed = placedUnits(parts);
  const sequence = parts.reduce((total, { held }) => total + (held?.sequence ?? 0), 0);
  const { line: number, sku, quantity } = line;
  if (!isKit(line)) {
    const [only] = parts;
    const backordered = only?.line === undefined ? 0 : backorderedOf(only.line);
    const asked = only?.line?.asked ?? quantity;
    return { line: number, sku, asked, ...units, sequence, backordered, allocations: placed.at, components: null };
  }
  const components = parts.map((one) => ({
    sku: one.part.sku,
    quantity: one.part.units,
    allocations: merged(one.line?.openAt ?? [], one.line?.owedAt ?? []),
  }));
  const backordered = Math.max(0, units.open + units.owed - placed.units);
  // A resize made it more, of every part alike; in part, no more was asked of them than makes whole kits.
  const ofParts = Math.max(...parts.map((one) => Math.floor((one.line?.asked ?? 0) / one.part.units)));
  const asked = Math.max(quantity, quantity - takenOf(line) + ofParts);
  return { line: number, sku, asked, ...units, sequence, backordered, allocations: placed.at, components };
}

/** What was given up is nobody's any more (I15), also while its object has not heard of that yet. */
function withoutGivenUp(cart: Cart, held: Held): Held {
  const isGivenUp = cart.freeing.some(({ sku, heldAs: as }) => sku === held.sku && as === heldAs(cart));
  if (!isGivenUp || held.reservation === null || held.reservation.term.kind === 'closed') return held;
  const lines = held.reservation.lines.map((line) => ({ ...line, open: 0, openAt: [], released: line.released + line.open }));
  return { ...held, reservation: { ...held.reservation, lines, term: CLOSED } };
}

const CLOSED = { kind: 'closed' } as const;

/**
 * Lines of one cart end together: where one object says that its line lapsed, the open ones of the others are as good
 * as lapsed, whose clocks have not come that far yet (R11).
 */
export function evened(held: readonly Held[]): readonly Held[] {
  const lapsed = held.some(({ reservation }) => reservation?.lines.some(({ expired }) => expired > 0));
  if (!lapsed) return held;
  return held.map((one) =>
    one.reservation?.term.kind === 'active' ? { ...one, reservation: withLapsed(one.reservation) } : one,
  );
}

function withLapsed(reservation: Reservation): Reservation {
  const lines = reservation.lines.map((line) => ({ ...line, open: 0, openAt: [], expired: line.expired + line.open }));
  return { ...reservation, lines, term: CLOSED };
}
