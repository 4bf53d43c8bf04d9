import { isLive } from '../reservation.ts';
import { heldAs, whole, type Cart, type Freeing } from './cart.ts';
import { keyOf, type Ask } from './progress.ts';

/** Whether anything of it is still promised, as far as the cart knows. */
export function promises(cart: Cart): boolean {
  return isLive(whole(cart));
}

/** From when on nobody is promised anything any more; null: that lies with others. */
export function closedAtMs(cart: Cart): number | null {
  if (cart.stage !== 'reserved' || !promises(cart)) return cart.lastNowMs;
  const { term, lines } = whole(cart);
  return term.kind === 'active' && lines.every(({ owed }) => owed === 0) ? Math.max(cart.lastNowMs, cart.endsAtMs) : null;
}

/** What must be told to objects that were given up; a tombstone where they have not heard of the reserve yet (R20). */
export function freesOf(cart: Cart, freeing: readonly Freeing[]): readonly Ask[] {
  return freeing.map(({ sku, heldAs: reservation, number }) => ({
    sku,
    reservation,
    command: { type: 'release', reservation, caller: null, lines: null, tombstone: true },
    key: keyOf(cart, number, 'free'),
    onlyCheck: false,
  }));
}

/** Before these are told, nothing else may be asked of the cart. */
export function freesItself(cart: Cart): boolean {
  return cart.stage === 'reserved' && cart.freeing.some((one) => one.heldAs === heldAs(cart));
}
