/** A clock that goes on whenever nobody has anything to do but wait: hours pass in milliseconds. */
export class VirtualClock {
  nowMs: number;
  #timers: { readonly atMs: number; readonly order: number; readonly ring: () => void }[] = [];
  #order = 0;
  /** Work that is under way in real time; while there is any, no time passes. */
  #working = 0;

  constructor(nowMs: number) {
    this.nowMs = nowMs;
  }

  sleep(ms: number): Promise<void> {
    return new Promise((ring) => {
      const timer = { atMs: this.nowMs + Math.ceil(Math.max(0, ms)), order: (this.#order += 1), ring };
      const place = this.#timers.findIndex(({ atMs }) => atMs > timer.atMs);
      this.#timers.splice(place === -1 ? this.#timers.length : place, 0, timer);
    });
  }

  async working<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#working += 1;
    try {
      return await work();
    } finally {
      this.#working -= 1;
    }
  }

  /** Lets time pass until this is done. */
  async until<Result>(work: Promise<Result>): Promise<Result> {
    let done = false;
    const ended = (): void => void (done = true);
    work.then(ended, ended);
    for (;;) {
      await new Promise((next) => setImmediate(next));
      if (done) return work;
      if (this.#working > 0) continue;
      const timer = this.#timers.shift();
      if (timer === undefined) throw new Error('everybody waits for something that never comes');
      this.nowMs = Math.max(this.nowMs, timer.atMs);
      timer.ring();
    }
  }
}
