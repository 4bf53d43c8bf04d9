import type { Faults } from './faults.ts';
import { Disk } from './disk.ts';
import type { Loop, Place } from './loop.ts';

type Instance = Readonly<Record<string, (...args: readonly unknown[]) => unknown>> & { alarm?: () => Promise<void> };
type Class = new (ctx: DurableObjectState, env: never) => object;

/** What whoever looks on is told of objects. */
export interface Onlooker {
  readonly turnEnded: (object: SimulatedObject) => void;
  readonly rolledBack: (object: SimulatedObject) => void;
  /** When something of it ends, by its own clock; what is sent to it likes to arrive right then. */
  readonly deadlines: (object: SimulatedObject) => readonly number[];
  /** What it answered, before anybody hears of it. */
  readonly answered: (object: SimulatedObject, method: string, args: readonly unknown[], answer: unknown) => void;
  readonly met: (what: string) => void;
}

interface Life {
  readonly place: Place;
  readonly instance: Instance;
  readonly ready: Promise<unknown>;
  /** Whoever waits for it hears that it died. */
  readonly waiting: Set<(error: Error) => void>;
}

/** All objects of one class, by name. */
export class Objects {
  readonly all = new Map<string, SimulatedObject>();
  readonly #make: (name: string) => SimulatedObject;

  constructor(make: (name: string) => SimulatedObject) {
    this.#make = make;
  }

  at(name: string): SimulatedObject {
    const known = this.all.get(name) ?? this.#make(name);
    this.all.set(name, known);
    return known;
  }

  /** As a binding: every method of a stub is a call over the network. */
  getByName(name: string): unknown {
    return new Proxy(
      {},
      {
        get: (_, method) =>
          typeof method === 'string' && method !== 'then'
            ? (...args: readonly unknown[]) => this.at(name).call(method, args)
            : undefined,
      },
    );
  }
}

/** One object: its storage, which lasts, and the instance that serves it now, which does not. */
export class SimulatedObject {
  readonly name: string;
  readonly disk: Disk;
  readonly #class: Class;
  readonly #env: unknown;
  readonly #loop: Loop;
  readonly #faults: Faults;
  readonly #onlooker: Onlooker;
  #life: Life | null = null;
  #skewMs = 0;
  /** Until then nothing that is sent to it arrives. */
  silentUntilMs = 0;
  #callOffAlarm = (): void => undefined;
  #alarmPlannedMs: number | null = null;
  /** An alarm that rings and has not ended: its object may die of it, and then it rings again. */
  #ringing: number | null = null;

  constructor(name: string, type: Class, env: unknown, loop: Loop, faults: Faults, onlooker: Onlooker) {
    this.name = name;
    this.#class = type;
    this.#env = env;
    this.#loop = loop;
    this.#faults = faults;
    this.#onlooker = onlooker;
    this.disk = new Disk(loop, faults, {
      turnEnded: () => this.#turnEnded(),
      rolledBack: () => onlooker.rolledBack(this),
      alarmSet: () => this.planAlarm(),
    });
  }

  get isAlive(): boolean {
    return this.#life !== null;
  }

  /** When its alarm rings; at once, while it does; null: it never will. */
  get ringsAtMs(): number | null {
    return this.#ringing === null ? this.disk.alarmAtMs : -Infinity;
  }

  /** A call from wherever the caller is. Nobody hears an answer that is not safe yet. */
  call(method: string, args: readonly unknown[]): Promise<unknown> {
    const caller = this.#loop.here;
    const sent = structuredClone(args);
    return new Promise((resolve, reject) => {
      const settle = (how: () => void): void => {
        if (caller?.alive !== false) how();
      };
      const lost = (why: string): void => {
        this.#loop.after(this.#loop.dice.roll(1, 2_000), `${this.name}.${method} is lost`, () =>
          settle(() => reject(networkError(why, this.#loop.dice.oneIn(2)))),
        );
      };
      const send = (): void => {
        const silent = !this.#faults.healed && this.#loop.nowMs < this.silentUntilMs;
        if ((silent && !this.#loop.dice.oneIn(3)) || this.#faults.strikes('requestLost')) {
          this.#onlooker.met('request lost');
          return lost('the request was lost');
        }
        // What is not lost on the way to it waits there, and may overtake what came before.
        const parkedMs = silent ? this.silentUntilMs - this.#loop.nowMs + this.#loop.dice.roll(8_000, 60_000) : 0;
        this.#loop.after(parkedMs + this.#arrivesInMs(), `${caller?.name ?? 'nobody'} → ${this.name}.${method}`, () => {
          this.#serve(method, sent).then(
            (answer) => {
              if (this.#faults.strikes('replyLost')) {
                this.#onlooker.met('reply lost');
                return lost('the reply was lost');
              }
              this.#loop.after(this.#delayMs(), `${caller?.name ?? 'nobody'} ← ${this.name}.${method}`, () =>
                settle(() => resolve(answer)),
              );
            },
            (error: unknown) => {
              this.#loop.after(this.#delayMs(), `${caller?.name ?? 'nobody'} ← ${this.name}.${method} failed`, () =>
                settle(() => reject(error instanceof Error ? error : new Error(String(error)))),
              );
            },
          );
        });
      };
      if (caller?.output === undefined) send();
      else void caller.output().then(send);
    });
  }

  /** All that was not stored is gone; of what is not safe, some. */
  crash(): void {
    const life = this.#life;
    this.#life = null;
    const lost = this.disk.crash();
    this.#onlooker.met(lost > 0 ? 'crash before store' : 'crash after store');
    if (life !== null) this.#die(life, 'the object was reset');
    if (this.#ringing !== null) {
      this.disk.alarmAtMs = Math.min(this.#ringing, this.disk.alarmAtMs ?? Infinity);
      this.#ringing = null;
    }
    this.planAlarm();
  }

  /** It leaves memory when nothing is under way. */
  evict(): void {
    const life = this.#life;
    if (life === null || life.waiting.size > 0 || this.disk.hasUnsafe || this.#ringing !== null) return;
    this.#onlooker.met('evicted');
    this.#life = null;
    life.place.alive = false;
  }

  jump(ms: number): void {
    this.#skewMs = ms;
    if (this.#life !== null) this.#life.place.skewMs = ms;
  }

  /** Whatever kept an alarm from ringing is over. */
  heal(): void {
    this.jump(0);
    this.#alarmPlannedMs = null;
    this.planAlarm();
  }

  planAlarm(): void {
    const atMs = this.disk.alarmAtMs;
    if (atMs === this.#alarmPlannedMs) return;
    this.#callOffAlarm();
    this.#alarmPlannedMs = atMs;
    if (atMs === null) return;
    if (this.#faults.strikes('alarmNever')) return this.#onlooker.met('alarm never');
    const { dice, nowMs } = this.#loop;
    const late = this.#faults.strikes('alarmLate');
    if (late) this.#onlooker.met('alarm late');
    const inMs = Math.max(0, atMs - nowMs) + (late ? dice.roll(500, 20_000) : dice.roll(0, 5));
    this.#callOffAlarm = this.#loop.after(inMs, `${this.name} rings`, () => this.#ring());
  }

  #ring(): void {
    const atMs = this.disk.alarmAtMs;
    this.#alarmPlannedMs = null;
    if (atMs === null || this.#ringing !== null) return;
    this.#ringing = atMs;
    this.disk.alarmAtMs = null;
    const twice = this.#faults.strikes('alarmTwice');
    const rung = (): void => {
      this.#ringing = null;
      if (twice) this.disk.alarmAtMs ??= this.#loop.nowMs;
      this.planAlarm();
    };
    this.#serve('alarm', []).then(rung, () => {
      if (this.#ringing === null) return;
      this.#ringing = null;
      this.disk.alarmAtMs = Math.min(this.disk.alarmAtMs ?? Infinity, this.#loop.nowMs + 2_000);
      this.planAlarm();
    });
  }

  async #serve(method: string, args: readonly unknown[]): Promise<unknown> {
    const life = this.#living();
    const died = Promise.withResolvers<never>();
    life.waiting.add(died.reject);
    const answered = async (): Promise<unknown> => {
      await life.ready;
      const work = life.instance[method];
      if (work === undefined) throw new Error(`${this.name} has no ${method}`);
      try {
        const answer = structuredClone(await this.#loop.in(life.place, () => work.apply(life.instance, [...args])));
        if (life.place.alive) this.#onlooker.answered(this, method, args, answer);
        return answer;
      } finally {
        if (life.place.alive) await this.disk.allSafe();
      }
    };
    try {
      return await Promise.race([answered(), died.promise]);
    } finally {
      life.waiting.delete(died.reject);
    }
  }

  #living(): Life {
    if (this.#life !== null) return this.#life;
    const place: Place = { name: this.name, alive: true, skewMs: this.#skewMs, output: () => this.disk.allSafe() };
    let ready: Promise<unknown> = Promise.resolve();
    const ctx = {
      id: { name: this.name },
      storage: this.disk.handle(place),
      waitUntil: (work: Promise<unknown>) => void work.catch(() => undefined),
      blockConcurrencyWhile: (work: () => Promise<unknown>) => {
        ready = work();
        return ready;
      },
    };
    const instance = this.#loop.in(place, () => new this.#class(ctx as unknown as DurableObjectState, this.#env as never));
    this.#life = { place, instance: instance as Instance, ready, waiting: new Set() };
    return this.#life;
  }

  #die(life: Life, why: string): void {
    life.place.alive = false;
    for (const reject of life.waiting) reject(networkError(why, this.#loop.dice.oneIn(2)));
    life.waiting.clear();
  }

  #turnEnded(): void {
    this.#onlooker.turnEnded(this);
    if (!this.#faults.strikes('crashOfObject')) return;
    this.#loop.after(this.#loop.dice.roll(0, 4), `${this.name} dies`, () => this.crash());
  }

  /** Random times hit a deadline once in a hundred runs, so some calls aim at one: a tick before it, at it, or after it. */
  #arrivesInMs(): number {
    const { dice, nowMs } = this.#loop;
    if (!dice.oneIn(5)) return this.#delayMs();
    const soon = this.#onlooker.deadlines(this).filter((atMs) => atMs - this.#skewMs - nowMs > 1 && atMs - nowMs < 3_000);
    const aim = dice.pick(soon);
    return aim === undefined ? this.#delayMs() : aim - this.#skewMs - nowMs + dice.roll(-1, 1);
  }

  #delayMs(): number {
    const { dice } = this.#loop;
    return this.#faults.strikes('callLate') ? dice.roll(100, 9_000) : dice.roll(1, 8);
  }
}

function networkError(why: string, retryable: boolean): Error {
  return Object.assign(new Error(why), retryable ? { retryable } : {});
}
