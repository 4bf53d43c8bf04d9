import type { ItemObject, SeenNumber } from './item-object.ts';
import type { Timeline } from './timeline.ts';

/** One isolate of a data centre: what it last saw of the item, one question at a time, and what it has under way. */
export class Edge {
  readonly #timeline: Timeline;
  readonly #object: ItemObject;
  readonly centre: number;
  readonly #toObjectMs: () => number;
  #seen: (SeenNumber & { readonly freshUntilMs: number }) | null = null;
  #asking: ((seen: SeenNumber | null) => void)[] | null = null;
  /** Reserves that were sent and not answered. */
  underWay = 0;
  asked = 0;

  constructor(timeline: Timeline, object: ItemObject, centre: number, toObjectMs: () => number) {
    this.#timeline = timeline;
    this.#object = object;
    this.centre = centre;
    this.#toObjectMs = toObjectMs;
  }

  /** What may still be served; null: nothing. */
  fresh(): SeenNumber | null {
    return this.#seen !== null && this.#timeline.nowMs < this.#seen.freshUntilMs ? this.#seen : null;
  }

  /** From memory where that is fresh; all others wait for one question. null: the object could not be asked. */
  look(then: (seen: SeenNumber | null) => void): void {
    const fresh = this.fresh();
    if (fresh !== null) return then(fresh);
    if (this.#asking !== null) {
      this.#asking.push(then);
      return;
    }
    this.#asking = [then];
    this.asked += 1;
    // Age counts from before the object was asked.
    const askedAtMs = this.#timeline.nowMs;
    this.toObject(() => this.#object.snapshot((seen) => this.fromObject(() => this.#learn(seen, askedAtMs))));
  }

  toObject(arrive: () => void): void {
    this.#timeline.after(this.#toObjectMs(), arrive);
  }

  fromObject(arrive: () => void): void {
    this.#timeline.after(this.#toObjectMs(), arrive);
  }

  /** An older number than the one known is forgotten. */
  remember(seen: SeenNumber, askedAtMs: number): void {
    if (seen.sequence < (this.#seen?.sequence ?? 0)) return;
    this.#seen = { ...seen, freshUntilMs: askedAtMs + seen.freshForMs };
  }

  #learn(seen: SeenNumber | null, askedAtMs: number): void {
    if (seen !== null) this.remember(seen, askedAtMs);
    const waiting = this.#asking ?? [];
    this.#asking = null;
    for (const then of waiting) then(seen);
  }
}
