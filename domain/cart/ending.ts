import type { Sku } from '../ids.ts';
import { heldAs, type Cart, type Held, type Running, type Step } from './cart.ts';
import type { Ended, Progress } from './progress.ts';

/** The next step begins; `changes` are what the cart gains by the step before. */
export function entered(progress: Progress, running: Running, step: Step, changes: Partial<Cart> = {}): Progress {
  return { ...progress, answered: new Map(), cart: { ...progress.cart, ...changes, running: { ...running, step } } };
}

/** The operation is over. What the objects said last is what the cart knows from now on. */
export function finished(progress: Progress, running: Running, answer: Ended['answer'], changes: Partial<Cart> = {}): Progress {
  const cart = { ...progress.cart, held: heldNow(progress), ...changes, running: null };
  return { ...progress, cart, ended: { running, answer } };
}

export function heldNow({ cart, latest }: Progress): readonly Held[] {
  return cart.held.map((held) => latest.get(held.sku) ?? held);
}

/** These objects must be told to give back what they hold; the cart does not rest before they were. */
export function freed(cart: Cart, { number }: Running, skus: readonly Sku[]): Pick<Cart, 'freeing'> {
  return { freeing: [...cart.freeing, ...skus.map((sku) => ({ sku, heldAs: heldAs(cart), number }))] };
}
