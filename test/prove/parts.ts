import type { PartReport } from './part.ts';

/** What the person who runs the proof asked for. */
export interface Asked {
  readonly form: 'quick' | 'full';
  /** Where the seeds begin. */
  readonly seed: number;
  /** So many for each simulation instead of what its form has; the others do as always. */
  readonly seeds: number | null;
}

/** One kind of proof: how often its processes run beside each other, and with what. */
export interface Part {
  readonly name: PartReport['part'];
  readonly script: string;
  /** Counts that must not be zero, or the part did nothing of what it is for. */
  readonly counts: readonly string[];
  readonly processes: (asked: Asked) => readonly Process[];
}

export interface Process {
  readonly args: readonly string[];
  /** How many processors it keeps busy. */
  readonly cores: number;
  /** When nothing was heard of its end by then, it hangs. */
  readonly secondsMax: number;
}

/** In the order in which they begin: what takes longest first. */
export const PARTS: readonly Part[] = [
  {
    name: 'fuzz',
    script: 'test/fuzz/run-fuzz.ts',
    counts: ['fuzz_requests'],
    // Fewer do not reach every call; the server of `npm start` takes most of the second processor.
    processes: ({ form, seed }) => [
      {
        args: ['--requests', form === 'quick' ? '6000' : '40000', '--seed', String(seed)],
        cores: 2,
        secondsMax: form === 'quick' ? 180 : 600,
      },
    ],
  },
];
