import type { Plan, TakeOrder } from '../command.ts';
import type { ReservationId, Sku } from '../ids.ts';
import { courseOf } from './course.ts';
import { heldAs, type Cart, type CartKey, type CartRejection, type Held, type Running, type Step } from './cart.ts';
import { course, isSettled, type Course } from './order.ts';
import type { Heard } from './rejection.ts';

/** A cart and what is known of the running operation beyond what is stored: a crash forgets it, and it is asked again. */
export interface Progress {
  readonly cart: Cart;
  /** Who answered in this step. */
  readonly answered: ReadonlyMap<Sku, Heard>;
  /** What every object said last in this operation. */
  readonly latest: ReadonlyMap<Sku, Held>;
  /** The operation that has just come to its end. */
  readonly ended: Ended | null;
}

export interface Ended {
  readonly running: Running;
  /** null: it was given up without an answer, and nobody may take that for a no (R9). */
  readonly answer: { readonly rejection: CartRejection | null } | null;
}

export interface AskKey extends CartKey {
  /** Rises with every step of every operation: what an object hears of an earlier one afterwards comes too late (R20). */
  readonly order: number;
}

/** One question to one object. */
export interface Ask {
  readonly sku: Sku;
  readonly reservation: ReservationId;
  /** null: what it holds now. */
  readonly command: Plan | TakeOrder | null;
  /** Under which the object knows it again. */
  readonly key: AskKey;
  readonly onlyCheck: boolean;
}

/** Goes on from what is stored. */
export function resumed(cart: Cart): Progress {
  return { cart, answered: new Map(), latest: new Map(), ended: null };
}

/** Whoever still has to be asked in the step that is running. */
export function asksOf({ cart, answered, latest }: Progress): readonly Ask[] {
  const { running } = cart;
  if (running === null) return [];
  const { step, number } = running;
  if (step === 'look' || step === 'see') return looksOf(cart).filter(({ sku }) => !answered.has(sku) && !latest.has(sku));
  const reservation = heldAs(cart);
  const key = keyOf(cart, number, step);
  return stepsOf(cart, running)[step].flatMap(({ sku, command }) =>
    answered.has(sku) ? [] : [{ sku, reservation, command, key, onlyCheck: step === 'check' }],
  );
}

const STEPS = ['look', 'check', 'try', 'undo', 'do', 'after', 'see', 'free'] as const satisfies readonly (Step | 'free')[];

export function keyOf({ createdAtMs }: Cart, number: number, step: Step | 'free'): AskKey {
  return {
    hash: `${number}.${step}`,
    fingerprint: String(createdAtMs),
    order: number * STEPS.length + STEPS.indexOf(step),
  };
}

/** What does every object hold that holds anything? */
export function looksOf(cart: Cart): readonly Ask[] {
  const key = keyOf(cart, cart.operations, 'look');
  return cart.held.flatMap(({ sku, reservation }) =>
    reservation === null ? [] : [{ sku, reservation: heldAs(cart), command: null, key, onlyCheck: true }],
  );
}

export function stepsOf(cart: Cart, { command, sinceMs }: Running): Course {
  const planned = courseOf(cart, command, sinceMs);
  return isSettled(planned) ? course({}) : planned;
}

/** Steps that change something are stored before anybody is asked (R23). */
export function isStored(step: Step): boolean {
  return step === 'try' || step === 'undo' || step === 'do' || step === 'after';
}

/** Notes answers. An object that refuses to say what it holds is looked at again before the end. */
export function noted(progress: Progress, answers: ReadonlyMap<Sku, Heard>): Progress {
  const answered = new Map(progress.answered);
  const latest = new Map(progress.latest);
  const before = new Map(progress.cart.held.map((one) => [one.sku, one]));
  for (const [sku, heard] of answers) {
    answered.set(sku, heard);
    const { sequence, asOfMs } = heard;
    if (!heard.accepted) latest.delete(sku);
    else if (heard.reservation !== null)
      latest.set(sku, { sku, reservation: heard.reservation, promisedAtMs: heard.promisedAtMs, sequence, asOfMs });
    // An object that forgot what long was closed changes nothing of what is known.
    else latest.set(sku, before.get(sku) ?? { sku, reservation: null, sequence, asOfMs });
  }
  return { ...progress, answered, latest };
}
