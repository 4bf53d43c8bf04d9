import type { Sku } from '../../domain/ids.ts';
import type { Check } from '../../durable-objects/sku-stock/protocol.ts';
import { readModelCaseId } from '../read-models/case-id.ts';
import { closeNamed, NEW_CASE, openCases, type CaseRow } from '../read-models/cases.ts';
import { jsonPages } from '../read-models/json-pages.ts';

export interface AuditedItem {
  readonly sku: Sku;
  readonly failed: readonly Check[];
}

/** Opens a case for each item that does not add up, and closes those of items that do again. What was and is well writes no row. */
export function auditCases(db: D1Database, audited: readonly AuditedItem[], nowMs: number): D1PreparedStatement[] {
  const rows = audited.filter(({ failed }) => failed.length > 0).map((one) => caseOfFailure(one, nowMs));
  const well = audited.filter(({ failed }) => failed.length === 0).map(({ sku }) => caseId(sku));
  const { tell, close } = closeNamed(
    `SELECT id FROM cases WHERE state = 'open' AND id IN (SELECT value FROM json_each(?1))`,
    '?2',
  );
  const closed = JSON.stringify(well);
  return [
    ...openCases(db, rows),
    ...jsonPages(rows).map((page) => db.prepare(SAY_WHAT_IS_SO).bind(page)),
    ...(well.length === 0
      ? []
      : [db.prepare(tell).bind(closed, nowMs), db.prepare(close('?3')).bind(closed, nowMs, 'It adds up again.')]),
  ];
}

function caseId(sku: Sku): string {
  return readModelCaseId('audit_failed', sku);
}

function caseOfFailure({ sku, failed }: AuditedItem, nowMs: number): CaseRow {
  const found = failed.map(({ invariant, left, right }) => `${invariant}: ${left}, and must be ${right}`).join('; ');
  return {
    ...NEW_CASE,
    id: caseId(sku),
    kind: 'audit_failed',
    sku,
    proposal: `The numbers of ${sku} do not add up (${found}). Keep what its audit and explain answer and tell whoever maintains Holdfast; count it before you promise more of it.`,
    openedAtMs: nowMs,
    // Whoever closed it while it is so hears of it again.
    sequence: nowMs,
  };
}

const SAY_WHAT_IS_SO = `
  UPDATE cases SET proposal = (SELECT value->>'proposal' FROM json_each(?1) WHERE value->>'id' = cases.id)
  WHERE state = 'open' AND id IN (SELECT value->>'id' FROM json_each(?1))
    AND proposal IS NOT (SELECT value->>'proposal' FROM json_each(?1) WHERE value->>'id' = cases.id)`;
