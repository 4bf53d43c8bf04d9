import type { Compared, Outcome } from './interleave.ts';
import { median } from './noise.ts';
import type { Row } from './row.ts';
import { figure } from './table.ts';

type Said = Pick<Row, 'target' | 'work' | 'against' | 'durability' | 'connections' | 'wanted'>;

/** A row about requests per second, against the variant that was the floor of the same rounds. */
export function rateRow(own: Outcome, floor: Outcome, said: Said): Row {
  const { ratio, range } = compared(own, floor, 'speed');
  const cpu = compared(own, floor, 'cpu').ratio;
  const note = `CPU ${figure(cpu)} times the other’s; others had ${figure(own.noise.foreign + own.noise.stolen)} cores, load ${figure(own.noise.load)}`;
  return { ...said, measured: rateOf(own), base: rateOf(floor), ratio, range, note };
}

/** Of each pair of rounds, and in the middle of them: what drifts from round to round weighs on both sides of a pair. */
function compared(
  own: Outcome,
  floor: Outcome,
  which: keyof Compared,
): Pick<Row, 'ratio'> & { readonly range: [number, number] } {
  const ratios = own.rounds.map((round, index) => round[which] / (floor.rounds[index]?.[which] ?? Number.NaN));
  return { ratio: median(ratios), range: [Math.min(...ratios), Math.max(...ratios)] };
}

function rateOf({ perSecond, cpuMicros }: Outcome): string {
  return `${figure(perSecond)}/s, ${figure(cpuMicros)} µs`;
}

/** A row about how long a request takes in the middle. */
export function latencyRow(own: Outcome, floor: Outcome, said: Said): Row {
  const { ratio, range } = compared(own, floor, 'p50');
  const note = `others had ${figure(own.noise.foreign + own.noise.stolen)} cores, load ${figure(own.noise.load)}`;
  const ms = ({ p50Ms }: Outcome): string => `p50 ${figure(p50Ms)} ms`;
  return { ...said, measured: ms(own), base: ms(floor), ratio, range, note };
}
