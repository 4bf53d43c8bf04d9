import { applyChanges, type ApplyChangesDeps } from '../jobs/apply-changes.ts';
import { codeOfCase } from '../jobs/change-cases.ts';
import { erpNamesOf } from '../jobs/erp-names.ts';
import { closeMended, codeCasesWithKept, forgetKept, keptCount, keptUnder, type KeptAt } from '../read-models/kept-changes.ts';
import { CODES_LOOKED_AT_MAX } from './limits.ts';

export interface BookedOfKept {
  readonly booked: number;
  readonly left: number;
}

/**
 * Books what was kept under a case, in the ERP's order, each change once however often it is tried (R34). What is still not
 * understood stays; once nothing is left the case closes.
 */
export async function bookKept(caseId: string, deps: ApplyChangesDeps): Promise<BookedOfKept> {
  const { db, source, nowMs } = deps;
  let seen = 0;
  let booked = 0;
  for (let after: KeptAt | null = null; ;) {
    const page: Awaited<ReturnType<typeof keptUnder>> = await keptUnder(db, caseId, after);
    if (page.length === 0) break;
    const { kept } = await applyChanges(
      page.map(({ change }) => change),
      deps,
    );
    const done = page.flatMap(({ key }) => (kept.has(key) ? [] : [key]));
    await forgetKept(db, source, done);
    seen += page.length;
    booked += done.length;
    after = page.at(-1) ?? null;
  }
  const left = await keptCount(db, caseId);
  if (seen > 0 && left === 0)
    await closeMended(db, caseId, 'What was kept of it is booked, or waits under another case.', nowMs());
  return { booked, left };
}

/** Scheduled: what waited for a code that somebody has declared since. Where nothing is kept, one empty table is read. */
export async function bookDeclared(deps: ApplyChangesDeps): Promise<{ readonly booked: number; readonly left: number }> {
  const { db, source } = deps;
  const waiting = (await codeCasesWithKept(db, CODES_LOOKED_AT_MAX)).flatMap((id) => codeOfCase(id) ?? []);
  const total = { booked: 0, left: 0 };
  if (waiting.length === 0) return total;
  const codesOf = (kind: 'item' | 'location'): readonly string[] =>
    waiting.flatMap(({ what, code }) => (what === kind ? [code] : []));
  const names = await erpNamesOf(db, source, { skus: codesOf('item'), locations: codesOf('location') });
  for (const { what, code, id } of waiting) {
    if (!(what === 'item' ? names.skus : names.locations).has(code)) continue;
    const { booked, left } = await bookKept(id, deps);
    total.booked += booked;
    total.left += left;
  }
  return total;
}
