import type { CartSeen } from '../../domain/cart/seen.ts';
import type { ChannelId, ReservationId, Sku } from '../../domain/ids.ts';
import type { CartCall, CartReservationStub, CartResult } from '../../durable-objects/cart-reservation/protocol.ts';
import type { Directories } from '../catalogue/directory.ts';
import type { Refused } from '../refused.ts';
import { overloaded, patiently } from './patiently.ts';

/** The Worker's way to the coordinators of carts; each is named by the hash that its id ends with. */
export interface CartGateway {
  execute(hash: string, asked: Omit<CartCall, 'network'>): Promise<CartResult | Refused>;
  /** null: the caller has no such cart. */
  seen(hash: string, caller: ChannelId | null): Promise<CartSeen | Refused | null>;
  /** Under which id its units stand in the objects. */
  holding(
    hash: string,
    caller: ChannelId | null,
  ): Promise<{ readonly heldAs: ReservationId; readonly skus: readonly Sku[] } | Refused | null>;
}

export type CartStubOf = (hash: string) => CartReservationStub;

/** How a log and a message call a cart whose id the caller need not have seen. */
const NAME = 'this cart';

export function cartGateway(stubOf: CartStubOf, directories: Directories): CartGateway {
  return {
    execute: async (hash, asked) => {
      const { network } = await directories.current();
      return patiently(
        () => stubOf(hash),
        NAME,
        (stub) => stub.execute({ ...asked, network }),
      );
    },

    seen: async (hash, caller) => {
      const seen = await patiently(
        () => stubOf(hash),
        NAME,
        (stub) => stub.seen(caller),
      );
      return seen === 'unknown' ? overloaded(NAME) : seen;
    },

    holding: (hash, caller) =>
      patiently(
        () => stubOf(hash),
        NAME,
        (stub) => stub.holding(caller),
      ),
  };
}
