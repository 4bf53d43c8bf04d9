import { and, desc, eq, inArray, lt, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/d1';
import type { ImportRow, RowOutcome } from '../../contracts/imports.ts';
import { IMPORT_DETAIL_CHARACTERS_MAX, TEXT_CHARACTERS_MAX } from '../../contracts/limits.ts';
import type { SourceId } from '../../domain/ids.ts';
import type { AuditLog, By } from '../audit/audit-log.ts';
import { rowAsJson } from '../audit/row-as-json.ts';
import { importPart, importRun } from './schema.ts';

export type ImportRun = typeof importRun.$inferSelect;
export type Tally = Partial<Record<RowOutcome, number>>;

/** What a round came to: how far the import is afterwards, and what became of its rows. */
export interface Round {
  readonly atByte: number;
  readonly atRow: number;
  readonly position: unknown;
  readonly rows: readonly ImportRow[];
  readonly state: 'running' | 'done' | 'failed';
  readonly error: string | null;
}

export interface RowsAsked {
  readonly after: number;
  readonly outcome: RowOutcome | null;
  readonly limit: number;
}

export interface ImportStore {
  add(run: ImportRun): Promise<void>;
  /** One that only administrators may begin. */
  addAudited(run: ImportRun, by: By): Promise<void>;
  find(id: string): Promise<ImportRun | null>;
  /** The newest first; null: of every source. */
  list(asked: {
    readonly before: string | null;
    readonly sources: readonly SourceId[] | null;
    readonly limit: number;
  }): Promise<readonly ImportRun[]>;
  /** Where it is now; null: somebody else has moved it on meanwhile, and nothing was written. */
  advance(run: ImportRun, round: Round): Promise<ImportRun | null>;
  /** Why it stands still; it goes on by itself. */
  noteTrouble(id: string, error: string): Promise<void>;
  cancel(id: string): Promise<void>;
  rows(id: string, asked: RowsAsked): Promise<readonly ImportRow[]>;
  /** Unfinished ones that have not moved since then; from now on they are waited for anew. */
  stalled(sinceMs: number, limit: number): Promise<readonly string[]>;
  old(beforeId: string, limit: number): Promise<readonly string[]>;
  forget(id: string): Promise<void>;
}

const UNFINISHED = ['queued', 'running'] as const;
// A page of rows is in two parts as a rule.
const PARTS_READ_MAX = 3;

export function importStoreIn(database: D1Database, audit: AuditLog, now: () => number): ImportStore {
  const db = drizzle(database);
  const find = async (id: string): Promise<ImportRun | null> =>
    (await db.select().from(importRun).where(eq(importRun.id, id)))[0] ?? null;
  return {
    find,
    add: async (run) => {
      await db.insert(importRun).values(run);
    },
    addAudited: async (run, by) => {
      const state = rowAsJson(importRun, eq(importRun.id, run.id), ['position', 'tally', 'at_byte', 'at_row', 'moved_at_ms']);
      await audit.write(
        by,
        { action: 'create', target: `import:${run.id}`, state, version: sql`NULL` },
        db.insert(importRun).values(run),
      );
    },
    list: ({ before, sources, limit }) =>
      db
        .select()
        .from(importRun)
        .where(
          and(
            before === null ? undefined : lt(importRun.id, before),
            sources === null ? undefined : sql`source IN (SELECT value FROM json_each(${JSON.stringify(sources)}))`,
          ),
        )
        .orderBy(desc(importRun.id))
        .limit(limit),

    advance: async (run, { atByte, atRow, position, rows, state, error }) => {
      const tally = tallyOf(rows);
      const here = `id = ?1 AND at_byte = ?2 AND at_row = ?3 AND position = ?4`;
      const isHere = [run.id, run.atByte, run.atRow, run.position] as const;
      const part = database
        .prepare(
          `INSERT INTO import_part (run, first_row, tally, outcomes)
           SELECT ?1, ?5, ?6, ?7 WHERE EXISTS (SELECT 1 FROM import_run WHERE ${here})`,
        )
        .bind(...isHere, rows[0]?.row ?? 0, JSON.stringify(tally), JSON.stringify(rows.map(asTuple)));
      const moved = database
        .prepare(
          // What was cancelled meanwhile stays so, and says what had been done by then.
          `UPDATE import_run SET at_byte = ?5, at_row = ?6, position = ?7, tally = ?8, error = ?9, moved_at_ms = ?10,
             ended_at_ms = coalesce(ended_at_ms, ?11), state = iif(state IN ('queued', 'running'), ?12, state) WHERE ${here}`,
        )
        .bind(
          ...isHere,
          atByte,
          atRow,
          JSON.stringify(position),
          JSON.stringify(added(tallyIn(run), tally)),
          error,
          now(),
          state === 'running' ? null : now(),
          state,
        );
      const results = await database.batch(rows.length === 0 ? [moved] : [part, moved]);
      return results.at(-1)?.meta.changes === 1 ? find(run.id) : null;
    },
    noteTrouble: async (id, error) => {
      await db
        .update(importRun)
        .set({ error })
        .where(and(eq(importRun.id, id), inArray(importRun.state, UNFINISHED)));
    },
    cancel: async (id) => {
      await db
        .update(importRun)
        .set({ state: 'cancelled', endedAtMs: now() })
        .where(and(eq(importRun.id, id), inArray(importRun.state, UNFINISHED)));
    },

    rows: async (id, { after, outcome, limit }) => {
      const found: ImportRow[] = [];
      let from = after + 1;
      for (;;) {
        const { results } = await database
          .prepare(outcome === null ? PARTS : PARTS_WITH)
          .bind(id, from, PARTS_READ_MAX, ...(outcome === null ? [] : [`$.${outcome}`]))
          .all<{ first_row: number; outcomes: string }>();
        for (const { first_row: firstRow, outcomes } of results) {
          const rows = (JSON.parse(outcomes) as readonly RowTuple[]).map(fromTuple);
          for (const row of rows) {
            if (row.row < from || (outcome !== null && row.outcome !== outcome)) continue;
            found.push(row);
            if (found.length === limit) return found;
          }
          from = Math.max(from, firstRow + 1, (rows.at(-1)?.row ?? 0) + 1);
        }
        if (results.length < PARTS_READ_MAX) return found;
      }
    },

    stalled: async (sinceMs, limit) => {
      const { results } = await database
        .prepare(
          `UPDATE import_run SET moved_at_ms = ?3 WHERE id IN (
             SELECT id FROM import_run WHERE state IN ('queued', 'running') AND moved_at_ms < ?1 ORDER BY moved_at_ms LIMIT ?2
           ) RETURNING id`,
        )
        .bind(sinceMs, limit, now())
        .all<{ id: string }>();
      return results.map(({ id }) => id);
    },
    old: async (beforeId, limit) => {
      const rows = await db.select({ id: importRun.id }).from(importRun).where(lt(importRun.id, beforeId)).limit(limit);
      return rows.map(({ id }) => id);
    },
    forget: async (id) => {
      await db.batch([db.delete(importPart).where(eq(importPart.run, id)), db.delete(importRun).where(eq(importRun.id, id))]);
    },
  };
}

/** From the part on that holds the row. */
const PART_OF_ROW = `first_row >= coalesce((SELECT max(first_row) FROM import_part WHERE run = ?1 AND first_row <= ?2), 0)`;
const PARTS = `SELECT first_row, outcomes FROM import_part WHERE run = ?1 AND ${PART_OF_ROW} ORDER BY first_row LIMIT ?3`;
const PARTS_WITH = `SELECT first_row, outcomes FROM import_part WHERE run = ?1 AND ${PART_OF_ROW} AND tally ->> ?4 > 0 ORDER BY first_row LIMIT ?3`;

type RowTuple = readonly [number, string | null, RowOutcome, string | null, string | null];

function asTuple({ row, id, outcome, code, detail }: ImportRow): RowTuple {
  return [row, beginningOf(id, TEXT_CHARACTERS_MAX), outcome, code, beginningOf(detail, IMPORT_DETAIL_CHARACTERS_MAX)];
}

/** A row of a file may be longer than all that we write of a round. */
function beginningOf(text: string | null, charactersMax: number): string | null {
  if (text === null || text.length <= charactersMax) return text;
  const characters = Array.from(text.slice(0, 2 * charactersMax));
  return characters.length <= charactersMax ? text : `${characters.slice(0, charactersMax - 1).join('')}…`;
}

function fromTuple([row, id, outcome, code, detail]: RowTuple): ImportRow {
  return { row, id, outcome, code, detail };
}

export function tallyIn({ tally }: Pick<ImportRun, 'tally'>): Tally {
  return JSON.parse(tally) as Tally;
}

function tallyOf(rows: readonly ImportRow[]): Tally {
  const tally: Tally = {};
  for (const { outcome } of rows) tally[outcome] = (tally[outcome] ?? 0) + 1;
  return tally;
}

function added(before: Tally, more: Tally): Tally {
  const sum = { ...before };
  for (const [outcome, count] of Object.entries(more) as [RowOutcome, number][]) sum[outcome] = (sum[outcome] ?? 0) + count;
  return sum;
}

/** Later ones come behind earlier ones, in the order of their names. */
export function importIdAt(nowMs: number, random: string): string {
  return `${nowMs.toString(36).padStart(9, '0')}-${random}`;
}
