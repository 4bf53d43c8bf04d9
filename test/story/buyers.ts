import type { Buyers } from '../../domain/decision.ts';
import { isLive } from '../../domain/reservation.ts';
import type { Reservation } from '../../domain/stock.ts';

/** Where nothing is ever put away, there is nothing else to look at. */
export const ALL_IN_SIGHT: Buyers = { boughtSince: () => [] };

/** What closed reservations say, looked through one by one. */
export function buyersOf(closed: ReadonlyMap<string, Reservation>): Buyers {
  return {
    boughtSince: (buyer, sinceMs) =>
      [...closed.values()]
        .filter((one) => !isLive(one) && one.buyer === buyer && one.createdAtMs > sinceMs)
        .map(({ id, lines }) => ({ reservation: id, fulfilled: lines.reduce((total, line) => total + line.fulfilled, 0) })),
  };
}
