import type { Cart, CartCommand } from '../../domain/cart/cart.ts';
import type { CartAnswer } from './protocol.ts';

/** An answer as it is given again, word for word (R5). */
export interface Kept {
  readonly operation: CartCommand['type'];
  readonly hash: string;
  readonly fingerprint: string;
  readonly answer: CartAnswer;
  readonly correlationId: string;
}

export interface CartStore {
  read(): Cart | null;
  kept(operation: Kept['operation'], hash: string): Kept | null;
  /** Both in one transaction (R7). */
  save(cart: Cart, kept: Kept | null): void;
}

/** What is stored of the cart, and a copy of it in memory. */
export class CartLog {
  readonly #store: CartStore;
  #cart: Cart | null | undefined;

  constructor(store: CartStore) {
    this.#store = store;
  }

  cart(): Cart | null {
    if (this.#cart === undefined) this.#cart = this.#store.read();
    return this.#cart;
  }

  kept(operation: Kept['operation'], hash: string): Kept | null {
    return this.#store.kept(operation, hash);
  }

  save(cart: Cart, kept: Kept | null = null): void {
    if (cart === this.#cart && kept === null) return;
    this.#cart = undefined;
    this.#store.save(cart, kept);
    this.#cart = cart;
  }
}
