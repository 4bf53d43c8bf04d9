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
  /** It meets rare states as real time brings them: only in its full form must it have met all. */
  readonly inRealTime?: true;
  readonly processes: (asked: Asked) => readonly Process[];
}

export interface Process {
  readonly args: readonly string[];
  /** How many processors it keeps busy. */
  readonly cores: number;
  /** When nothing was heard of its end by then, it hangs. */
  readonly secondsMax: number;
}

const SIMULATIONS_AT_ONCE = 3;
/** Several times what one takes; a night is long. */
const SECONDS_PER_SEED = 5;

/** In the order in which they begin: what takes longest first. */
export const PARTS: readonly Part[] = [
  {
    name: 'histories',
    script: 'test/histories/run-histories.ts',
    counts: ['crashes', 'acknowledged', 'histories', 'histories_operations'],
    inRealTime: true,
    // The ERP's books are equal some 40 seconds after the last kill; in short they are left to the kill tests of `npm test`.
    processes: ({ form, seed }) => [
      {
        args: [...(form === 'quick' ? ['--kills', '6', '--no-books'] : ['--kills', '25']), '--seed', String(seed)],
        // It is about time, so it has most of the machine to itself.
        cores: 3,
        secondsMax: form === 'quick' ? 240 : 600,
      },
    ],
  },
  {
    name: 'fuzz',
    script: 'test/fuzz/run-fuzz.ts',
    counts: ['fuzz_requests'],
    // Fewer do not reach every call. Fuzzer and server take turns, and often both wait; a server with much behind it is slower than two.
    processes: ({ form, seed }) =>
      (form === 'quick' ? [0] : [0, 1]).map((process) => ({
        args: ['--requests', form === 'quick' ? '6000' : '12500', '--seed', String(seed + process)],
        cores: 1,
        secondsMax: form === 'quick' ? 280 : 900,
      })),
  },
  {
    name: 'simulation',
    script: 'test/simulation/run-simulation.ts',
    counts: ['seeds', 'steps'],
    // Each process has its own stretch of seeds.
    processes: ({ form, seed, seeds }) => {
      const each = Math.ceil((seeds ?? (form === 'quick' ? 300 : 900)) / SIMULATIONS_AT_ONCE);
      return Array.from({ length: SIMULATIONS_AT_ONCE }, (_, process) => ({
        args: ['--seeds', String(each), '--from', String(seed + process * each)],
        cores: 1,
        secondsMax: form === 'quick' ? 240 : 600 + each * SECONDS_PER_SEED,
      }));
    },
  },
  {
    name: 'models',
    script: 'test/model/run-models.ts',
    counts: ['model_sequences', 'model_commands', 'ledger_seeds'],
    processes: ({ form, seed }) =>
      (form === 'quick' ? [0] : [0, 1]).map((process) => ({
        // A thousand sequences have a seed of their own, and the next thousand the next one.
        args: ['--sequences', form === 'quick' ? '15000' : '60000', '--seed', String(seed * 1_000 + process * 100)],
        cores: 1,
        secondsMax: form === 'quick' ? 280 : 900,
      })),
  },
  {
    name: 'carts',
    script: 'test/cart/run-carts.ts',
    counts: ['cart_seeds', 'cart_events', 'naive_carts'],
    processes: ({ form, seed, seeds }) => [
      {
        args: ['--seeds', String(seeds ?? (form === 'quick' ? 60 : 500)), '--seed', String(seed)],
        cores: 1,
        secondsMax: form === 'quick' ? 240 : 900 + (seeds ?? 0) * SECONDS_PER_SEED,
      },
    ],
  },
  {
    name: 'bugs',
    script: 'test/bugs/run-bugs.ts',
    counts: ['bugs', 'bugs_caught'],
    // It runs as many checks at once as it may; every one of them has the seeds that it always has.
    processes: ({ form }) => [
      form === 'quick'
        ? { args: ['--sample', '--at-once', '2'], cores: 2, secondsMax: 120 }
        : { args: ['--at-once', '3'], cores: 3, secondsMax: 900 },
    ],
  },
];
