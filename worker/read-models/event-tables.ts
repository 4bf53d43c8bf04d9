import { EVENTS_KEPT_DAYS } from '../../contracts/limits.ts';
import type { Turning } from './past-table.ts';

const COLUMNS = 'cursor, sku, sequence, type, channel, at_ms, recorded_at_ms, data, correlation_id';

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

export const EVENT_TABLES: Turning = {
  table: 'event',
  keptDays: EVENTS_KEPT_DAYS,
  begin: [
    'INSERT INTO event SELECT * FROM event_past ORDER BY cursor DESC LIMIT 1',
    `DELETE FROM event_past WHERE cursor = ${NEWEST_CURSOR}`,
  ],
};
