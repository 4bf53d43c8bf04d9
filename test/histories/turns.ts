import { Dice } from '../model/dice.ts';

/** Gives one turn at a time to one of those who wait. */
export class Turns {
  readonly dice: Dice;
  readonly #waiting: (() => void)[] = [];
  #now = 0;

  constructor(seed: number) {
    this.dice = new Dice(seed);
  }

  now(): number {
    return (this.#now += 1);
  }

  next(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  async untilDone(work: Promise<unknown>, between: (dice: Dice) => void): Promise<void> {
    let done = false;
    void work.then(() => (done = true));
    for (;;) {
      await new Promise(setImmediate);
      if (done) return;
      between(this.dice);
      const [next] = this.#waiting.splice(this.dice.roll(0, this.#waiting.length - 1), 1);
      next?.();
    }
  }
}
