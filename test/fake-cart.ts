import type { Cart } from '../domain/cart/cart.ts';
import type { Sku } from '../domain/ids.ts';
import { objectAsker } from '../durable-objects/cart-reservation/ask-objects.ts';
import type { CartStore, Kept } from '../durable-objects/cart-reservation/cart-log.ts';
import { Coordinator } from '../durable-objects/cart-reservation/coordinator.ts';
import type { CartReservationStub } from '../durable-objects/cart-reservation/protocol.ts';
import type { SkuStockStub } from '../durable-objects/sku-stock/protocol.ts';

/** One cart's object without a runtime: the real coordinator, with memory for storage and an alarm that tests ring. */
export class FakeCart {
  readonly store = new MemoryStore();
  /** Calls that have come so far. */
  asked = 0;
  /** When the alarm would ring. */
  wakesAtMs: number | null = null;
  /** Moments at which it could have died so far: before and after it asks, and after it stores. */
  moments = 0;
  diesAtMoment = Infinity;
  #coordinator: Coordinator;
  readonly #begin: () => Coordinator;

  constructor(stockOf: (sku: Sku) => SkuStockStub, nowMs: () => number) {
    const askObjects = objectAsker(stockOf);
    const store: CartStore = {
      read: () => this.store.read(),
      kept: (operation, hash) => this.store.kept(operation, hash),
      save: (cart, kept) => {
        this.store.save(cart, kept);
        this.#moment();
      },
    };
    this.#begin = () =>
      new Coordinator(store, {
        ask: async (asks, told) => {
          this.#moment();
          const answers = await askObjects(asks, told);
          this.#moment();
          return answers;
        },
        synced: async () => {},
        wakeBy: (atMs) => {
          this.wakesAtMs = Math.min(this.wakesAtMs ?? Infinity, atMs);
        },
        nowMs,
        // Nobody waits in a test: rounds follow each other at once.
        wait: async () => {},
      });
    this.#coordinator = this.#begin();
  }

  get stub(): CartReservationStub {
    return {
      execute: (call) => {
        this.asked += 1;
        return this.#coordinator.execute(structuredClone(call));
      },
      seen: (caller) => this.#coordinator.seen(caller),
      holding: async (caller) => this.#coordinator.holding(caller),
    };
  }

  ring(): Promise<'kept' | 'gone'> {
    this.wakesAtMs = null;
    return this.#coordinator.rang();
  }

  /** All that was not stored is gone. */
  crash(): void {
    this.diesAtMoment = Infinity;
    this.#coordinator = this.#begin();
  }

  #moment(): void {
    this.moments += 1;
    if (this.moments === this.diesAtMoment) throw new Error('died');
  }
}

/** Rows as text, as they lie in SQLite: what is not stored is not kept by accident. */
export class MemoryStore implements CartStore {
  readonly rows = new Map<string, string>();
  writes = 0;

  read(): Cart | null {
    return this.#read<Cart>('cart');
  }

  kept(operation: Kept['operation'], hash: string): Kept | null {
    return this.#read<Kept>(`${operation} ${hash}`);
  }

  save(cart: Cart, kept: Kept | null): void {
    this.writes += 1;
    this.rows.set('cart', JSON.stringify(cart));
    if (kept !== null) this.rows.set(`${kept.operation} ${kept.hash}`, JSON.stringify(kept));
  }

  #read<T>(name: string): T | null {
    const row = this.rows.get(name);
    return row === undefined ? null : (JSON.parse(row) as T);
  }
}
