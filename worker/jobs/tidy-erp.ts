import { ErpUnavailable } from '../../erp/port.ts';
import { ERP_CALL_MS_MAX, TIDY_ERP_EVERY_MINUTES } from './limits.ts';
import type { JobReport } from './run-job.ts';

export interface TidyErpDeps {
  readonly tidyErp: ((signal: AbortSignal) => Promise<number>) | null;
  readonly nowMs: () => number;
}

/** Scheduled, now and then: what calls whose answer was lost left behind in the ERP. What is missed is found the next time. */
export async function tidyErp({ tidyErp: tidy, nowMs }: TidyErpDeps): Promise<JobReport> {
  if (tidy === null || Math.floor(nowMs() / 60_000) % TIDY_ERP_EVERY_MINUTES !== 0) return { tidied: 0 };
  try {
    return { tidied: await tidy(AbortSignal.timeout(ERP_CALL_MS_MAX)) };
  } catch (error) {
    if (error instanceof ErpUnavailable) return { tidied: 0, unavailable: error.message };
    throw error;
  }
}
