import { disturbance, median, quietest, type Noise } from './noise.ts';
import { slice, type Slice, type Variant } from './slice.ts';

/** What one variant did in the rounds that were looked at, and its share of the first variant's speed in each of them. */
export interface Outcome {
  readonly name: string;
  readonly perSecond: number;
  readonly cpuMicros: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly rounds: readonly Compared[];
  readonly noise: Noise;
}

/** Against the first variant in the same round. */
export interface Compared {
  readonly speed: number;
  readonly cpu: number;
  readonly p50: number;
}

export interface Pace {
  readonly rounds: number;
  readonly seconds: number;
}

/**
 * All variants by turns, in reversed order every other round, so that what drifts on the machine weighs on all alike. The rounds in
 * which the least else went on are kept; which ones is said by the noise alone and never by what was measured.
 */
export async function interleave(variants: readonly Variant[], pace: Pace): Promise<readonly Outcome[]> {
  for (const variant of variants) await slice(variant, 1);
  const rounds: Slice[][] = [];
  for (let round = 0; round < pace.rounds; round += 1) {
    const order = variants.map((_, index) => (round % 2 === 0 ? index : variants.length - 1 - index));
    const slices: Slice[] = [];
    for (const index of order) slices[index] = await slice(at(variants, index), pace.seconds);
    rounds.push(slices);
  }
  const kept = quietest(rounds, (slices) => slices.reduce((sum, { noise }) => sum + disturbance(noise), 0));
  return variants.map(({ name }, index) =>
    outcomeOf(
      name,
      kept.map((slices) => ({ own: at(slices, index), floor: at(slices, 0) })),
    ),
  );
}

function outcomeOf(name: string, rounds: readonly { readonly own: Slice; readonly floor: Slice }[]): Outcome {
  const of = (read: (slice: Slice) => number): number => median(rounds.map(({ own }) => read(own)));
  return {
    name,
    perSecond: of((own) => own.perSecond),
    cpuMicros: of((own) => own.cpuMicros),
    p50Ms: of((own) => own.p50Ms),
    p99Ms: of((own) => own.p99Ms),
    rounds: rounds.map(({ own, floor }) => ({
      speed: own.perSecond / floor.perSecond,
      cpu: own.cpuMicros / floor.cpuMicros,
      p50: own.p50Ms / floor.p50Ms,
    })),
    noise: {
      foreign: of(({ noise }) => noise.foreign),
      stolen: of(({ noise }) => noise.stolen),
      load: of(({ noise }) => noise.load),
    },
  };
}

function at<Item>(items: readonly Item[], index: number): Item {
  const item = items[index];
  if (item === undefined) throw new Error(`there is nothing at ${index}`);
  return item;
}
