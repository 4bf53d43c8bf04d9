import type { ReservationReply } from '../../contracts/reservations.ts';
import type { CartLineSeen, CartSeen } from '../../domain/cart/seen.ts';
import type { Sku } from '../../domain/ids.ts';
import { backorderedOf, committedOf, grantedOf, merged, statusOf } from '../../domain/reservation.ts';
import type { Line, Reservation } from '../../domain/stock.ts';
import { written, writtenOrNull } from './written.ts';

/** A reservation as the outside sees it: true at (sequence, as_of). */
export function reservationReply(
  sku: Sku,
  reservation: Reservation,
  seen: { readonly sequence: number; readonly asOfMs: number; readonly promisedAtMs?: number | null },
): ReservationReply {
  const { id, channel, buyer, reference = null, orderRefs, createdAtMs, term, lines } = reservation;
  return {
    id,
    status: statusOf(reservation),
    channel,
    buyer,
    order_ref: orderRefs.at(-1) ?? null,
    reference,
    promised_at: writtenOrNull(seen.promisedAtMs),
    created_at: written(createdAtMs),
    expires_at: term.kind === 'active' ? written(term.expiresAtMs) : null,
    as_of: written(seen.asOfMs),
    lines: lines.map((line) => lineReply(sku, line, seen.sequence)),
  };
}

/** A cart as the outside sees it: like a reservation of one item, and of kits also where their parts are. */
export function cartReply(seen: CartSeen): ReservationReply {
  const { id, status, channel, buyer, reference = null, orderRefs, createdAtMs, expiresAtMs, asOfMs, lines } = seen;
  return {
    id,
    status,
    channel,
    buyer,
    order_ref: orderRefs.at(-1) ?? null,
    reference,
    promised_at: writtenOrNull(seen.promisedAtMs),
    created_at: written(createdAtMs),
    expires_at: expiresAtMs === null ? null : written(expiresAtMs),
    as_of: written(asOfMs),
    lines: lines.map(cartLineReply),
  };
}

function cartLineReply(line: CartLineSeen): ReservationReply['lines'][number] {
  const { sku, asked, open, fulfilled, cancelled, released, expired, backordered, allocations, sequence, components } = line;
  return {
    line: line.line,
    sku,
    quantity: asked,
    reserved: grantedOf(line),
    open,
    committed: committedOf(line),
    fulfilled,
    cancelled,
    released,
    expired,
    backordered,
    allocations: [...allocations],
    sequence,
    ...(components === null ? {} : { components: components.map((one) => ({ ...one, allocations: [...one.allocations] })) }),
  };
}

function lineReply(sku: Sku, line: Line, sequence: number): ReservationReply['lines'][number] {
  return {
    line: line.line,
    sku,
    quantity: line.asked,
    reserved: grantedOf(line),
    open: line.open,
    committed: committedOf(line),
    fulfilled: line.fulfilled,
    cancelled: line.cancelled,
    released: line.released,
    expired: line.expired,
    backordered: backorderedOf(line),
    allocations: merged(line.openAt, line.owedAt).map(({ location, quantity }) => ({ location, quantity })),
    sequence,
  };
}
