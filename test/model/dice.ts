/** A small generator of numbers that repeats itself from its seed (mulberry32). */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** A whole number from `min` to `max`, both included. */
  roll(min: number, max: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return min + (((mixed ^ (mixed >>> 14)) >>> 0) % (max - min + 1));
  }

  oneIn(sides: number): boolean {
    return this.roll(1, sides) === 1;
  }

  pick<T>(items: readonly T[]): T | undefined {
    return items[this.roll(0, Math.max(0, items.length - 1))];
  }
}
