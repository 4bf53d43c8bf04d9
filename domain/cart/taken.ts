import type { Sku } from '../ids.ts';
import { skusOf, type Cart, type CartRejection, type Held, type Running, type ShortCart, type Taking } from './cart.ts';
import { entered, finished, freed } from './ending.ts';
import { CART_ATTEMPTS_MAX } from './limits.ts';
import type { Progress } from './progress.ts';
import { refusalBy, type Heard } from './rejection.ts';
import { grantsAnything } from './take-cart.ts';
import { bySku, partsHeld } from './units.ts';

/** A place was asked whether it has everything for an unsplit cart. */
export function placeChecked(progress: Progress, running: Running, taking: Taking): Progress {
  const refusal = withStopped(progress.cart, refusalBy(progress.cart, progress.answered), running.sinceMs);
  return refusal === null ? entered(progress, running, 'try') : refusedAtPlace(progress, running, taking, refusal);
}

/** A kit that is not for sale is short by all of it, beside whatever else is short. */
function withStopped({ lines }: Cart, refusal: CartRejection | null, nowMs: number): CartRejection | null {
  if (refusal !== null && !('lines' in refusal)) return refusal;
  const stopped = lines.flatMap(({ line, sku, quantity, stopSell }) =>
    stopSell === true ? [{ line, sku, requested: quantity, available: 0, sequence: 0 }] : [],
  );
  if (stopped.length === 0) return refusal;
  const short = [...(refusal?.lines ?? []), ...stopped].sort((a, b) => a.line - b.line);
  return { code: refusal?.code ?? 'insufficient_stock', lines: short, asOfMs: refusal?.asOfMs ?? nowMs };
}

/** Every object has said what it gives: the cart is decided here (R22). */
export function taken(progress: Progress, running: Running, taking: Taking): Progress {
  const { cart, answered } = progress;
  const held = heldAfter(cart, answered);
  const refusal = refusalOfTake(cart, answered, held, running.sinceMs);
  if (refusal === null) return entered(progress, running, 'after', { stage: 'reserved', held });

  // The id is used up: by a release that overtook this (R20), or by a cart that was here before.
  if (refusal.code === 'reservation_released' && cart.attempt < CART_ATTEMPTS_MAX) {
    return entered(progress, running, 'try', nextAttempt(progress, running));
  }
  // It took so long that the cart had ended before it began.
  if (refusal.code === 'reservation_released' || refusal.code === 'reservation_expired') return abandoned(progress, running);
  if (refusal.code === 'sku_unknown') {
    return finished(progress, running, { rejection: refusal }, { ...givenBack(progress, running), stage: 'aborted', held: [] });
  }
  return refusedAtPlace(progress, running, taking, refusal);
}

/** Nobody heard a no, so who asks again begins anew, under another name in the objects. */
export function abandoned(progress: Progress, running: Running): Progress {
  const refusal = refusalBy(progress.cart, progress.answered);
  if (progress.cart.mode === 'all_or_nothing' && refusal !== null && 'lines' in refusal)
    return refused(progress, running, refusal);
  return finished(progress, running, null, { ...givenBack(progress, running), stage: 'aborted', held: [] });
}

function refused(progress: Progress, running: Running, rejection: CartRejection): Progress {
  return finished(progress, running, { rejection }, { ...givenBack(progress, running), stage: 'refused', held: [] });
}

/** The next place is tried, if there is one; else the answer is that of the place that had most. */
function refusedAtPlace(progress: Progress, running: Running, { candidates }: Taking, refusal: CartRejection): Progress {
  const best = running.refusal === null || missing(refusal) < missing(running.refusal) ? refusal : running.refusal;
  const candidate = running.candidate + 1;
  const only = candidates[candidate];
  if (only === undefined) return refused(progress, running, best);
  const step = progress.cart.mode === 'all_or_nothing' ? 'check' : 'try';
  const changes = running.step === 'try' ? nextAttempt(progress, running) : {};
  return entered(progress, { ...running, candidate, refusal: best }, step, { ...changes, only });
}

function missing(rejection: CartRejection): number {
  if (!('lines' in rejection)) return Infinity;
  return rejection.lines.reduce((total, { requested, available }) => total + requested - available, 0);
}

function nextAttempt({ cart, answered }: Progress, running: Running): Partial<Cart> {
  return { ...givenBack({ cart, answered }, running), attempt: cart.attempt + 1 };
}

/** Whoever refused holds nothing; all others may, also those that have not answered. Checks took nothing. */
function givenBack({ cart, answered }: Pick<Progress, 'cart' | 'answered'>, running: Running): Pick<Cart, 'freeing'> {
  if (running.step !== 'try') return { freeing: cart.freeing };
  return freed(
    cart,
    running,
    skusOf(cart).filter((sku) => answered.get(sku)?.accepted !== false),
  );
}

/** What each object holds, as it answered. */
export function heldAfter(cart: Cart, answered: ReadonlyMap<Sku, Heard>): readonly Held[] {
  return skusOf(cart).flatMap((sku): readonly Held[] => {
    const heard = answered.get(sku);
    if (heard === undefined) return [];
    const { sequence, asOfMs } = heard;
    if (!heard.accepted) return [{ sku, reservation: null, sequence, asOfMs }];
    const { reservation, promisedAtMs } = heard;
    return [{ sku, reservation, promisedAtMs, sequence, asOfMs }];
  });
}

/** In partial mode an object that has nothing is left out, as long as anything is left (R16). */
function refusalOfTake(
  cart: Cart,
  answered: ReadonlyMap<Sku, Heard>,
  held: readonly Held[],
  nowMs: number,
): CartRejection | null {
  const refusal = refusalBy(cart, answered);
  if (cart.mode === 'all_or_nothing' || (refusal !== null && !('lines' in refusal))) return refusal;
  if (grantsAnything(cart, held)) return null;
  return { ...nothingOf(cart, held, nowMs), code: refusal?.code ?? 'insufficient_stock' };
}

function nothingOf(cart: Cart, held: readonly Held[], nowMs: number): ShortCart {
  const heldOf = bySku(held);
  const lines = cart.lines.map((line) => {
    const sequence = partsHeld(line, heldOf).reduce((total, one) => total + (one.held?.sequence ?? 0), 0);
    return { line: line.line, sku: line.sku, requested: line.quantity, available: 0, sequence };
  });
  return { code: 'insufficient_stock', lines, asOfMs: Math.min(nowMs, ...held.map(({ asOfMs }) => asOfMs)) };
}
