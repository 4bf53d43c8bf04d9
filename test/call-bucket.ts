/** So many calls a second, and so many at once after a quiet time. */
export class CallBucket {
  readonly #perSecond: number;
  readonly #burst: number;
  #calls: number;
  #atMs: number | null = null;

  constructor(perSecond: number, burst: number) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#calls = burst;
  }

  takes(nowMs: number): boolean {
    const passedMs = this.#atMs === null ? 0 : nowMs - this.#atMs;
    this.#calls = Math.min(this.#burst, this.#calls + (passedMs / 1_000) * this.#perSecond);
    this.#atMs = nowMs;
    // Sums of fractions fall a little short.
    if (this.#calls < 1 - 1e-6) return false;
    this.#calls -= 1;
    return true;
  }
}
