/** An item that sells while others look at its number. */
export interface Scene {
  readonly name: string;
  readonly units: number;
  /** Reserves per second, of one to three units each, from a moment on. */
  readonly asksPerSecond: number;
  readonly asksFromMs: number;
  /** So many units come in every so often; 0: never. */
  readonly received: number;
  readonly receivedEveryMs: number;
  readonly centres: number;
  readonly isolatesPerCentre: number;
  /** Of each isolate; counted from a moment on, when everything has found its pace. */
  readonly looksPerSecond: number;
  readonly countedFromMs: number;
  readonly untilMs: number;
}

const WORLD = { asksFromMs: 0, countedFromMs: 6_000, centres: 10, isolatesPerCentre: 2, looksPerSecond: 20 };
const NO_RECEIPTS = { received: 0, receivedEveryMs: 0 };

export const SCENES = {
  scarce: {
    name: 'the last units: 20 come in every 3 s, 10 reserves/s want them',
    ...WORLD,
    units: 20,
    asksPerSecond: 10,
    received: 20,
    receivedEveryMs: 3_000,
    untilMs: 60_000,
  },
  ending: {
    name: 'sells out: 400 units, 5 reserves/s',
    ...WORLD,
    ...NO_RECEIPTS,
    units: 400,
    asksPerSecond: 5,
    untilMs: 45_000,
  },
  plentiful: {
    name: 'plentiful: 100,000 units, 20 reserves/s',
    ...WORLD,
    ...NO_RECEIPTS,
    units: 100_000,
    asksPerSecond: 20,
    untilMs: 60_000,
  },
  seldom: {
    name: 'seldom: 40 units, a reserve a minute, a look every 2 s in each isolate',
    ...WORLD,
    ...NO_RECEIPTS,
    units: 40,
    asksPerSecond: 1 / 60,
    looksPerSecond: 0.5,
    untilMs: 600_000,
  },
  rush: {
    name: 'a rush from nothing: 400 units, 50 reserves/s all at once',
    ...WORLD,
    ...NO_RECEIPTS,
    units: 400,
    asksPerSecond: 50,
    asksFromMs: 10_000,
    untilMs: 20_000,
  },
} satisfies Readonly<Record<string, Scene>>;
