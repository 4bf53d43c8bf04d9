import { AsyncLocalStorage } from 'node:async_hooks';
import { Dice } from '../../model/dice.ts';

const drained = setImmediate;

/** Where code runs: an object, a Worker's isolate, or a client. What dies takes all that it had begun along. */
export interface Place {
  readonly name: string;
  alive: boolean;
  /** Its clock beside the true one. */
  skewMs: number;
  /** Resolves when what it wrote so far is safe; nothing that it sends leaves before. */
  readonly output?: () => Promise<void>;
}

interface Event {
  readonly atMs: number;
  readonly order: number;
  readonly what: string;
  readonly run: () => void;
  off: boolean;
}

/** One thread, one heap of events, one generator: everything that ever happens here happens in an order that a seed decides. */
export class Loop {
  readonly dice: Dice;
  nowMs: number;
  events = 0;
  /** After each event, once all that it set off has come to rest. */
  rested: () => void = () => undefined;
  readonly #heap: Event[] = [];
  readonly #places = new AsyncLocalStorage<Place>();
  readonly #recent: string[] = [];
  #order = 0;
  #hash = 0;

  constructor(seed: number, startMs: number) {
    this.dice = new Dice(seed);
    this.nowMs = startMs;
  }

  /** Who runs now. */
  get here(): Place | undefined {
    return this.#places.getStore();
  }

  /** Time as this place sees it. */
  get clockMs(): number {
    return this.nowMs + (this.here?.skewMs ?? 0);
  }

  in<T>(place: Place, work: () => T): T {
    return this.#places.run(place, work);
  }

  /** Something happens after so long. Answers how to call it off. */
  after(ms: number, what: string, run: () => void): () => void {
    const event: Event = { atMs: this.nowMs + Math.max(0, Math.round(ms)), order: this.#order++, what, run, off: false };
    this.#push(event);
    return () => {
      event.off = true;
    };
  }

  /** Resolves after so long, unless who waits has died. */
  wait(ms: number, what: string): Promise<void> {
    const place = this.here;
    return new Promise((resolve) => {
      this.after(ms, what, () => {
        if (place?.alive !== false) resolve();
      });
    });
  }

  note(what: string): void {
    const line = `${this.nowMs} ${what}`;
    for (let at = 0; at < line.length; at += 1) this.#hash = (Math.imul(this.#hash, 31) + line.charCodeAt(at)) | 0;
    this.#recent.push(line);
    if (this.#recent.length > 400) this.#recent.splice(0, 200);
  }

  /** What happened last, for whoever reads a failure. */
  recent(lines: number): readonly string[] {
    return this.#recent.slice(-lines);
  }

  /** The same seed gives the same number, or something here is not decided by it. */
  get hash(): number {
    return this.#hash >>> 0;
  }

  /** Goes on until then, or until nothing is left to happen or `done` says that it is enough. */
  async run(untilMs: number, done: () => boolean = () => false): Promise<void> {
    await this.#settle();
    while (!done()) {
      const next = this.#pop(untilMs);
      if (next === undefined) {
        this.nowMs = Math.max(this.nowMs, untilMs);
        return;
      }
      this.nowMs = Math.max(this.nowMs, next.atMs);
      this.events += 1;
      this.note(next.what);
      next.run();
      await this.#settle();
    }
  }

  async #settle(): Promise<void> {
    await new Promise<void>((resolve) => {
      drained(resolve);
    });
    this.rested();
  }

  #push(event: Event): void {
    const heap = this.#heap;
    let at = heap.push(event) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || !isBefore(event, parent)) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = event;
  }

  #pop(untilMs: number): Event | undefined {
    for (;;) {
      const [first] = this.#heap;
      if (first === undefined || first.atMs > untilMs) return undefined;
      this.#dropFirst();
      if (!first.off) return first;
    }
  }

  #dropFirst(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const [a, b] = [heap[left], heap[left + 1]];
      const below = b !== undefined && a !== undefined && isBefore(b, a) ? left + 1 : left;
      const child = heap[below];
      if (child === undefined || !isBefore(child, last)) break;
      heap[at] = child;
      at = below;
    }
    heap[at] = last;
  }
}

function isBefore(a: Event, b: Event): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}
