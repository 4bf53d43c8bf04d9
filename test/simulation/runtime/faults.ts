import type { Dice } from '../../model/dice.ts';

/** How often what goes wrong, in one of so many; 0: never. */
export interface Rates {
  readonly requestLost: number;
  readonly replyLost: number;
  readonly callLate: number;
  readonly crashOfObject: number;
  readonly eviction: number;
  readonly silence: number;
  readonly crashOfWorker: number;
  readonly requestVanishes: number;
  readonly diskFails: number;
  readonly databaseFails: number;
  readonly databaseAway: number;
  readonly poison: number;
  readonly messageLost: number;
  readonly messageTwice: number;
  readonly messageLate: number;
  readonly alarmLate: number;
  readonly alarmTwice: number;
  readonly alarmNever: number;
  readonly clockJumps: number;
  readonly erp: number;
  readonly feedAgain: number;
}
export type Fault = keyof Rates;

const CALM: Rates = {
  requestLost: 0,
  replyLost: 0,
  callLate: 0,
  crashOfObject: 0,
  eviction: 0,
  silence: 0,
  crashOfWorker: 0,
  requestVanishes: 0,
  diskFails: 0,
  databaseFails: 0,
  databaseAway: 0,
  poison: 0,
  messageLost: 0,
  messageTwice: 0,
  messageLate: 0,
  alarmLate: 0,
  alarmTwice: 0,
  alarmNever: 0,
  clockJumps: 0,
  erp: 0,
  feedAgain: 0,
};

const HARSH: Rates = {
  requestLost: 40,
  replyLost: 40,
  callLate: 20,
  crashOfObject: 60,
  eviction: 3,
  silence: 3,
  crashOfWorker: 400,
  requestVanishes: 200,
  diskFails: 600,
  databaseFails: 200,
  databaseAway: 30,
  poison: 20,
  messageLost: 15,
  messageTwice: 10,
  messageLate: 8,
  alarmLate: 5,
  alarmTwice: 10,
  alarmNever: 20,
  clockJumps: 4,
  erp: 10,
  feedAgain: 4,
};

/** What goes wrong on purpose, and how often it did. Drawn per seed, so that some runs are calm and some know one trouble alone. */
export class Faults {
  readonly met = new Map<Fault, number>();
  readonly #dice: Dice;
  readonly rates: Rates;
  healed = false;
  /** Until then the database answers nobody. */
  databaseAwayUntilMs = 0;

  constructor(dice: Dice) {
    this.#dice = dice;
    this.rates = drawn(dice);
  }

  strikes(fault: Fault): boolean {
    const rate = this.rates[fault];
    if (this.healed || rate === 0 || !this.#dice.oneIn(rate)) return false;
    this.met.set(fault, (this.met.get(fault) ?? 0) + 1);
    return true;
  }
}

function drawn(dice: Dice): Rates {
  if (dice.oneIn(8)) return CALM;
  const mildness = dice.pick([1, 1, 2, 4]) ?? 1;
  const rates = Object.entries(HARSH).map(([fault, rate]) => [fault, dice.oneIn(3) ? 0 : rate * mildness]);
  return Object.fromEntries(rates) as Rates;
}
