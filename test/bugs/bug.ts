/** A mistake that somebody could make, put into a copy of the tree by the proof alone. */
export interface Bug {
  readonly id: string;
  /** The rules, invariants or faults of docs/spec.md that it breaks. */
  readonly rule: string;
  readonly file: string;
  /** Occurs in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  /** The layer that ought to notice it, and does. */
  readonly caughtBy: Check;
}

export type Layer =
  | 'stories'
  | 'naive model'
  | 'ledger simulation'
  | 'cart simulation'
  | 'simulation'
  | 'contract suite'
  | 'real runtime'
  | 'histories'
  | 'fuzz';

/** What is run, from the root of the tree: files of tests, or an entry of the proof that writes a report. */
export interface Check {
  readonly layer: Layer;
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}
