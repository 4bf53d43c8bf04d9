import { placements, type Surroundings } from './placement.ts';
import { backorder, reallocate, type Recording } from './reallocation.ts';
import { byAge, unitsOf } from './reservation.ts';
import { DEFAULT_POLICY, type Reservation, type Stock } from './stock.ts';
import { debtsOf, shortageNow } from './terms.ts';

/** Deals with a shortage as far as the item's policy allows (R28b), and gives what is free to those who wait. */
export function resolve(stock: Stock, context: Surroundings, record: Recording): void {
  if (isShort(stock)) takeSteps(stock, context, record);
  record(placements(stock, context));
}

function isShort(stock: Stock): boolean {
  return shortageNow(stock) > 0;
}

/** Step by step in the policy's order. Each round but the last ended a reservation, so there are no more rounds than reservations. */
function takeSteps(stock: Stock, context: Surroundings, record: Recording): void {
  const steps = (stock.item?.policy ?? DEFAULT_POLICY).overReservation;
  const newest = unpinnedNewestFirst(stock);
  for (let freed = true; freed;) {
    freed = false;
    for (const step of steps) {
      // A promise that had its unit moves with the goods; then those who wait get them, before anybody loses.
      if (step !== 'reallocate') record(placements(stock, context));
      if (!isShort(stock)) return;
      if (step === 'reallocate') reallocate(stock, context, record);
      if (step === 'backorder') backorder(stock, context, record);
      if (step === 'release_unpinned') freed = releaseNewest(stock, newest, record);
      if (freed) break;
    }
  }
}

/** Sorted only once somebody asks. */
function* unpinnedNewestFirst(stock: Stock): Generator<Reservation, void> {
  const unpinned = [...stock.live.values()].filter(({ term }) => term.kind === 'active');
  yield* unpinned.sort((a, b) => byAge(b, a));
}

/**
 * Ends unpinned reservations that have units in the shortage until there is none, or until one gave up units that others
 * can use: whether it did. A buyer who finds a part of the goods gone is told nothing by a commit of the rest, so each ends whole.
 */
function releaseNewest(stock: Stock, newest: Iterator<Reservation, void>, record: Recording): boolean {
  while (isShort(stock)) {
    const next = newest.next();
    if (next.done === true) return false;
    // Nobody comes into a shortage while it is dealt with, so whoever was passed over stays passed over.
    const reservation = stock.live.get(next.value.id);
    if (reservation === undefined || !isInShortage(stock, reservation)) continue;
    const lines = reservation.lines
      .filter(({ open }) => open > 0)
      .map(({ line, open, openAt }) => ({ line, quantity: open, placed: openAt }));
    record([{ type: 'released', reservation: reservation.id, reason: 'over_reservation', lines }]);
    const short = debtsOf(stock);
    if (lines.some(({ quantity, placed }) => quantity > unitsOf(placed) || placed.some(({ location }) => !short.has(location))))
      return true;
  }
  return false;
}

function isInShortage(stock: Stock, { lines }: Reservation): boolean {
  const short = debtsOf(stock);
  const tooMany = stock.backordered > (stock.item?.policy.backorderLimit ?? 0);
  return lines.some(
    ({ open, openAt }) => openAt.some(({ location }) => short.has(location)) || (tooMany && open > unitsOf(openAt)),
  );
}
