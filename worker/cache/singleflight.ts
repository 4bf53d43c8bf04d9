import { SHARED_READ_MS_MAX } from '../../contracts/limits.ts';

/** Lets work go on after the request that began it was answered, or was given up by its caller. */
export type KeepAlive = (work: Promise<unknown>) => void;

/**
 * Many ask for the same at once, one fetches. Each waiter has a promise and a timer of its own: a promise of another
 * request must not be awaited here, and a request with nothing of its own under way is taken for hung.
 */
export class Singleflight<Value> {
  readonly #waiting = new Map<string, PromiseWithResolvers<Value>[]>();
  readonly #keepAlive: KeepAlive;

  constructor(keepAlive: KeepAlive) {
    this.#keepAlive = keepAlive;
  }

  ask(key: string, fetchIt: () => Promise<Value>): Promise<Value> {
    const own = Promise.withResolvers<Value>();
    const waiting = this.#waiting.get(key);
    if (waiting !== undefined) {
      waiting.push(own);
      return this.#follow(key, waiting, own, fetchIt);
    }
    const led = [own];
    this.#waiting.set(key, led);
    this.#keepAlive(this.#lead(key, led, fetchIt));
    return own.promise;
  }

  async #lead(key: string, waiting: readonly PromiseWithResolvers<Value>[], fetchIt: () => Promise<Value>): Promise<void> {
    try {
      const value = await fetchIt();
      this.#end(key, waiting);
      for (const one of waiting) one.resolve(value);
    } catch (error) {
      this.#end(key, waiting);
      for (const one of waiting) one.reject(error);
    }
  }

  /** Whoever leads may vanish; then each follower asks by itself, and the next to come leads anew. */
  #follow(
    key: string,
    waiting: readonly PromiseWithResolvers<Value>[],
    own: PromiseWithResolvers<Value>,
    fetchIt: () => Promise<Value>,
  ): Promise<Value> {
    const patience = setTimeout(() => {
      this.#end(key, waiting);
      own.resolve(fetchIt());
    }, SHARED_READ_MS_MAX);
    return own.promise.finally(() => clearTimeout(patience));
  }

  #end(key: string, waiting: readonly PromiseWithResolvers<Value>[]): void {
    if (this.#waiting.get(key) === waiting) this.#waiting.delete(key);
  }
}
