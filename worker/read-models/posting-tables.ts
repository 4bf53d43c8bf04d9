import { POSTINGS_KEPT_DAYS } from '../../contracts/limits.ts';
import type { Turning } from './past-table.ts';

/** The whole delivery log, to be read from. What is in both tables is as the present one has it. */
export const POSTINGS = `(SELECT * FROM posting UNION ALL SELECT * FROM posting_past AS past
  WHERE NOT EXISTS (SELECT 1 FROM posting AS now WHERE now.sku = past.sku AND now.sequence = past.sequence))`;

/** To be run before postings are changed: those of them that are past stand in the present table then. A row each, and seldom any. */
export const BRING_BACK = `
  INSERT INTO posting SELECT past.* FROM json_each(?1) AS e
  CROSS JOIN posting_past AS past ON past.sku = e.value->>'sku' AND past.sequence = e.value->>'sequence'
  WHERE true ON CONFLICT DO NOTHING`;

export const POSTING_TABLES: Turning = {
  table: 'posting',
  keptDays: POSTINGS_KEPT_DAYS,
  // What waits, or was refused, is kept until it is posted after all, however old.
  begin: ["INSERT INTO posting SELECT * FROM posting_past WHERE state <> 'posted'"],
};
