import * as z from 'zod';

// Enough to see what went wrong; a broken ledger may differ everywhere.
const DIFFERENCES_MAX = 100;

export const audit = z.object({
  holds: z
    .boolean()
    .meta({ description: 'Numbers are gapless, every entry has lines, and every balance is the sum of its lines.' }),
  head: z.int(),
  entries: z.int(),
  entries_without_lines: z.int(),
  differences: z.array(
    z.object({
      sku: z.string(),
      location: z.string(),
      status: z.string(),
      balance: z.object({ on_hand: z.int(), committed: z.int() }),
      lines: z.object({ on_hand: z.int(), committed: z.int() }),
    }),
  ),
});

/** Checks the books against themselves, in one transaction. */
export async function auditBooks(database: D1Database): Promise<z.output<typeof audit>> {
  const [counted, differing] = await database.batch([
    database.prepare(COUNT),
    database.prepare(DIFFERENCES).bind(DIFFERENCES_MAX),
  ]);
  const counts = countRow.parse(counted?.results[0]);
  const differences = (differing?.results ?? []).map((each) => {
    const { sku, location, status, on_hand, committed, summed_on_hand, summed_committed } = differenceRow.parse(each);
    return {
      sku,
      location,
      status,
      balance: { on_hand, committed },
      lines: { on_hand: summed_on_hand, committed: summed_committed },
    };
  });
  const holds = counts.head === counts.entries && counts.entries_without_lines === 0 && differences.length === 0;
  return { holds, ...counts, differences };
}

const countRow = z.object({ head: z.int(), entries: z.int(), entries_without_lines: z.int() });
const differenceRow = z.object({
  sku: z.string(),
  location: z.string(),
  status: z.string(),
  on_hand: z.int(),
  committed: z.int(),
  summed_on_hand: z.int(),
  summed_committed: z.int(),
});

const COUNT = `
  SELECT coalesce(max(number), 0) AS head, count(*) AS entries,
    count(*) FILTER (WHERE NOT EXISTS (SELECT 1 FROM entry_line WHERE entry = number)) AS entries_without_lines
  FROM entry`;

const DIFFERENCES = `
  WITH summed AS (
    SELECT sku, location, status, sum(on_hand) AS on_hand, sum(committed) AS committed
    FROM entry_line JOIN entry ON number = entry GROUP BY sku, location, status
  )
  SELECT sku, location, status, coalesce(b.on_hand, 0) AS on_hand, coalesce(b.committed, 0) AS committed,
    coalesce(s.on_hand, 0) AS summed_on_hand, coalesce(s.committed, 0) AS summed_committed
  FROM balance b FULL JOIN summed s USING (sku, location, status)
  WHERE b.on_hand IS NOT s.on_hand OR b.committed IS NOT s.committed
  ORDER BY sku, location, status LIMIT ?`;
