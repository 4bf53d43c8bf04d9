export type Cells = readonly (string | number)[];

/** Columns as wide as their widest cell; numbers to the right. */
export function table(rows: readonly Cells[]): string {
  const widths: number[] = [];
  for (const row of rows)
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, String(cell).length);
  const padded = (cell: string | number, column: number): string =>
    column === 0 || Number.isNaN(Number(cell))
      ? String(cell).padEnd(widths[column] ?? 0)
      : String(cell).padStart(widths[column] ?? 0);
  return rows.map((row) => row.map(padded).join('  ').trimEnd()).join('\n');
}

/** How often each word occurs, the first one first. */
export function countsOf(words: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].map(([word, count]) => `${count} × ${word}`).join(', ');
}
