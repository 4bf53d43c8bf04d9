import type { Principal } from './middleware/principal.ts';
import type { Trace } from './middleware/trace.ts';
import type { Standing } from './rate-limit/rate-limits.ts';

/** What belongs to one request and to nothing else. */
export interface AppEnv {
  Variables: {
    readonly trace: Trace;
    /** Set by `allow`; an open route has none. */
    principal: Principal;
    /** Set by `allow` where something limits the caller. */
    standing?: Standing;
    readonly noted: Noted;
  };
}

/** What the line in the log says beyond method, path, status and time. */
export interface Noted {
  keyId?: string;
  channel?: string;
  sku?: string;
  reservationId?: string;
  decision?: string;
  sequence?: number;
  replayed?: boolean;
  items?: number;
  rejected?: number;
  source?: string;
  /** Of an exception: never in the answer. */
  error?: string;
}
