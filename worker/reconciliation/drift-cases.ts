import type { SourceId, Sku } from '../../domain/ids.ts';
import type { DriftClass } from '../../domain/reconciliation.ts';
import type { CountMeaning, Place } from '../../domain/stock.ts';
import { readModelCaseId } from '../read-models/case-id.ts';
import { NEW_CASE, openCases, type CaseRow } from '../read-models/cases.ts';
import { jsonPages } from '../read-models/json-pages.ts';
import { toBase64url } from '../request/base64url.ts';

/** What a case about a difference proposes: a compensating movement at each of these places, or postings to send again. */
export interface DriftProposal {
  readonly class: DriftClass;
  readonly meaning: CountMeaning;
  readonly places: readonly (Place & { readonly variance: number; readonly ours: number; readonly erp: number })[];
  readonly keys: readonly string[];
  readonly factor: number | null;
}

export interface DriftCase extends DriftProposal {
  readonly caseId: string;
  readonly connection: SourceId;
  readonly sku: Sku;
  readonly run: string;
}

/** Why a run closed a case; a person gives a reason of their own. */
export const DRIFT_GONE = 'The difference is gone.';
export const DRIFT_APPROVED = 'Approved, and booked.';

/** One case per item, place and class, however many runs find it. */
export function driftCaseId(sku: Sku, found: DriftClass, { location, status }: Place): string {
  const subject = new TextEncoder().encode(JSON.stringify([sku, location, status]));
  return readModelCaseId('drift', `${found}~${toBase64url(subject)}`);
}

/** Opens these, says of those that are open what is so now, and leaves alone what a person closed as it is. */
export async function openDriftCases(
  db: D1Database,
  found: readonly DriftCase[],
  nowMs: number,
): Promise<readonly D1PreparedStatement[]> {
  const settled = await settledByPeople(db, found);
  const told = found.filter((one) => !settled.has(one.caseId));
  const rows = told.map((one) => caseRowOf(one, nowMs));
  return [
    ...openCases(db, rows),
    ...jsonPages(rows).map((page) => db.prepare(SAY_WHAT_IS_SO).bind(page)),
    ...jsonPages(told.map((one) => ({ ...one, body: proposalIn(one) }))).map((page) => db.prepare(KEEP_PROPOSAL).bind(page)),
  ];
}

/** A person closed it, and the difference is the same as then: it would only be asked again every night. */
async function settledByPeople(db: D1Database, found: readonly DriftCase[]): Promise<ReadonlySet<string>> {
  if (found.length === 0) return new Set();
  const differences = new Map(found.map((one) => [one.caseId, differenceOf(one)]));
  const { results } = await db
    .prepare(
      `SELECT id, difference FROM cases
       WHERE id IN (SELECT value FROM json_each(?1)) AND state = 'resolved' AND reason NOT IN (?2, ?3)`,
    )
    .bind(JSON.stringify([...differences.keys()]), DRIFT_GONE, DRIFT_APPROVED)
    .all<{ id: string; difference: number | null }>();
  return new Set(results.filter(({ id, difference }) => differences.get(id) === difference).map(({ id }) => id));
}

export async function driftCaseOf(db: D1Database, caseId: string): Promise<DriftCase | null> {
  return (await driftCasesOf(db, [caseId])).get(caseId) ?? null;
}

export async function driftCasesOf(db: D1Database, caseIds: readonly string[]): Promise<ReadonlyMap<string, DriftCase>> {
  if (caseIds.length === 0) return new Map();
  const { results } = await db
    .prepare(
      `SELECT case_id AS caseId, connection, sku, run, body FROM drift_case WHERE case_id IN (SELECT value FROM json_each(?))`,
    )
    .bind(JSON.stringify(caseIds))
    .all<Pick<DriftCase, 'caseId' | 'connection' | 'sku' | 'run'> & { readonly body: string }>();
  return new Map(results.map(({ body, ...one }) => [one.caseId, { ...one, ...(JSON.parse(body) as DriftProposal) }]));
}

function caseRowOf(one: DriftCase, nowMs: number): CaseRow {
  return {
    ...NEW_CASE,
    id: one.caseId,
    kind: 'drift',
    sku: one.sku,
    location: one.places[0]?.location ?? null,
    difference: differenceOf(one),
    proposal: inWords(one),
    openedAtMs: nowMs,
    sequence: nowMs,
  };
}

/** Units at the place that the case is about; of units in the wrong place, how many are. */
function differenceOf({ places }: DriftProposal): number {
  return places[0]?.variance ?? 0;
}

function inWords({ class: found, places, keys, factor }: DriftProposal): string {
  const booked = places
    .map(({ location, status, variance, ours, erp }) => {
      const signed = variance > 0 ? `+${variance}` : String(variance);
      return `${signed} ${status} at ${location} (ours ${ours}, the ERP's ${erp})`;
    })
    .join(', ');
  const named = keys.slice(0, 5).join(', ') + (keys.length > 5 ? ` and ${keys.length - 5} more` : '');
  switch (found) {
    case 'missing_post':
      return `The ERP no longer has ${named}, which it confirmed: ${booked}. Approve to post again under the same keys.`;
    case 'late_order':
      return `The ERP told of ${named}, which waits to be booked here: ${booked}. Approve to book the difference, or declare the code that it waits for.`;
    case 'double_post':
      return `The ERP's number has once more what ${named} did: ${booked}. Look there for a second document and reverse it; nothing is to be booked here.`;
    case 'wrong_location':
      return `In all nothing is missing, but units lie elsewhere: ${booked}. Find out where they are; approve if the ERP is right, else mend the ERP.`;
    case 'unit_mix_up':
      return `The difference fits a unit of ${factor ?? 0}: ${booked}. Somebody booked one unit for the other; approve if the ERP is right, else mend the ERP.`;
    case 'unknown':
      return `Nothing explains it: ${booked}. Count; approve if the ERP is right, else mend the ERP.`;
  }
}

function proposalIn({ class: found, meaning, places, keys, factor }: DriftCase): string {
  return JSON.stringify({ class: found, meaning, places, keys, factor } satisfies DriftProposal);
}

const SAY_WHAT_IS_SO = `
  UPDATE cases SET difference = e.value->>'difference', proposal = e.value->>'proposal'
  FROM json_each(?) AS e WHERE cases.id = e.value->>'id' AND cases.state = 'open'`;

const KEEP_PROPOSAL = `
  INSERT INTO drift_case (case_id, connection, sku, run, body)
  SELECT value->>'caseId', value->>'connection', value->>'sku', value->>'run', value->>'body' FROM json_each(?) WHERE true
  ON CONFLICT (case_id) DO UPDATE SET run = excluded.run, body = excluded.body`;
