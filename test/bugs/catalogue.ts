import type { Bug } from './bug.ts';
import { CART_BUGS } from './catalogue/carts.ts';
import { COMPARING } from './catalogue/comparing.ts';
import { EDGE } from './catalogue/edge.ts';
import { ERP_IN } from './catalogue/erp-in.ts';
import { ERP_OUT } from './catalogue/erp-out.ts';
import { OBJECT } from './catalogue/object.ts';
import { PROMISES } from './catalogue/promises.ts';
import { TIME } from './catalogue/time.ts';

/** Every bug that the proof puts in to see that it is noticed. What reviews find in earnest joins them. */
export const CATALOGUE: readonly Bug[] = [
  ...OBJECT,
  ...ERP_OUT,
  ...ERP_IN,
  ...CART_BUGS,
  ...TIME,
  ...PROMISES,
  ...EDGE,
  ...COMPARING,
];

/** The short form's: one of each layer that is quick. */
export const SAMPLE: readonly string[] = [
  'no-idempotency-record',
  'key-of-another-channel',
  'snapshot-forgets-later-deltas',
  'no-pin-before-commit',
  'quantity-off-by-one',
  'deadline-inclusive',
];
