import type { Sku } from '../../domain/ids.ts';
import type { ErpChange } from '../../erp/port.ts';
import { readModelCaseId } from '../read-models/case-id.ts';
import { NEW_CASE, type CaseRow } from '../read-models/cases.ts';

/** One case per code, however many changes name it; newer changes open it again once somebody closed it. */
export function caseOfUnknownCode(
  { what, code, mark }: { readonly what: 'item' | 'location'; readonly code: string; readonly mark: number | null },
  openedAtMs: number,
): CaseRow {
  return {
    ...NEW_CASE,
    id: readModelCaseId('code_unknown', `${what}~${code}`),
    kind: 'code_unknown',
    location: what === 'location' ? code : null,
    proposal: `The ERP books on ${what} ${code}, which nobody declared here. Create it, or declare an alias; then state a count.`,
    openedAtMs,
    // An ERP without marks: the time stands in for them, it rises too.
    sequence: mark ?? openedAtMs,
  };
}

/** A change that we cannot book must not stop those behind it. */
export function caseOfUnbooked({ key, kind, mark, lines }: ErpChange, sku: Sku, why: string, openedAtMs: number): CaseRow {
  return {
    ...NEW_CASE,
    id: readModelCaseId('change_unbooked', key),
    kind: 'change_unbooked',
    sku,
    location: lines[0]?.location ?? null,
    proposal: `The ERP's ${kind} ${key} was not booked here: ${why}. State a count of the item once it is understood.`,
    openedAtMs,
    sequence: mark ?? openedAtMs,
  };
}
