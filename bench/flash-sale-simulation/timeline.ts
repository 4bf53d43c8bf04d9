interface Planned {
  readonly atMs: number;
  readonly order: number;
  readonly happen: () => void;
}

/**
 * What happens, in the order of its time; of the same time in the order in which it was planned. What is for later lies by
 * the millisecond, and only that of the present one is kept in order: a heap of a million plans is slower by far.
 */
export class Timeline {
  readonly #later = new Map<number, Planned[]>();
  readonly #heap: Planned[] = [];
  #millisecond = 0;
  #planned = 0;
  nowMs = 0;

  at(atMs: number, happen: () => void): void {
    const planned = { atMs: Math.max(atMs, this.nowMs), order: this.#planned, happen };
    this.#planned += 1;
    const millisecond = Math.floor(planned.atMs);
    if (millisecond <= this.#millisecond) return this.#push(planned);
    const beside = this.#later.get(millisecond);
    if (beside === undefined) this.#later.set(millisecond, [planned]);
    else beside.push(planned);
  }

  after(ms: number, happen: () => void): void {
    this.at(this.nowMs + ms, happen);
  }

  /** Until nothing is planned any more. */
  run(): void {
    for (;;) {
      for (let next = this.#take(); next !== undefined; next = this.#take()) {
        this.nowMs = next.atMs;
        next.happen();
      }
      if (this.#later.size === 0) return;
      this.#millisecond += 1;
      for (const planned of this.#later.get(this.#millisecond) ?? []) this.#push(planned);
      this.#later.delete(this.#millisecond);
    }
  }

  #push(planned: Planned): void {
    const heap = this.#heap;
    let index = heap.push(planned) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || !isBefore(planned, above)) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = planned;
  }

  #take(): Planned | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      let below = heap[child];
      const right = heap[child + 1];
      if (below !== undefined && right !== undefined && isBefore(right, below)) {
        child += 1;
        below = right;
      }
      if (below === undefined || !isBefore(below, last)) break;
      heap[index] = below;
      index = child;
    }
    heap[index] = last;
    return first;
  }
}

function isBefore(one: Planned, other: Planned): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order);
}
