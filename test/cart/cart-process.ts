import { objectAsker, type AskedStub } from '../../durable-objects/cart-reservation/ask-objects.ts';
import { Coordinator } from '../../durable-objects/cart-reservation/coordinator.ts';
import type { CartCall, CartResult } from '../../durable-objects/cart-reservation/protocol.ts';
import type { Sku } from '../../domain/ids.ts';
import { MemoryStore } from '../fake-cart.ts';
import type { FakeObject } from '../fake-object.ts';
import type { UnsafeNetwork } from './unsafe-network.ts';

/** The runtime rings an alarm again whose handler did not end. */
const ALARM_AGAIN_MS = 2_000;

/** One cart's coordinator as a process that dies: what it had stored stays, all else is gone, and nobody hears of it any more. */
export class CartProcess {
  readonly store = new MemoryStore();
  readonly #network: UnsafeNetwork;
  readonly #objectOf: (sku: Sku) => FakeObject;
  #life: { alive: boolean } = { alive: true };
  #coordinator: Coordinator;
  #callers = new Set<() => void>();
  #wakesAtMs = Infinity;
  #ringing = false;

  constructor(network: UnsafeNetwork, objectOf: (sku: Sku) => FakeObject) {
    this.#network = network;
    this.#objectOf = objectOf;
    this.#coordinator = this.#begun();
  }

  /** What a caller hears: null where the process died first. */
  execute(call: CartCall): Promise<CartResult | null> {
    const died = Promise.withResolvers<null>();
    const hangUp = (): void => died.resolve(null);
    this.#callers.add(hangUp);
    return Promise.race([this.#coordinator.execute(structuredClone(call)), died.promise]).finally(() =>
      this.#callers.delete(hangUp),
    );
  }

  crash(): void {
    this.#life.alive = false;
    for (const hangUp of this.#callers) hangUp();
    this.#callers = new Set();
    this.#coordinator = this.#begun();
    if (this.#ringing) this.#wakeBy(this.#network.nowMs + ALARM_AGAIN_MS);
    this.#ringing = false;
  }

  #begun(): Coordinator {
    const life = { alive: true };
    this.#life = life;
    const silence = new Promise<never>(() => undefined);
    const whileAlive = <Answer>(work: () => Promise<Answer>): Promise<Answer> => (life.alive ? work() : silence);
    return new Coordinator(
      {
        read: () => this.store.read(),
        kept: (operation, hash) => this.store.kept(operation, hash),
        save: (cart, kept) => {
          if (!life.alive) throw new Error('this object has moved on');
          this.store.save(cart, kept);
        },
      },
      {
        ask: objectAsker((sku) => this.#stubOf(sku, whileAlive)),
        synced: () => whileAlive(() => this.#network.wait(1)),
        wakeBy: (atMs) => this.#wakeBy(atMs),
        nowMs: () => this.#network.nowMs,
        wait: (ms) => whileAlive(() => this.#network.wait(ms)),
      },
    );
  }

  #stubOf(sku: Sku, whileAlive: <Answer>(work: () => Promise<Answer>) => Promise<Answer>): AskedStub {
    const object = this.#objectOf(sku);
    return {
      execute: (call) => whileAlive(() => this.#network.send(sku, () => object.executeNow(structuredClone(call)))),
      reservation: (id) => whileAlive(() => this.#network.send(sku, () => object.reservationNow(id))),
    };
  }

  /** The alarm outlives the process, and rings again where the process did not live to the end of it. */
  #wakeBy(atMs: number): void {
    if (this.#wakesAtMs <= atMs) return;
    this.#wakesAtMs = atMs;
    this.#network.at(atMs, () => {
      if (this.#wakesAtMs === atMs) this.#ring();
    });
  }

  #ring(): void {
    this.#wakesAtMs = Infinity;
    this.#ringing = true;
    const life = this.#life;
    const rung = (): void => {
      if (life.alive) this.#ringing = false;
    };
    this.#coordinator.rang().then(rung, () => {
      if (life.alive) this.#wakeBy(this.#network.nowMs + ALARM_AGAIN_MS);
      rung();
    });
  }
}
