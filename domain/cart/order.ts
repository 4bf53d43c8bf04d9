import type { Plan, PlainRefusal, TakeOrder } from '../command.ts';
import type { Sku } from '../ids.ts';
import { heldAs, type Cart, type CartRejection } from './cart.ts';

/** One command for one object. */
export interface Order {
  readonly sku: Sku;
  readonly command: Plan | TakeOrder;
}

/**
 * The way of an operation through the objects: ask whether all would agree, let all try, and once all have agreed it is
 * decided and done whatever happens. It is computed from what is stored, so whoever resumes it asks the same.
 */
export interface Course {
  /** Asked first, for the answer only. */
  readonly check: readonly Order[];
  readonly try: readonly Order[];
  /** Where one refused the try. */
  readonly undo: readonly Order[];
  readonly do: readonly Order[];
  readonly after: readonly Order[];
  /** Every open unit is given back where the try is refused, and where it stays unanswered for too long (R24). */
  readonly freesIf: { readonly refused: boolean; readonly unanswered: boolean };
  /** What the cart itself gains by it. */
  readonly gains: Partial<Pick<Cart, 'endsAtMs' | 'orderRefs' | 'buyer' | 'reference'>>;
}

/** Answered at once, with the cart as it is or with a refusal: nothing is to be done. */
export interface Settled {
  readonly rejection: CartRejection | null;
}

export type Planned = Course | Settled;

export function course(steps: Partial<Course>): Course {
  return { check: [], try: [], undo: [], do: [], after: [], freesIf: { refused: false, unanswered: false }, gains: {}, ...steps };
}

export const NOTHING: Settled = { rejection: null };

export function refuse(code: PlainRefusal): Settled {
  return { rejection: { code } };
}

export function isSettled(planned: Planned): planned is Settled {
  return 'rejection' in planned;
}

/** Whom a command of the cart speaks of in an object; whose it is was asked before. */
export function ofCart(cart: Pick<Cart, 'id' | 'attempt'>) {
  return { reservation: heldAs(cart), caller: null } as const;
}
