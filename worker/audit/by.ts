import type { Context } from 'hono';
import type { AppEnv } from '../app-env.ts';
import type { By } from './audit-log.ts';

export function byOf(c: Context<AppEnv>): By {
  return { keyId: c.var.principal.keyId, correlationId: c.var.trace.traceId };
}
