// R15, R16 and R22 as docs/spec.md states them: lines are served one after another, and a kit takes parts only for whole
// kits. No code of the core is used here.

export interface NaiveLine {
  readonly quantity: number;
  readonly parts: readonly { readonly sku: string; readonly units: number }[];
}

/** What each line gets, in its own units, unit by unit. */
export function naiveGrant(lines: readonly NaiveLine[], stock: Readonly<Record<string, number>>): readonly number[] {
  const left = { ...stock };
  return lines.map(({ quantity, parts }) => {
    let granted = 0;
    while (granted < quantity && parts.every(({ sku, units }) => (left[sku] ?? 0) >= units)) {
      for (const { sku, units } of parts) left[sku] = (left[sku] ?? 0) - units;
      granted += 1;
    }
    return granted;
  });
}
