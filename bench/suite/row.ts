/** One line of the table: something measured, against its floor or a rival in the same run. */
export interface Row {
  /** The target's number, such as P4. */
  readonly target: string;
  readonly work: string;
  readonly against: string;
  /** When an answered write is safe, where one is measured. */
  readonly durability: string;
  readonly connections: number | null;
  /** What was measured, and what its floor or rival did. */
  readonly measured: string;
  readonly base: string;
  readonly ratio: number;
  /** How far the rounds that were kept differ. */
  readonly range: readonly [number, number] | null;
  readonly wanted: Wanted;
  readonly note: string;
}

/** What the figure should be; some are only reported. */
export type Wanted =
  | {
      readonly kind: 'at least' | 'at most';
      readonly figure: number;
      readonly unit?: string;
      readonly missed?: KnownMiss;
      /** It is a time or a speed and no ratio: a slow machine misses it without any fault of ours, so it never fails a run. */
      readonly ofMachine?: true;
    }
  | { readonly kind: 'report'; readonly unit?: string };

/** A target that is not met: what was reached instead on a quiet machine, and why it is no more. */
export interface KnownMiss {
  readonly reached: number;
  readonly why: string;
}

export type Verdict = 'met' | 'missed' | 'reported';

export function verdictOf({ wanted, ratio }: Pick<Row, 'wanted' | 'ratio'>): Verdict {
  switch (wanted.kind) {
    case 'report':
      return 'reported';
    case 'at least':
      return ratio >= wanted.figure ? 'met' : 'missed';
    case 'at most':
      return ratio <= wanted.figure ? 'met' : 'missed';
  }
}

/** Not even half of what is wanted, or of what was reached before, which no noise explains; nor is a figure that is none any good. */
export function isGrosslyMissed({ wanted, ratio }: Pick<Row, 'wanted' | 'ratio'>): boolean {
  if (wanted.kind !== 'report' && wanted.ofMachine === true) return Number.isNaN(ratio);
  switch (wanted.kind) {
    case 'report':
      return false;
    case 'at least':
      return !(ratio >= (wanted.missed?.reached ?? wanted.figure) / 2);
    case 'at most':
      return !(ratio <= (wanted.missed?.reached ?? wanted.figure) * 2);
  }
}
