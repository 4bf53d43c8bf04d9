import { permitted } from '../reservation.ts';
import { adoptOrder } from './adopt-order.ts';
import type { Cart, Running } from './cart.ts';
import { extendCart, resizeCart } from './change-cart.ts';
import { handOverCart } from './hand-over-cart.ts';
import { NOTHING, refuse, type Planned } from './order.ts';
import { commitCart, pinCart } from './sell-cart.ts';
import { releaseCart, settleCart } from './settle-cart.ts';
import { statusOfCart } from './status.ts';
import { takeCart } from './take-cart.ts';

/** What an operation means for the cart as it was seen when the operation began: SPEC §1's table, and then whom to ask what. */
export function courseOf(cart: Cart, command: Running['command'], beganAtMs: number): Planned {
  if (command.type === 'reserve') return takeCart(cart, command);
  if (command.type === 'adopt') return adoptOrder(cart, command);
  const permission = permitted(command.type, statusOfCart(cart));
  if (permission === 'no_op') return NOTHING;
  if (permission !== 'go' && permission !== 'retake') return refuse(permission);
  const lapsed = permission === 'retake';
  switch (command.type) {
    case 'extend':
      return extendCart(cart, command, beganAtMs);
    case 'resize':
      return resizeCart(cart, command);
    case 'pin':
      return pinCart(cart, lapsed);
    case 'commit':
      return commitCart(cart, command, lapsed);
    case 'release':
      return releaseCart(cart, command);
    case 'fulfill':
    case 'cancel':
      return settleCart(cart, command);
    case 'hand_over':
      return handOverCart(cart, command);
  }
}
