import type { Sku } from '../ids.ts';
import { isOpen, skusOf, type Cart, type CartRejection, type Held, type Running, type ShortCart, type Taking } from './cart.ts';
import { entered, finished, freed } from './ending.ts';
import { CART_ATTEMPTS_MAX, CART_RACES_MAX } from './limits.ts';
import type { Progress } from './progress.ts';
import { refusalBy, type Heard } from './rejection.ts';
import { refusalOfAll, shares, withCap } from './shares.ts';
import { grantsAnything, sharesParts } from './take-cart.ts';
import { bySku, isKit, partsHeld } from './units.ts';

/** Objects were asked first, if there was anything to be learned from them. */
export function checked(progress: Progress, running: Running, taking: Taking): Progress {
  const { cart, answered } = progress;
  const refusal = refusalOfAll(cart, answered);
  // What is wrong with the request itself, the try is told as well.
  if (refusal !== null && !('lines' in refusal)) return entered(progress, running, 'try');
  if (cart.mode === 'partial') return limited(progress, running, taking, refusal);
  const short = withStopped(cart, refusal, running.sinceMs);
  return short === null ? entered(progress, running, 'try') : refusedAtPlace(progress, running, taking, short);
}

/** No kit takes more of a part than all of its parts allow. */
function limited(progress: Progress, running: Running, taking: Taking, refusal: ShortCart | null): Progress {
  const { cart, answered } = progress;
  if (refusal === null) return entered(progress, running, 'try');
  const sharesOf = shares(cart, answered);
  const lines = cart.lines.map((line) => (isKit(line) ? { ...line, most: sharesOf.get(line.line)?.units ?? 0 } : line));
  const held = heldAfter(cart, answered);
  const asked = skusOf({ lines });
  if (asked.length === 0) {
    return refusedAtPlace(progress, running, taking, { ...nothingOf(cart, held, running.sinceMs), code: refusal.code });
  }
  return entered(progress, running, 'try', { lines, held: held.filter(({ sku }) => !asked.includes(sku)) });
}

/** A kit that is not for sale is short by all of it, beside whatever else is short. */
function withStopped({ lines }: Cart, refusal: ShortCart | null, nowMs: number): ShortCart | null {
  const stopped = lines.flatMap(({ line, sku, quantity, stopSell }) =>
    stopSell === true ? [{ line, sku, requested: quantity, available: 0, sequence: 0 }] : [],
  );
  if (stopped.length === 0) return refusal;
  const others = refusal?.code === 'buyer_cap_exceeded' ? refusal.lines.map(withCap) : refusal?.lines;
  const short = [...(others ?? []), ...stopped].sort((a, b) => a.line - b.line);
  return { code: 'insufficient_stock', lines: short, asOfMs: refusal?.asOfMs ?? nowMs };
}

/** Every object has said what it gives: the cart is decided here (R22). */
export function taken(progress: Progress, running: Running, taking: Taking): Progress {
  const { cart, answered } = progress;
  const held = heldAfter(cart, answered);
  const refusal = refusalOfTake(cart, answered, held, running.sinceMs);
  if (refusal === null) return entered(progress, running, 'after', { stage: 'reserved', held });

  // The id is used up: by a release that overtook this (R20), or by a cart that was here before.
  if (refusal.code === 'reservation_released' && cart.attempt < CART_ATTEMPTS_MAX) {
    return entered(progress, running, 'check', nextAttempt(progress, running));
  }
  // It took so long that the cart had ended before it began.
  if (refusal.code === 'reservation_released' || refusal.code === 'reservation_expired') return abandoned(progress, running);
  if (refusal.code === 'sku_unknown') {
    return finished(progress, running, { rejection: refusal }, { ...givenBack(progress, running), stage: 'aborted', held: [] });
  }
  // Parts that it set aside for kits which others made impossible meanwhile may be all that another line wanted.
  if (cart.mode === 'partial' && sharesParts(cart) && held.some(isOpen) && cart.attempt < CART_RACES_MAX) {
    return entered(progress, running, 'check', nextAttempt(progress, running));
  }
  return refusedAtPlace(progress, running, taking, refusal);
}

/** Nobody heard a no, so who asks again begins anew, under another name in the objects. */
export function abandoned(progress: Progress, running: Running): Progress {
  const refusal = refusalOfAll(progress.cart, progress.answered);
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
  const changes = running.step === 'try' ? nextAttempt(progress, running) : {};
  return entered(progress, { ...running, candidate, refusal: best }, 'check', { ...changes, only });
}

function missing(rejection: CartRejection): number {
  if (!('lines' in rejection)) return Infinity;
  return rejection.lines.reduce((total, { requested, available }) => total + requested - available, 0);
}

/** Under a name of its own, and without what was learned by the one before. */
function nextAttempt({ cart, answered }: Progress, running: Running): Partial<Cart> {
  const lines = cart.lines.map((line) => (line.most === undefined ? line : { ...line, most: line.quantity }));
  return { ...givenBack({ cart, answered }, running), attempt: cart.attempt + 1, lines, held: [] };
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

/** What each object holds, as it answered; of who was left out, what it said before. */
export function heldAfter(cart: Cart, answered: ReadonlyMap<Sku, Heard>): readonly Held[] {
  const asked = skusOf(cart).flatMap((sku): readonly Held[] => {
    const heard = answered.get(sku);
    if (heard === undefined) return [];
    const { sequence, asOfMs } = heard;
    if (!heard.accepted) return [{ sku, reservation: null, sequence, asOfMs }];
    const { reservation, promisedAtMs } = heard;
    return [{ sku, reservation, promisedAtMs, sequence, asOfMs }];
  });
  return [...cart.held, ...asked];
}

/** In partial mode an object that has nothing is left out, as long as anything is left (R16). */
function refusalOfTake(
  cart: Cart,
  answered: ReadonlyMap<Sku, Heard>,
  held: readonly Held[],
  nowMs: number,
): CartRejection | null {
  if (cart.mode === 'all_or_nothing') return refusalOfAll(cart, answered);
  const refusal = refusalBy(cart, answered);
  if (refusal !== null && !('lines' in refusal)) return refusal;
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
