import { SHARED_READ_LOOK_MS, SHARED_READ_MS_MAX } from '../../contracts/limits.ts';

/** Lets work go on after the request that began it was answered, or was given up by its caller. */
export type KeepAlive = (work: Promise<unknown>) => void;

/** Plain data that requests may share; a promise of one must not be awaited, or resolved, in another. */
interface Flight<Value> {
  result: { readonly value: Value } | { readonly error: unknown } | null;
}

/**
 * Many ask for the same at once, one fetches. Each follower looks again and again by a timer of its own, so that it has
 * something under way (or it would be taken for hung) and touches nothing that belongs to another request. To wait for a promise that
 * another resolves is not possible below our tests' runner (ADR 31), and for the few who wait here a look each millisecond costs little.
 */
export class Singleflight<Value> {
  readonly #flights = new Map<string, Flight<Value>>();
  readonly #keepAlive: KeepAlive;

  constructor(keepAlive: KeepAlive) {
    this.#keepAlive = keepAlive;
  }

  ask(key: string, fetchIt: () => Promise<Value>): Promise<Value> {
    const flight = this.#flights.get(key);
    if (flight !== undefined) return this.#follow(key, flight, fetchIt);
    const work = this.#lead(key, fetchIt);
    // Whoever asked hears of a failure; here it only has to be no surprise.
    this.#keepAlive(work.catch(() => undefined));
    return work;
  }

  async #lead(key: string, fetchIt: () => Promise<Value>): Promise<Value> {
    const flight: Flight<Value> = { result: null };
    this.#flights.set(key, flight);
    try {
      const value = await fetchIt();
      flight.result = { value };
      return value;
    } catch (error) {
      flight.result = { error };
      throw error;
    } finally {
      this.#end(key, flight);
    }
  }

  /** Whoever leads may vanish; then each follower asks by itself, and the next to come leads anew. */
  async #follow(key: string, flight: Flight<Value>, fetchIt: () => Promise<Value>): Promise<Value> {
    for (let waitedMs = 0; waitedMs < SHARED_READ_MS_MAX; waitedMs += SHARED_READ_LOOK_MS) {
      await new Promise((resolve) => setTimeout(resolve, SHARED_READ_LOOK_MS));
      if (flight.result === null) continue;
      if ('error' in flight.result) throw flight.result.error;
      return flight.result.value;
    }
    this.#end(key, flight);
    return fetchIt();
  }

  #end(key: string, flight: Flight<Value>): void {
    if (this.#flights.get(key) === flight) this.#flights.delete(key);
  }
}
