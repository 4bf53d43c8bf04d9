import type { ReservationId } from './ids.ts';

export interface Deadline {
  readonly atMs: number;
  readonly reservation: ReservationId;
}

/**
 * A binary heap of deadlines, earliest first. An entry is never removed when its reservation changes: whoever reads
 * it asks the reservation whether it still means that time.
 */
export class Deadlines {
  readonly #heap: Deadline[] = [];

  earliest(): Deadline | undefined {
    return this.#heap[0];
  }

  add(deadline: Deadline): void {
    let index = this.#heap.push(deadline) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#swapIfEarlier(index, parent)) return;
      index = parent;
    }
  }

  removeEarliest(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const right = left + 1;
      const child = this.#atMs(right) < this.#atMs(left) ? right : left;
      if (!this.#swapIfEarlier(child, index)) return;
      index = child;
    }
  }

  #atMs(index: number): number {
    return this.#heap[index]?.atMs ?? Infinity;
  }

  /** Exchanges the two when the first is due before the second. */
  #swapIfEarlier(index: number, than: number): boolean {
    const one = this.#heap[index];
    const other = this.#heap[than];
    if (one === undefined || other === undefined || one.atMs >= other.atMs) return false;
    this.#heap[index] = other;
    this.#heap[than] = one;
    return true;
  }
}
