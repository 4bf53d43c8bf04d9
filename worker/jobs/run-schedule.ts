import type { SourceId } from '../../domain/ids.ts';
import { followErp, type FollowErpDeps } from './follow-erp.ts';
import { runJob, type Log } from './run-job.ts';

export interface RunScheduleDeps extends Omit<FollowErpDeps, 'source'> {
  readonly log: Log;
}

// The source that the ERP's feed speaks for; its books are the ERP's.
const ERP = 'erp' as SourceId;

/** What every ring of the cron does. */
export function runSchedule({ log, ...deps }: RunScheduleDeps): Promise<void> {
  return runJob('follow-erp', log, () => followErp({ ...deps, source: ERP }));
}
