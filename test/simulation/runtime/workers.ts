import type { Faults } from './faults.ts';
import type { Loop, Place } from './loop.ts';

/** What a Worker hands to its runtime. */
export interface Handlers {
  readonly app: { readonly request: (path: string, init: RequestInit) => Response | Promise<Response> };
  readonly queue: (batch: MessageBatch) => Promise<void>;
  readonly scheduled: () => Promise<void>;
}

interface Isolate {
  readonly place: Place;
  readonly handlers: Handlers;
  readonly waiting: Set<(error: Error) => void>;
}

/** Some isolates of one Worker: whoever calls meets any of them, and one that dies takes all along that runs in it. */
export class Workers {
  readonly #loop: Loop;
  readonly #faults: Faults;
  readonly #start: () => Handlers;
  readonly #met: (what: string) => void;
  readonly #isolates: (Isolate | null)[] = [null, null];
  #started = 0;

  constructor(loop: Loop, faults: Faults, start: () => Handlers, met: (what: string) => void) {
    this.#loop = loop;
    this.#faults = faults;
    this.#start = start;
    this.#met = met;
  }

  /** One invocation, in any of them. Rejects if that one dies, or if it vanishes by itself in the middle, while its isolate goes on. */
  async run<Answer>(work: (handlers: Handlers) => Answer | Promise<Answer>): Promise<Answer> {
    const at = this.#loop.dice.roll(0, this.#isolates.length - 1);
    const isolate = this.#isolates[at] ?? this.#begin(at);
    const died = Promise.withResolvers<never>();
    isolate.waiting.add(died.reject);
    if (this.#faults.strikes('crashOfWorker')) {
      this.#loop.after(this.#loop.dice.roll(1, 100), `${isolate.place.name} dies`, () => this.#crash(at, isolate));
    }
    const place = new PlaceOfInvocation(isolate.place);
    if (this.#faults.strikes('requestVanishes')) {
      this.#loop.after(this.#loop.dice.roll(1, 30), `a request in ${place.name} vanishes`, () => {
        if (!isolate.waiting.has(died.reject)) return;
        place.alive = false;
        this.#met('request vanished');
        died.reject(new Error('the request vanished'));
      });
    }
    try {
      const answered = this.#loop.in(place, async () => work(isolate.handlers));
      return await Promise.race([answered, died.promise]);
    } finally {
      isolate.waiting.delete(died.reject);
    }
  }

  #begin(at: number): Isolate {
    const place: Place = { name: `worker ${this.#started++}`, alive: true, skewMs: 0 };
    const isolate = { place, handlers: this.#loop.in(place, this.#start), waiting: new Set<(error: Error) => void>() };
    this.#isolates[at] = isolate;
    return isolate;
  }

  #crash(at: number, isolate: Isolate): void {
    if (!isolate.place.alive) return;
    isolate.place.alive = false;
    this.#isolates[at] = null;
    this.#met('worker died');
    for (const reject of isolate.waiting) reject(new Error('the worker died'));
    isolate.waiting.clear();
  }
}

/** Where one invocation runs: it ends with its isolate at the latest. */
class PlaceOfInvocation implements Place {
  readonly name: string;
  readonly skewMs: number;
  readonly #isolate: Place;
  #vanished = false;

  constructor(isolate: Place) {
    this.#isolate = isolate;
    this.name = isolate.name;
    this.skewMs = isolate.skewMs;
  }

  get alive(): boolean {
    return this.#isolate.alive && !this.#vanished;
  }

  set alive(alive: boolean) {
    this.#vanished = !alive;
  }
}
