import type { CartCommand, CartRejection } from '../../domain/cart/cart.ts';
import type { CartSeen } from '../../domain/cart/seen.ts';
import type { ChannelId, ReservationId, Sku } from '../../domain/ids.ts';
import type { Network } from '../../domain/network.ts';
import type { ReservationStatus } from '../../domain/reservation.ts';
import type { RequestKey } from '../sku-stock/protocol.ts';

/** What a Worker and a cart's coordinator say to each other. Add fields, never change one (R40). */
export interface CartReservationStub {
  execute(call: CartCall): Promise<CartResult>;
  /** The cart as its objects hold it now. null: the caller has no such cart. */
  seen(caller: ChannelId | null): Promise<CartSeen | 'unknown' | null>;
  /** Under which id its units stand in the objects. null: the caller has no such cart. */
  holding(caller: ChannelId | null): Promise<{ readonly heldAs: ReservationId; readonly skus: readonly Sku[] } | null>;
}

export interface CartCall {
  /** For objects that do not know it yet. */
  readonly network: Network;
  readonly command: CartCommand;
  readonly key: RequestKey;
  readonly correlationId: string;
}

export type CartAnswer =
  { readonly accepted: true; readonly cart: CartSeen } | { readonly accepted: false; readonly rejection: CartRejection };

export type CartResult =
  | {
      readonly outcome: 'answered';
      readonly answer: CartAnswer;
      /** null: answered now. Else the status now, beside the first answer (R5). */
      readonly replay: { readonly presentStatus: ReservationStatus | null } | null;
      readonly correlationId: string;
    }
  | { readonly outcome: 'key_reused' | 'too_many_operations' }
  /** The first request with this key is still running (R6). */
  | { readonly outcome: 'key_in_progress'; readonly retryAfterMs: number }
  | { readonly outcome: 'overloaded'; readonly retryAfterMs: number }
  /** Objects did not answer; it goes on, or is given up, without the caller (R9). */
  | { readonly outcome: 'unknown'; readonly retryAfterMs: number };
