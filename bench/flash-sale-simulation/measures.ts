/** How a visit ended that brought nothing. */
const ENDINGS = ['saw_zero', 'hint', 'insufficient', 'gave_up'] as const;
export type Ending = (typeof ENDINGS)[number];

/** What the buyers saw; what the object did stands there. */
export class Measures {
  readonly cameTo: number[];
  readonly boughtAt: number[];
  /** From the first click on "buy" to the word that there is a unit. */
  readonly wonMs: number[] = [];
  /** From the last click to the word that there is none. */
  readonly lostMs: number[] = [];
  readonly endings: Record<Ending, number> = { saw_zero: 0, hint: 0, insufficient: 0, gave_up: 0 };
  abandoned = 0;
  askedAgain = 0;
  /** Reserves that an isolate turned away, since as many were under way as may be. */
  busyAtEdge = 0;

  constructor(centres: number) {
    this.cameTo = Array.from({ length: centres }, () => 0);
    this.boughtAt = Array.from({ length: centres }, () => 0);
  }

  came(centre: number): void {
    add(this.cameTo, centre);
  }

  granted(tookMs: number): void {
    this.wonMs.push(tookMs);
  }

  bought(centre: number): void {
    add(this.boughtAt, centre);
  }

  left(ending: Ending, tookMs: number): void {
    this.endings[ending] += 1;
    this.lostMs.push(tookMs);
  }
}

function add(counts: number[], index: number): void {
  counts[index] = (counts[index] ?? 0) + 1;
}
