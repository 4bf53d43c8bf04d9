import type { Cart, Held } from '../../domain/cart/cart.ts';
import type { Line, Term } from '../../domain/stock.ts';
import { channel, reservationId, sku } from '../story/ids.ts';

// Carts as they are stored, of which a case says only what it is about.

export const NO_UNITS: Line = {
  line: 1,
  asked: 9,
  at: null,
  open: 0,
  openAt: [],
  owed: 0,
  owedAt: [],
  fulfilled: 0,
  cancelled: 0,
  released: 0,
  expired: 0,
};

export const ACTIVE: Term = { kind: 'active', expiresAtMs: 60_000 };
export const CLOSED: Term = { kind: 'closed' };

const ID = reservationId('cart.one');

/** What one item's object holds of line 1 of the cart. */
export function held(name: string, units: Partial<Line>, term: Term = ACTIVE, more: Partial<Held> = {}): Held {
  const reservation = {
    id: ID,
    channel: channel('web'),
    buyer: null,
    orderRefs: [],
    createdAtMs: 0,
    split: 'allowed',
    term,
    lines: [{ ...NO_UNITS, ...units }],
  } as const;
  return { sku: sku(name), reservation, sequence: 1, asOfMs: 1_000, ...more };
}

export function keptCart(said: Partial<Cart>): Cart {
  return {
    id: ID,
    attempt: 1,
    stage: 'reserved',
    channel: channel('web'),
    buyer: null,
    mode: 'all_or_nothing',
    split: 'allowed',
    prefer: [],
    only: null,
    orderRefs: [],
    createdAtMs: 0,
    endsAtMs: 60_000,
    lines: [],
    held: [],
    running: null,
    freeing: [],
    operations: 1,
    kept: 1,
    lastNowMs: 0,
    ...said,
  };
}
