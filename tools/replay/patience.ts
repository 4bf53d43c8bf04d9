/** How long the replay asks and waits. */
export interface Patience {
  /** How long a call that gets no answer is asked again. */
  readonly askingMsMax: number;
  /** The first pause between two attempts; the next ones grow. */
  readonly pauseMsMin: number;
  /** How long the ERP may take for what is left when the last row is done. */
  readonly drainingMsMax: number;
  /** Between two looks at something that takes its time. */
  readonly pollMs: number;
}

export const PATIENCE: Patience = {
  // Long enough to restart the front by hand, short enough that nobody waits for a front that is gone.
  askingMsMax: 300_000,
  pauseMsMin: 100,
  // An ERP that takes longer is not catching up.
  drainingMsMax: 600_000,
  pollMs: 1_000,
};
