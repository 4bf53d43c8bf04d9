import type { Dice } from '../model/dice.ts';

interface Event {
  readonly atMs: number;
  happen(): void;
}

/** How often which fault happens: one in so many, 0 for never. */
export interface Faults {
  readonly requestLost: number;
  readonly requestLate: number;
  readonly replyLost: number;
  readonly crash: number;
  /** Somebody is not heard of for most of a minute. */
  readonly silence: number;
}

export const CALM: Faults = { requestLost: 0, requestLate: 0, replyLost: 0, crash: 0, silence: 0 };

const SILENCE_MS = 50_000;

/** Messages and time, both as unkind as the dice will have it: one thing happens after the other, and nothing by itself. */
export class UnsafeNetwork {
  faults: Faults;
  nowMs: number;
  /** How often something went wrong, by kind. */
  readonly happened = new Map<keyof Faults, number>();
  readonly #dice: Dice;
  readonly #silentUntilMs = new Map<string, number>();
  #events: Event[] = [];

  constructor(dice: Dice, faults: Faults, nowMs: number) {
    this.#dice = dice;
    this.faults = faults;
    this.nowMs = nowMs;
  }

  /** Asks somebody elsewhere. What was sent may be lost, or arrive after the sender gave up; so may the answer. */
  send<Answer>(to: string, work: () => Answer): Promise<Answer> {
    const answer = Promise.withResolvers<Answer>();
    const lost = (): void => answer.reject(new Error('lost'));
    const silent = (this.#silentUntilMs.get(to) ?? 0) > this.nowMs;
    if (!silent && this.#happens('silence')) this.#silentUntilMs.set(to, this.nowMs + SILENCE_MS);
    if (silent) {
      this.#later(200, lost);
      if (this.#dice.oneIn(6)) this.#later(SILENCE_MS, () => void work());
    } else if (this.#happens('requestLost')) this.#later(200, lost);
    else if (this.#happens('requestLate')) {
      this.#later(200, lost);
      this.#later(this.#dice.roll(300, 40_000), () => void work());
    } else {
      this.#later(this.#dice.roll(1, 60), () => {
        const said = work();
        const replyLost = this.#happens('replyLost');
        this.#later(this.#dice.roll(1, 60), replyLost ? lost : () => answer.resolve(said));
      });
    }
    return answer.promise;
  }

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.#later(ms, resolve));
  }

  at(atMs: number, happen: () => void): void {
    this.#events.push({ atMs: Math.max(atMs, this.nowMs), happen });
  }

  /** The next thing happens, and everybody who waited for it goes on. False: nothing is left to happen before then. */
  async step(untilMs: number): Promise<boolean> {
    const next = this.#events.reduce<Event | null>((first, one) => (first === null || one.atMs < first.atMs ? one : first), null);
    if (next === null || next.atMs > untilMs) return false;
    this.#events = this.#events.filter((one) => one !== next);
    this.nowMs = Math.max(this.nowMs, next.atMs);
    next.happen();
    await new Promise((resolve) => setImmediate(resolve));
    return true;
  }

  crashes(): boolean {
    return this.#happens('crash');
  }

  #later(ms: number, happen: () => void): void {
    this.at(this.nowMs + ms, happen);
  }

  #happens(fault: keyof Faults): boolean {
    const oneIn = this.faults[fault];
    if (oneIn === 0 || !this.#dice.oneIn(oneIn)) return false;
    this.happened.set(fault, (this.happened.get(fault) ?? 0) + 1);
    return true;
  }
}
