/** What was counted, by `kind|detail`; a kind is what a price list has a price for, a detail says where it was. */
export type Counts = Readonly<Record<string, number>>;

export function plus(one: Counts, other: Counts): Counts {
  return combined(one, other, 1);
}

export function minus(one: Counts, other: Counts): Counts {
  return combined(one, other, -1);
}

function combined(one: Counts, other: Counts, sign: 1 | -1): Counts {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  const sums = [...names].map((name) => [name, (one[name] ?? 0) + sign * (other[name] ?? 0)] as const);
  return Object.fromEntries(sums.filter(([, count]) => count !== 0));
}

/** How many of these kinds altogether, or of those details of them that begin so. */
export function total(counts: Counts, kinds: readonly string[], detail = ''): number {
  return Object.entries(counts)
    .filter(([name]) => kinds.some((kind) => name.startsWith(`${kind}|${detail}`)))
    .reduce((sum, [, count]) => sum + count, 0);
}

/** The details of a kind, the most frequent first. */
export function details(counts: Counts, kind: string): readonly (readonly [detail: string, count: number])[] {
  return Object.entries(counts)
    .filter(([name]) => name.startsWith(`${kind}|`))
    .map(([name, count]) => [name.slice(kind.length + 1), count] as const)
    .toSorted(([, a], [, b]) => b - a);
}

/** Those whose detail has such a word in it. */
export function about(counts: Counts, word: RegExp): Counts {
  return Object.fromEntries(Object.entries(counts).filter(([name]) => word.test(name.slice(name.indexOf('|')))));
}
