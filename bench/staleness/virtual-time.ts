interface Planned {
  readonly atMs: number;
  readonly happen: () => void;
}

/** Time that passes only when everybody waits for it, so that the same seed gives the same run. */
export class VirtualTime {
  nowMs = 0;
  readonly #planned: Planned[] = [];

  after(ms: number, happen: () => void): void {
    const planned = { atMs: this.nowMs + ms, happen };
    // Few things are planned at a time, so a list in order is enough.
    const index = this.#planned.findLastIndex(({ atMs }) => atMs <= planned.atMs);
    this.#planned.splice(index + 1, 0, planned);
  }

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve));
  }

  /** Until then, or until nothing is planned any more. */
  async runUntil(endMs: number): Promise<void> {
    for (let next = this.#planned.shift(); next !== undefined && next.atMs < endMs; next = this.#planned.shift()) {
      this.nowMs = next.atMs;
      next.happen();
      // Whoever was woken goes on until they wait again.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
