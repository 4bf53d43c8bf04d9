import { DurableObject } from 'cloudflare:workers';
import type { CartSeen } from '../../domain/cart/seen.ts';
import type { ChannelId, ReservationId, Sku } from '../../domain/ids.ts';
import type { SkuStockStub } from '../sku-stock/protocol.ts';
import { objectAsker } from './ask-objects.ts';
import { SqlCartStore } from './cart-store.ts';
import { Coordinator } from './coordinator.ts';
import { RESUME_MS } from './limits.ts';
import type { CartCall, CartReservationStub, CartResult } from './protocol.ts';

/** What the object needs of its surroundings. */
export interface CartReservationEnv {
  readonly SKU_STOCK: { getByName(sku: string): unknown };
}

/** One cart of several SKUs, named by the hash of the request that made it. It owns no stock (DESIGN §4). */
export class CartReservation extends DurableObject<CartReservationEnv> implements CartReservationStub {
  #coordinator: Coordinator;
  #armedMs: number | null = null;

  constructor(ctx: DurableObjectState, env: CartReservationEnv) {
    super(ctx, env);
    this.#coordinator = this.#begun();
    void ctx.blockConcurrencyWhile(async () => {
      this.#armedMs = await ctx.storage.getAlarm();
    });
  }

  #begun(): Coordinator {
    const { storage } = this.ctx;
    return new Coordinator(new SqlCartStore(storage), {
      ask: objectAsker((sku) => this.env.SKU_STOCK.getByName(sku) as SkuStockStub),
      synced: () => storage.sync(),
      wakeBy: (atMs) => this.#wakeBy(atMs),
      nowMs: () => Date.now(),
      wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    });
  }

  execute(call: CartCall): Promise<CartResult> {
    return this.#coordinator.execute(call);
  }

  seen(caller: ChannelId | null): Promise<CartSeen | 'unknown' | null> {
    return this.#coordinator.seen(caller);
  }

  async holding(caller: ChannelId | null): Promise<{ readonly heldAs: ReservationId; readonly skus: readonly Sku[] } | null> {
    return this.#coordinator.holding(caller);
  }

  /** It catches everything and is always armed again, since the runtime gives up after six failures. */
  override async alarm(): Promise<void> {
    const startedAtMs = Date.now();
    this.#armedMs = null;
    try {
      const state = await this.#coordinator.rang();
      if (state === 'gone') await this.#forget();
      this.#logLine({ state, durationMs: Date.now() - startedAtMs });
    } catch (error) {
      this.#wakeBy(Date.now() + RESUME_MS);
      this.#logLine({ error: String(error), durationMs: Date.now() - startedAtMs });
    }
  }

  /** An object without rows costs nothing; whoever asks for it meets one that knows nothing. */
  async #forget(): Promise<void> {
    await this.ctx.storage.deleteAlarm();
    await this.ctx.storage.deleteAll();
    this.#coordinator = this.#begun();
  }

  /** Setting the alarm writes a row, so it is set only to ring sooner; never in the past, where it might not ring. */
  #wakeBy(atMs: number): void {
    if (this.#armedMs !== null && this.#armedMs <= atMs) return;
    this.#armedMs = atMs;
    void this.ctx.storage.setAlarm(atMs);
  }

  #logLine(words: Readonly<Record<string, unknown>>): void {
    console.log(JSON.stringify({ alarm: 'cart-reservation', cart: this.ctx.id.name, ...words }));
  }
}
