import type { Commit, LineQuantity } from '../command.ts';
import type { Sku } from '../ids.ts';
import { NEVER_MS } from '../limits.ts';
import { isOpen, whole, type Cart, type Held } from './cart.ts';
import { needed, neededAnew, type Needed } from './needed.ts';
import { course, NOTHING, ofCart, refuse, type Order, type Planned } from './order.ts';

/** All lines are pinned or none: a failed pin gives everything back (R24). While all are lapsed nothing can be lost by asking first. */
export function pinCart(cart: Cart, lapsed: boolean): Planned {
  const anew = neededAnew(cart, null) ?? new Map<Sku, readonly LineQuantity[]>();
  const skus = cart.held.filter((held) => isActive(held) || anew.has(held.sku)).map(({ sku }) => sku);
  if (skus.length === 0) return NOTHING;
  const pins = skus.map((sku, index) => pin(cart, sku, { watched: index === 0, lines: anew.get(sku) ?? null }));
  return course({ check: lapsed ? pins : [], try: pins, freesIf: { refused: true, unanswered: true } });
}

function isActive(held: Held): boolean {
  return isOpen(held) && held.reservation?.term.kind === 'active';
}

/**
 * Every line that is sold is pinned before the first is committed, so that no commit can be refused (R24, I15). What a
 * commit on an unpinned cart leaves behind has its deadline again afterwards.
 */
export function commitCart(cart: Cart, command: Commit, lapsed: boolean): Planned {
  if (lapsed && !command.reacquire) return refuse('reservation_expired');
  const from = lapsed ? 'expired' : 'open';
  const sold = needed(cart, command.lines, from);
  if (sold === null) return refuse('exceeds_reservation');
  // What lapsed and is not sold stays as it is, and an object whose clock has not come that far holds it still.
  const keepRest = command.keepRest || lapsed;
  const rest = cart.held.filter((held) => leavesRest(held, sold, from)).map(({ sku }) => sku);
  const freed = keepRest ? [] : rest.filter((sku) => !sold.has(sku));
  if (sold.size === 0 && freed.length === 0) return NOTHING;

  const pinned = whole(cart).term.kind === 'pinned';
  const pins = pinned ? [] : pinsFor(cart, sold, command.reacquire);
  const kept = keepRest ? rest : [];
  return course({
    check: lapsed ? pins : [],
    try: pins,
    undo: pins.map(({ sku }) => unpin(cart, sku)),
    do: [...sold.keys(), ...freed].map((sku) => ({
      sku,
      command: { ...command, ...ofCart(cart), lines: sold.get(sku) ?? [], keepRest, reacquire: false },
    })),
    after: pinned ? watchedAmong(cart, kept) : kept.filter((sku) => sold.has(sku)).map((sku) => unpin(cart, sku)),
    freesIf: { refused: false, unanswered: true },
    gains: sold.size === 0 ? {} : { orderRefs: newestLast(cart.orderRefs, command.orderRef) },
  });
}

function newestLast(refs: readonly string[], newest: string): readonly string[] {
  return [...refs.filter((ref) => ref !== newest), newest];
}

function leavesRest({ sku, reservation }: Held, sold: Needed, from: 'open' | 'expired'): boolean {
  const soldOf = (number: number): number => sold.get(sku)?.find(({ line }) => line === number)?.quantity ?? 0;
  return reservation?.lines.some((line) => line[from] > soldOf(line.line)) ?? false;
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
