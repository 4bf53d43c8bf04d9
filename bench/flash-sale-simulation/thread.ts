import type { Timeline } from './timeline.ts';

/** One thread that does one thing after the other, in the order in which they came. */
export class Thread {
  readonly #timeline: Timeline;
  #tasks: (() => number)[] = [];
  #next = 0;
  #busy = false;
  busyMs = 0;

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
  }

  /** How much waits for its turn. */
  get waiting(): number {
    return this.#tasks.length - this.#next;
  }

  /** `task` says how long it takes; what it sends has to wait as long. */
  add(task: () => number): void {
    this.#tasks.push(task);
    if (!this.#busy) this.#goOn();
  }

  #goOn(): void {
    const task = this.#tasks[this.#next];
    if (task === undefined) {
      this.#tasks = [];
      this.#next = 0;
      this.#busy = false;
      return;
    }
    this.#next += 1;
    this.#busy = true;
    const tookMs = task();
    this.busyMs += tookMs;
    this.#timeline.after(tookMs, () => this.#goOn());
  }
}
