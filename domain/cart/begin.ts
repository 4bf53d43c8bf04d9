import { onwards } from './advance.ts';
import type { AdoptOrder, Cart, CartKey, OnCart, ReserveCart } from './cart.ts';
import { resumed, type Progress } from './progress.ts';
import { candidatesOf } from './take-cart.ts';
import { RESERVATION_AGE_MAX_MS } from '../limits.ts';

export interface Request {
  readonly key: CartKey;
  readonly correlationId: string;
}

/** A new cart, or a new attempt of one that was given up: its lines are written down before anybody is asked. */
export function reserving(before: Cart | null, asked: ReserveCart, { key, correlationId }: Request, nowMs: number): Progress {
  // The id is made from the key, so whoever reserves under it again repeats a request, and is answered from what was kept.
  if (before !== null && before.stage !== 'aborted') throw new Error(`broken rule: ${before.id} is reserved once`);
  const candidates = candidatesOf(asked);
  const number = (before?.operations ?? 0) + 1;
  const cart: Cart = {
    id: asked.cart,
    attempt: (before?.attempt ?? 0) + 1,
    stage: 'reserving',
    channel: asked.channel,
    buyer: asked.buyer,
    mode: asked.mode,
    split: asked.split,
    prefer: asked.prefer,
    only: candidates[0] ?? null,
    orderRefs: [],
    createdAtMs: nowMs,
    endsAtMs: nowMs + Math.min(asked.ttlMs, RESERVATION_AGE_MAX_MS),
    lines: asked.lines,
    held: [],
    running: {
      number,
      command: { type: 'reserve', candidates },
      key,
      correlationId,
      sinceMs: nowMs,
      step: 'check',
      refusal: null,
      candidate: 0,
    },
    freeing: before?.freeing ?? [],
    operations: number,
    kept: before?.kept ?? 0,
    lastNowMs: nowMs,
  };
  return onwards(resumed(cart));
}

/** An order that was accepted elsewhere: it is written down, and from then on it is booked whatever happens. */
export function adopting(asked: AdoptOrder, { key, correlationId }: Request, nowMs: number): Progress {
  const { cart: id, channel, lines, ...command } = asked;
  const running = { number: 1, command, key, correlationId, sinceMs: nowMs, step: 'do', refusal: null, candidate: 0 } as const;
  return onwards(
    resumed({
      id,
      attempt: 1,
      stage: 'reserving',
      channel,
      buyer: null,
      mode: 'all_or_nothing',
      split: 'allowed',
      prefer: [],
      only: null,
      orderRefs: [asked.orderRef],
      createdAtMs: nowMs,
      // Nothing of it is open, so nothing ends.
      endsAtMs: nowMs,
      lines,
      held: [],
      running,
      freeing: [],
      operations: 1,
      kept: 0,
      lastNowMs: nowMs,
    }),
  );
}

/** An operation on a cart that exists looks at all of its objects first. */
export function operating(cart: Cart, command: OnCart, { key, correlationId }: Request, nowMs: number): Progress {
  const number = cart.operations + 1;
  const running = { number, command, key, correlationId, sinceMs: nowMs, step: 'look', refusal: null, candidate: 0 } as const;
  return onwards(resumed({ ...cart, running, operations: number, lastNowMs: nowMs }));
}
