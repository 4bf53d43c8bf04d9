/** What happened on the machine during a measurement and was not ours, in cores; and how many programs waited for one. */
export interface Noise {
  readonly foreign: number;
  readonly stolen: number;
  readonly load: number;
}

/** Cores that were not ours to use. */
export function disturbance({ foreign, stolen }: Noise): number {
  return foreign + stolen;
}

/** Of three the two quietest, of four or five three, and so on; chosen by the noise alone, and left in their order. */
export function quietest<Item>(items: readonly Item[], noiseOf: (item: Item) => number): readonly Item[] {
  const keep = items.length - Math.floor(items.length / 2.5);
  const kept = new Set(items.toSorted((left, right) => noiseOf(left) - noiseOf(right)).slice(0, keep));
  return items.filter((item) => kept.has(item));
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  const [lower = Number.NaN, upper = Number.NaN] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return (lower + upper) / 2;
}
