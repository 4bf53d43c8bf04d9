import { sourceId } from '../../contracts/names.ts';
import { followErp, type FollowErpDeps } from './follow-erp.ts';
import { runJob, type Log } from './run-job.ts';

// The ERP that we post to states its own facts under this name; it is declared as a source like any other.
const ERP_SOURCE = sourceId.parse('erp');

/** What the clock starts. */
export async function runSchedule(deps: Omit<FollowErpDeps, 'source'> & { readonly log: Log }): Promise<void> {
  await runJob('follow-erp', deps.log, () => followErp({ ...deps, source: ERP_SOURCE }));
}
