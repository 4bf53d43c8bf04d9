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
    proposal: `The ERP books on ${what} ${code}, which nobody declared here. Create it, or declare an alias: what is booked on it meanwhile is kept, and follows within a minute.`,
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
    proposal: `The ERP's ${kind} ${key} was not booked here: ${why}. Mend the cause and replay the case, or state a count of the item.`,
    openedAtMs,
    sequence: mark ?? openedAtMs,
  };
}

/** The code that such a case is about. */
export function codeOfCase(
  id: string,
): { readonly id: string; readonly what: 'item' | 'location'; readonly code: string } | null {
  const [, what, code] = /^code_unknown~(item|location)~(.+)$/su.exec(id) ?? [];
  return code !== undefined && (what === 'item' || what === 'location') ? { id, what, code } : null;
}

/** More than we keep of what could not be booked: from here on only counts help. */
export function caseOfTooManyKept(openedAtMs: number): CaseRow {
  return {
    ...NEW_CASE,
    id: readModelCaseId('change_unbooked', 'too many to keep'),
    kind: 'change_unbooked',
    proposal:
      'More changes of the ERP wait to be booked than are kept, and further ones are lost. Declare what they name, then state counts of those items.',
    openedAtMs,
    sequence: openedAtMs,
  };
}
