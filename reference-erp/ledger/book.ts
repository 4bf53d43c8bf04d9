import * as z from 'zod';
import type { ErpMovement } from '../../contracts/generic-erp.ts';
import { ENTRY_COLUMNS, entriesIn, saySame, type Entry } from './entry.ts';

export type Booked = { readonly key: string } & (
  | { readonly outcome: 'posted' | 'duplicate'; readonly mark: number }
  | { readonly outcome: 'refused'; readonly code: 'key_conflict'; readonly detail: string }
);

/**
 * Books movements, each key once. One batch is one transaction of the only writer, so no other call comes between
 * these statements, entries get their numbers in the order in which they become visible, and books and balances move together.
 */
export async function book(
  database: D1Database,
  movements: readonly ErpMovement[],
  nowMs: number,
): Promise<ReadonlyMap<ErpMovement, Booked>> {
  if (movements.length === 0) return new Map();
  const firsts = firstOfEachKey(movements);
  const json = JSON.stringify([...firsts.values()]);
  const [earlier, , inserted] = await database.batch([
    database.prepare(SELECT_EARLIER).bind(json),
    database.prepare(MOVE_BALANCES).bind(json),
    database.prepare(INSERT_ENTRIES).bind(json, new Date(nowMs).toISOString()),
    database.prepare(INSERT_LINES).bind(json),
  ]);
  const known = new Map(entriesIn(earlier).map((entry) => [entry.key, entry]));
  const marks = new Map((inserted?.results ?? []).map((each) => insertedRow.parse(each)).map(({ key, number }) => [key, number]));
  const booked = (movement: ErpMovement) =>
    outcomeOf(movement, known.get(movement.key), firsts.get(movement.key), marks.get(movement.key));
  return new Map(movements.map((movement) => [movement, booked(movement)]));
}

const insertedRow = z.object({ key: z.string(), number: z.int() });

function firstOfEachKey(movements: readonly ErpMovement[]): ReadonlyMap<string, ErpMovement> {
  const firsts = new Map<string, ErpMovement>();
  for (const movement of movements) if (!firsts.has(movement.key)) firsts.set(movement.key, movement);
  return firsts;
}

function outcomeOf(
  movement: ErpMovement,
  earlier: Entry | undefined,
  first: ErpMovement | undefined,
  mark: number | undefined,
): Booked {
  const { key } = movement;
  if (first === movement && mark !== undefined) return { key, outcome: 'posted', mark };
  const original = earlier ?? first;
  const originalMark = earlier?.mark ?? mark;
  if (original === undefined || originalMark === undefined) throw new Error(`${key} was neither booked now nor before`);
  return saySame(movement, original)
    ? { key, outcome: 'duplicate', mark: originalMark }
    : { key, outcome: 'refused', code: 'key_conflict', detail: `Entry ${originalMark} has this key and says something else.` };
}

// ?1 holds the movements as they came, each key once.
const SELECT_EARLIER = `SELECT ${ENTRY_COLUMNS} FROM entry WHERE key IN (SELECT value ->> 'key' FROM json_each(?1))`;

// Runs before the entries are in, so that "new" can be told by the key alone.
const MOVE_BALANCES = `
  INSERT INTO balance (sku, location, status, on_hand, committed)
  SELECT m.value ->> 'sku', l.value ->> 'location', l.value ->> 'status', sum(l.value ->> 'on_hand'), sum(l.value ->> 'committed')
  FROM json_each(?1) m JOIN json_each(m.value, '$.lines') l
  WHERE NOT EXISTS (SELECT 1 FROM entry WHERE key = m.value ->> 'key')
  GROUP BY 1, 2, 3
  ON CONFLICT (sku, location, status)
  DO UPDATE SET on_hand = on_hand + excluded.on_hand, committed = committed + excluded.committed`;

const INSERT_ENTRIES = `
  INSERT INTO entry (key, kind, sku, order_ref, document, reason, occurred_at, recorded_at, traceparent)
  SELECT value ->> 'key', value ->> 'kind', value ->> 'sku', value ->> 'order_ref', value ->> 'document', value ->> 'reason',
    value ->> 'occurred_at', ?2, value ->> 'traceparent'
  FROM json_each(?1) AS m WHERE true ORDER BY m.key
  ON CONFLICT (key) DO NOTHING
  RETURNING key, number`;

// An entry without lines is one that this very batch has inserted.
const INSERT_LINES = `
  INSERT INTO entry_line (entry, line, location, status, on_hand, committed)
  SELECT e.number, l.key + 1, l.value ->> 'location', l.value ->> 'status', l.value ->> 'on_hand', l.value ->> 'committed'
  FROM json_each(?1) m JOIN entry e ON e.key = m.value ->> 'key' JOIN json_each(m.value, '$.lines') l
  WHERE NOT EXISTS (SELECT 1 FROM entry_line WHERE entry = e.number)`;
