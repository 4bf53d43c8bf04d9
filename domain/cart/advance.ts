import type { Sku } from '../ids.ts';
import { isOpen, type Cart, type CartRejection, type Held, type Running } from './cart.ts';
import { courseOf } from './course.ts';
import { entered, finished, freed, heldNow } from './ending.ts';
import { CART_DOUBT_MAX_MS } from './limits.ts';
import { isSettled } from './order.ts';
import { asksOf, noted, stepsOf, type Progress } from './progress.ts';
import { refusalBy, type Heard } from './rejection.ts';
import { evened } from './seen.ts';
import { abandoned, checked, heldAfter, taken } from './taken.ts';

/** Takes in what objects answered and goes as far as that allows: to the next questions, or to the end. */
export function heard(progress: Progress, answers: ReadonlyMap<Sku, Heard>): Progress {
  return onwards(noted(progress, answers));
}

/** A step in which nobody has to be asked is passed at once. */
export function onwards(progress: Progress): Progress {
  let at = progress;
  while (at.cart.running !== null && asksOf(at).length === 0) at = passed(at, at.cart.running);
  return at;
}

function passed(progress: Progress, running: Running): Progress {
  const { command, step } = running;
  const refusal = (): CartRejection | null => refusalBy(progress.cart, progress.answered);
  switch (step) {
    case 'look':
      return planned(progress, running);
    case 'check': {
      if (command.type === 'reserve') return checked(progress, running, command);
      const no = refusal();
      return no === null ? entered(progress, running, 'try') : finished(progress, running, { rejection: no });
    }
    case 'try': {
      if (command.type === 'reserve') return taken(progress, running, command);
      const no = refusal();
      return no === null ? entered(progress, running, 'do') : tryRefused(progress, running, no);
    }
    case 'undo':
      return finished(progress, running, { rejection: running.refusal });
    case 'do': {
      const adopted = { stage: 'reserved', held: heldAfter(progress.cart, progress.answered) } as const;
      return entered(progress, running, 'after', command.type === 'adopt' ? adopted : {});
    }
    case 'after':
      return entered(progress, running, 'see');
    case 'see':
      return finished(progress, running, { rejection: null }, stepsOf(progress.cart, running).gains);
  }
}

function planned(before: Progress, running: Running): Progress {
  const held = evened(heldNow(before));
  const progress = { ...before, cart: { ...before.cart, held } };
  const { command } = running;
  if (SELLS[command.type] && held.some(isOpen) && lostUnits(before.cart.held, held)) {
    // A part of the promise was taken back (R28b), and half a cart is none.
    return finished(progress, running, { rejection: { code: 'reservation_released' } }, allFreed(progress.cart, running));
  }
  const course = courseOf(progress.cart, command, running.sinceMs);
  return isSettled(course) ? finished(progress, running, course) : entered(progress, running, 'check');
}

const SELLS = {
  reserve: false,
  extend: true,
  resize: true,
  pin: true,
  commit: true,
  release: false,
  fulfill: false,
  cancel: false,
  hand_over: false,
  adopt: false,
} as const satisfies Record<Running['command']['type'], boolean>;

/** Units that were released since, and not by this cart. */
function lostUnits(before: readonly Held[], now: readonly Held[]): boolean {
  const released = (held: readonly Held[]): number =>
    held.reduce((total, { reservation }) => total + (reservation?.lines.reduce((sum, line) => sum + line.released, 0) ?? 0), 0);
  return released(now) > released(before);
}

function tryRefused(progress: Progress, running: Running, refusal: CartRejection): Progress {
  return stepsOf(progress.cart, running).freesIf.refused
    ? finished(progress, running, { rejection: refusal }, allFreed(progress.cart, running))
    : entered(progress, { ...running, refusal }, 'undo');
}

function allFreed(cart: Cart, running: Running): Pick<Cart, 'freeing'> {
  return freed(
    cart,
    running,
    cart.held.flatMap(({ sku, reservation }) => (reservation === null ? [] : [sku])),
  );
}

/** Objects stay silent. What could not be decided in time is given up; what is decided is never given up. */
export function pressed(progress: Progress, nowMs: number): Progress {
  const { running } = progress.cart;
  if (running === null || nowMs - running.sinceMs < CART_DOUBT_MAX_MS) return progress;
  const { step, command } = running;
  if (!(step === 'try' || step === 'check') || asksOf(progress).length === 0) return progress;
  if (command.type === 'reserve') return abandoned(progress, running);
  if (step === 'check') return progress;
  if (!stepsOf(progress.cart, running).freesIf.unanswered) return progress;
  return finished(progress, running, null, allFreed(progress.cart, running));
}
