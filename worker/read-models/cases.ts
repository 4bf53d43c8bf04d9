import { and, desc, eq, lte, sql, type SQL } from 'drizzle-orm';
import type { BatchItem } from 'drizzle-orm/batch';
import { drizzle, type DrizzleD1Database } from 'drizzle-orm/d1';
import type { Sku } from '../../domain/ids.ts';
import type { ChangedCase, Explained } from '../../durable-objects/sku-stock/protocol.ts';
import type { AuditLog, By } from '../audit/audit-log.ts';
import { rowAsJson } from '../audit/row-as-json.ts';
import { caseIdOf } from './case-id.ts';
import { proposalFor } from './case-proposal.ts';
import { EVENT_COLUMNS, INSERT_EVENT, type NewEvent } from './events.ts';
import { jsonPages } from './json-pages.ts';
import { cases, event } from './schema.ts';

export type CaseRow = Readonly<typeof cases.$inferSelect>;
type CaseState = CaseRow['state'];

/** What an object says of its cases. Later replaces earlier; one that closed never opens again, so closed is always later. */
export function putObjectCases(db: D1Database, changed: readonly CaseRow[]): D1PreparedStatement[] {
  return jsonPages(changed).map((page) => db.prepare(PUT_OBJECT_CASES).bind(page));
}

/** All that an object says of its cases now, for whoever cannot wait until its message has come. */
export function putCasesOf(db: D1Database, { cases: open, snapshot }: Explained): D1PreparedStatement[] {
  const { sku, sequence, asOfMs } = snapshot;
  const rows = open.map((one) => caseRowOf(sku, { ...one, closedAtMs: null }, sequence));
  const ids = JSON.stringify(rows.map(({ id }) => id));
  return [...putObjectCases(db, rows), db.prepare(CLOSE_OTHERS).bind(sku, asOfMs, sequence, ids)];
}

/** Opens cases that no object knows of. One that is open stays as it is; one that was resolved opens again for newer news. */
export function openCases(db: D1Database, opened: readonly CaseRow[]): D1PreparedStatement[] {
  const told = [...new Map(opened.map((row) => [row.id, row])).values()].map((row) => {
    return { ...openedEvent(row), id: row.id };
  });
  return [
    ...jsonPages(told).map((page) => db.prepare(TELL_OPENED).bind(page)),
    ...jsonPages(opened).map((page) => db.prepare(OPEN_CASES).bind(page)),
  ];
}

/** Tells of the open cases that a query names, and then closes them, in one transaction; both take the time as `at`. */
export function closeNamed(ids: string, at: string): { readonly tell: string; readonly close: (reason: string) => string } {
  return {
    tell: `${INSERT_EVENT} SELECT ${EVENT_COLUMNS} FROM (
      SELECT json_object('sku', sku, 'sequence', sequence, 'type', 'case.closed', 'channel', NULL, 'atMs', ${at}, 'recordedAtMs', ${at},
                         'data', json_object('case_id', id, 'kind', kind, 'difference', difference)) AS value
      FROM cases WHERE id IN (${ids})) AS e`,
    close: (reason) => `UPDATE cases SET state = 'resolved', closed_at_ms = ${at}, reason = ${reason} WHERE id IN (${ids})`,
  };
}

function openedEvent({ id, sku, kind, difference, sequence, openedAtMs }: CaseRow): NewEvent {
  const data = { case_id: id, kind, difference };
  return {
    sku,
    sequence,
    type: 'case.opened',
    channel: null,
    atMs: openedAtMs,
    recordedAtMs: openedAtMs,
    data: JSON.stringify(data),
  };
}

export async function caseOf(db: D1Database, id: string): Promise<CaseRow | null> {
  const [row] = await drizzle(db).select().from(cases).where(eq(cases.id, id)).limit(1);
  return row ?? null;
}

export interface CaseFilter {
  readonly state: CaseState | null;
  readonly kind: string | null;
  readonly sku: Sku | null;
  readonly owner?: string;
  /** Only those that are open and were due by then. */
  readonly dueByMs?: number;
  readonly before: { readonly openedAtMs: number; readonly id: string } | null;
  readonly limit: number;
}

/** Newest first. */
export async function listCases(
  db: D1Database,
  { state, kind, sku, owner, dueByMs, before, limit }: CaseFilter,
): Promise<readonly CaseRow[]> {
  const where = and(
    state === null ? undefined : inState(state),
    kind === null ? undefined : eq(cases.kind, kind),
    sku === null ? undefined : eq(cases.sku, sku),
    owner === undefined ? undefined : eq(cases.owner, owner),
    dueByMs === undefined ? undefined : and(inState('open'), lte(cases.dueAtMs, dueByMs)),
    before === null ? undefined : sql`(opened_at_ms, id) < (${before.openedAtMs}, ${before.id})`,
  );
  return await drizzle(db).select().from(cases).where(where).orderBy(desc(cases.openedAtMs), desc(cases.id)).limit(limit);
}

/** What people say of it; absent stays as it is. */
export type CaseChange = Partial<Pick<CaseRow, 'owner' | 'dueAtMs' | 'comment'>>;

export async function changeCase(db: DrizzleD1Database, audit: AuditLog, by: By, id: string, change: CaseChange): Promise<void> {
  await audit.write(
    by,
    { action: 'change', target: `case:${id}`, state: caseAsJson(id), version: sql`NULL` },
    db.update(cases).set(change).where(eq(cases.id, id)),
  );
}

/** Of a case that an object closed (`sequence`), its news tell. */
export async function closeCase(
  db: DrizzleD1Database,
  audit: AuditLog,
  by: By,
  {
    id,
    reason,
    nowMs,
    sequence,
    action = 'resolve',
  }: {
    readonly id: string;
    readonly reason: string;
    readonly nowMs: number;
    readonly sequence: number | null;
    readonly action?: 'resolve' | 'approve';
  },
): Promise<void> {
  await audit.write(
    by,
    { action, target: `case:${id}`, state: caseAsJson(id), version: sql`NULL` },
    db
      .update(cases)
      .set({
        state: 'resolved',
        // What whoever was faster said of it stays.
        reason: sql`iif(${cases.state} = 'resolved', coalesce(${cases.reason}, ${reason}), ${reason})`,
        closedAtMs: sql`coalesce(${cases.closedAtMs}, ${nowMs})`,
        sequence: sql`max(${cases.sequence}, coalesce(${sequence}, 0))`,
      })
      .where(eq(cases.id, id)),
    ...(sequence === null ? [tellClosed(db, id, nowMs)] : []),
  );
}

/** One that was resolved before has closed earlier, and that was told. */
export function tellClosed(db: DrizzleD1Database, id: string, nowMs: number): BatchItem<'sqlite'> {
  const data = sql`json_object('case_id', id, 'kind', kind, 'difference', difference)`;
  const told = sql`SELECT NULL, sku, sequence, 'case.closed', NULL, closed_at_ms, ${nowMs}, ${data}, NULL FROM cases`;
  return db.insert(event).select(sql`${told} WHERE id = ${id} AND closed_at_ms = ${nowMs}`);
}

/** What the audit log keeps of a case: all but its place in the order of its object's news. */
function caseAsJson(id: string): SQL {
  return rowAsJson(cases, eq(cases.id, id), ['sequence']);
}

export function caseRowOf(
  sku: Sku,
  { number, about, openedAtMs, difference, closedAtMs }: ChangedCase,
  sequence: number,
): CaseRow {
  return {
    ...NEW_CASE,
    id: caseIdOf(sku, number),
    kind: about.kind,
    state: closedAtMs === null ? 'open' : 'resolved',
    sku,
    difference,
    proposal: proposalFor(about),
    openedAtMs,
    closedAtMs,
    sequence,
  };
}

/** What nobody has said yet of a case. */
export const NEW_CASE = {
  state: 'open',
  sku: null,
  location: null,
  difference: null,
  proposal: null,
  owner: null,
  dueAtMs: null,
  comment: null,
  closedAtMs: null,
  reason: null,
  sequence: 0,
} as const;

/** Literal, and not bound, or the partial index would not serve the few that are open. */
function inState(state: CaseState): SQL {
  return state === 'open' ? sql`state = 'open'` : sql`state = 'resolved'`;
}

const INSERT = `
  INSERT INTO cases (id, kind, state, sku, location, difference, proposal, owner, due_at_ms, comment, opened_at_ms, closed_at_ms, reason, sequence)
  SELECT value->>'id', value->>'kind', value->>'state', value->>'sku', value->>'location', value->>'difference', value->>'proposal',
         value->>'owner', value->>'dueAtMs', value->>'comment', value->>'openedAtMs', value->>'closedAtMs', value->>'reason', value->>'sequence'
  FROM json_each(?) WHERE true`;

const PUT_OBJECT_CASES = `${INSERT}
  ON CONFLICT (id) DO UPDATE SET
    state = excluded.state, difference = excluded.difference, proposal = excluded.proposal, closed_at_ms = excluded.closed_at_ms, sequence = excluded.sequence
  WHERE cases.state = 'open' AND (excluded.state = 'resolved' OR excluded.sequence > cases.sequence)`;

const TELL_OPENED = `${INSERT_EVENT}
  SELECT ${EVENT_COLUMNS} FROM json_each(?) AS e
  LEFT JOIN cases AS was ON was.id = e.value->>'id'
  WHERE was.id IS NULL OR (was.state = 'resolved' AND e.value->>'sequence' > was.sequence)
  ORDER BY e.key`;

const OPEN_CASES = `${INSERT}
  ON CONFLICT (id) DO UPDATE SET
    state = 'open', proposal = excluded.proposal, opened_at_ms = excluded.opened_at_ms, closed_at_ms = NULL, reason = NULL, sequence = excluded.sequence
  WHERE cases.state = 'resolved' AND excluded.sequence > cases.sequence`;

const CLOSE_OTHERS = `
  UPDATE cases SET state = 'resolved', closed_at_ms = ?2, sequence = ?3
  WHERE sku = ?1 AND state = 'open' AND sequence <= ?3 AND id NOT IN (SELECT value FROM json_each(?4))
    AND kind IN ('over_reservation', 'pin_without_outcome', 'posting_refused')`;
