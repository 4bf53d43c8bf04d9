import { turn } from './past-table.ts';

const COLUMNS = 'cursor, sku, sequence, type, channel, at_ms, recorded_at_ms, data';

/**
 * All events that are kept, to be read from. Who wants them in order names the cursor among what is read, or the database
 * reads them all to sort them.
 */
export const EVENTS = `(SELECT ${COLUMNS} FROM event_past UNION ALL SELECT ${COLUMNS} FROM event)`;
/** The oldest that is kept; NULL: none was ever told. */
export const OLDEST_CURSOR = 'coalesce((SELECT min(cursor) FROM event_past), (SELECT min(cursor) FROM event))';
/** The newest. It always stands in the present table, so that no cursor is given twice. */
export const NEWEST_CURSOR = '(SELECT max(cursor) FROM event)';

/** When the first event was recorded that lies behind this cursor; all of the past come before all of the present. */
export function recordedBehind(cursor: string): string {
  const first = (table: string): string =>
    `(SELECT recorded_at_ms FROM ${table} WHERE cursor > ${cursor} ORDER BY cursor LIMIT 1)`;
  return `coalesce(${first('event_past')}, ${first('event')})`;
}

/** Lets go of the past events once all of them are older than this. Says whether it did. */
export async function turnEvents(db: D1Database, beforeMs: number): Promise<boolean> {
  return await turn(db, { table: 'event', when: DUE, values: [beforeMs], begin: BEGIN_WITH_NEWEST });
}

// Where nothing is past, the first turn comes when the oldest is old enough, and only if it would leave something behind.
const DUE = `coalesce((SELECT recorded_at_ms FROM event_past ORDER BY cursor DESC LIMIT 1),
  (SELECT recorded_at_ms FROM event WHERE cursor < ${NEWEST_CURSOR} ORDER BY cursor LIMIT 1)) < ?1`;

const BEGIN_WITH_NEWEST = [
  'INSERT INTO event SELECT * FROM event_past ORDER BY cursor DESC LIMIT 1',
  `DELETE FROM event_past WHERE cursor = ${NEWEST_CURSOR}`,
];
