import type { Commit, LineQuantity } from '../command.ts';
import type { Sku } from '../ids.ts';
import { NEVER_MS } from '../limits.ts';
import { whole, type Cart, type Held } from './cart.ts';
import { needed, type Needed } from './needed.ts';
import { course, NOTHING, ofCart, refuse, type Order, type Planned } from './order.ts';

/** All lines are pinned or none: a failed pin gives everything back (R24). While all are lapsed nothing can be lost by asking first. */
export function pinCart(cart: Cart, lapsed: boolean): Planned {
  const skus = cart.held.flatMap((held) => (needsPin(held) ? [held.sku] : []));
  if (skus.length === 0) return NOTHING;
  const pins = skus.map((sku, index) => pin(cart, sku, { watched: index === 0 }));
  return course({ check: lapsed ? pins : [], try: pins, freesIf: { refused: true, unanswered: true } });
}

function needsPin({ reservation }: Held): boolean {
  return reservation?.lines.some(({ open, expired }) => (open > 0 ? reservation.term.kind === 'active' : expired > 0)) ?? false;
}

/**
 * Every line that is sold is pinned before the first is committed, so that no commit can be refused (R24, I15). What a
 * commit on an unpinned cart leaves behind has its deadline again afterwards.
 */
export function commitCart(cart: Cart, command: Commit, lapsed: boolean): Planned {
  const { reacquire, keepRest } = command;
  if (lapsed && !reacquire) return refuse('reservation_expired');
  const sold = needed(cart, command.lines, lapsed ? 'expired' : 'open');
  if (sold === null) return refuse('exceeds_reservation');
  const rest = lapsed ? [] : cart.held.filter((held) => leavesRest(held, sold));
  const freed = keepRest ? [] : rest.filter(({ sku }) => !sold.has(sku));
  if (sold.size === 0 && freed.length === 0) return NOTHING;

  const pinned = whole(cart).term.kind === 'pinned';
  const pins = pinned ? [] : pinsFor(cart, sold, reacquire);
  const kept = keepRest ? rest.map(({ sku }) => sku) : [];
  return course({
    check: lapsed ? pins : [],
    try: pins,
    undo: pins.map(({ sku }) => unpin(cart, sku)),
    do: [...sold.keys(), ...freed.map(({ sku }) => sku)].map((sku) => ({
      sku,
      command: { ...command, ...ofCart(cart), lines: sold.get(sku) ?? [], reacquire: false },
    })),
    after: pinned ? watchedAmong(cart, kept) : kept.filter((sku) => sold.has(sku)).map((sku) => unpin(cart, sku)),
    freesIf: { refused: false, unanswered: true },
    gains: sold.size === 0 ? {} : { orderRefs: newestLast(cart.orderRefs, command.orderRef) },
  });
}

function newestLast(refs: readonly string[], newest: string): readonly string[] {
  return [...refs.filter((ref) => ref !== newest), newest];
}

function leavesRest({ sku, reservation }: Held, sold: Needed): boolean {
  return (
    reservation?.lines.some(({ line, open }) => open > (sold.get(sku)?.find((one) => one.line === line)?.quantity ?? 0)) ?? false
  );
}

function pinsFor(cart: Cart, sold: Needed, anew: boolean): readonly Order[] {
  return [...sold].map(([sku, lines], index) => pin(cart, sku, { watched: index === 0, anew, lines }));
}

interface PinTerms {
  readonly watched: boolean;
  readonly anew?: boolean;
  /** What to take anew of lapsed lines; null: all. */
  readonly lines?: readonly LineQuantity[] | null;
}

function pin(cart: Cart, sku: Sku, { watched, anew = true, lines = null }: PinTerms): Order {
  const { prefer, only } = cart;
  return { sku, command: { type: 'pin', ...ofCart(cart), cart: { anew, watched, lines, prefer, only } } };
}

/** Back under the deadline of the cart; where that has passed, it lapses at once. */
function unpin(cart: Cart, sku: Sku): Order {
  return { sku, command: { type: 'extend', ...ofCart(cart), ttlMs: 0, cart: { untilMs: cart.endsAtMs, unpin: true } } };
}

/** One object watches a pinned cart for its outcome (R25): if that one has nothing left, another does. */
export function watchedAmong(cart: Cart, open: readonly Sku[]): readonly Order[] {
  const watches = ({ reservation }: Held): boolean =>
    reservation?.term.kind === 'pinned' && reservation.term.outcomeDueMs !== NEVER_MS;
  const watched = cart.held.some((held) => watches(held) && open.includes(held.sku));
  const [first] = open;
  return watched || first === undefined ? [] : [pin(cart, first, { watched: true })];
}
