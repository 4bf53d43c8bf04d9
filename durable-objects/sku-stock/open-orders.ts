import { isLive } from '../../domain/reservation.ts';
import type { Reservation, Stock } from '../../domain/stock.ts';
import { OPEN_ORDERS_TOLD_DAYS } from './limits.ts';
import type { OrderTaking } from './protocol.ts';

const DAY_MS = 86_400_000;
/** An item is proven once a night, at a time that may differ by hours, and some night not at all. */
const NIGHTS = 2;

/**
 * Orders that are open for long and due to be told of again, so that whoever looks them up finds them for as long as anything is
 * open. Not all of them each night: an item may be waited for by many.
 */
export function openOrdersDue({ live }: Pick<Stock, 'live'>, nowMs: number): readonly OrderTaking[] {
  return [...live.values()]
    .filter((reservation) => isLive(reservation) && isDue(reservation, nowMs))
    .flatMap(({ id, orderRefs }) => orderRefs.map((orderRef) => ({ orderRef, reservation: id })));
}

function isDue({ createdAtMs }: Reservation, nowMs: number): boolean {
  const days = Math.floor((nowMs - createdAtMs) / DAY_MS);
  return days >= OPEN_ORDERS_TOLD_DAYS && days % OPEN_ORDERS_TOLD_DAYS < NIGHTS;
}
