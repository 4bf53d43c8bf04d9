/** One at a time, in the order of arrival; so many may wait. */
export class Turns {
  readonly #waitingMax: number;
  #last: Promise<unknown> = Promise.resolve();
  #inside = 0;

  constructor(waitingMax: number) {
    this.#waitingMax = waitingMax;
  }

  get full(): boolean {
    return this.#inside > this.#waitingMax;
  }

  async take<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#inside += 1;
    const mine = this.#last.then(work, work);
    this.#last = mine.catch(() => undefined);
    try {
      return await mine;
    } finally {
      this.#inside -= 1;
    }
  }
}
