import { Buyer } from './buyer.ts';
import { dice, waitMs, type Dice } from './dice.ts';
import { Edge } from './edge.ts';
import { ItemObject } from './item-object.ts';
import { Measures } from './measures.ts';
import type { SimulationOptions } from './options.ts';
import { Timeline } from './timeline.ts';

export interface Simulated {
  readonly options: SimulationOptions;
  readonly object: ItemObject;
  readonly measures: Measures;
  /** Units that the object has committed. */
  readonly sold: number;
  /** Committed units that nobody was told of, or told of and not committed. */
  readonly unlike: number;
  /** Questions of the edges for the number. */
  readonly edgeQuestions: number;
  readonly endedAtMs: number;
}

/** A sale from the first buyer to the last; the same options give the same sale. */
export function simulate(options: SimulationOptions): Simulated {
  const timeline = new Timeline();
  const roll = dice(options.seed);
  const object = new ItemObject(timeline, options);
  const measures = new Measures(options.centres);
  const edges = edgesOf(options, timeline, object, roll);
  const world = { options, timeline, object, measures, roll };
  const choose = byShare(sharesOf(options.centres, roll));

  let came = 0;
  const next = (): void => {
    const edge = edges[choose(roll()) * options.isolatesPerCentre + Math.floor(roll() * options.isolatesPerCentre)];
    if (edge === undefined) throw new Error('every data centre has isolates');
    came += 1;
    measures.came(edge.centre);
    new Buyer(world, edge, came).come();
    plan();
  };
  // Of so many who are still to come, each at any moment alike, the first comes so much sooner.
  const plan = (): void => {
    const left = options.buyers - came;
    if (left > 0) timeline.after(waitMs(roll, options.arrivalMs / left), next);
  };
  plan();
  timeline.run();

  const sold = sumOf([...object.stock.committed.values()]);
  const edgeQuestions = sumOf(edges.map(({ asked }) => asked));
  return {
    options,
    object,
    measures,
    sold,
    unlike: Math.abs(sold - sumOf(measures.boughtAt)),
    edgeQuestions,
    endedAtMs: timeline.nowMs,
  };
}

function edgesOf(options: SimulationOptions, timeline: Timeline, object: ItemObject, roll: Dice): Edge[] {
  const { centres, isolatesPerCentre } = options;
  return Array.from({ length: centres * isolatesPerCentre }, (_, index) => {
    const centre = Math.floor(index / isolatesPerCentre);
    const oneWayMs = distanceMs(options, centre);
    return new Edge(timeline, object, centre, () => oneWayMs * (0.9 + 0.2 * roll()));
  });
}

/** Centres are numbered by their distance. */
export function distanceMs({ centres, nearestMs, farthestMs }: SimulationOptions, centre: number): number {
  return nearestMs + ((farthestMs - nearestMs) * centre) / Math.max(1, centres - 1);
}

/** A few centres have most of the buyers, wherever they are. */
function sharesOf(centres: number, roll: Dice): number[] {
  const ranks = Array.from({ length: centres }, (_, index) => ({ index, order: roll() })).toSorted((a, b) => a.order - b.order);
  const shares = ranks.map(() => 0);
  for (const [rank, { index }] of ranks.entries()) shares[index] = 1 / (rank + 5);
  return shares;
}

function byShare(shares: readonly number[]): (rolled: number) => number {
  const total = sumOf(shares);
  let sum = 0;
  const upTo = shares.map((share) => (sum += share / total));
  return (rolled) => {
    const found = upTo.findIndex((limit) => rolled < limit);
    return found < 0 ? shares.length - 1 : found;
  };
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
