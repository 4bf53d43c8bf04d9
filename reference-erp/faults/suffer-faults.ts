import type { MiddlewareHandler } from 'hono';
import { ERP_PATHS } from '../../contracts/generic-erp.ts';
import { injectedProblem, problem } from '../problem.ts';
import { nextFault } from './fault-store.ts';

declare module 'hono' {
  interface ContextVariableMap {
    refusedSkus: ReadonlySet<string>;
  }
}

// Longer than anybody's patience, shorter than a test that forgot to give up.
const SILENCE_MS = 30_000;

/** Makes this ERP as slow, strict or dead as somebody asked it to be. */
export function sufferFaults(database: D1Database): MiddlewareHandler {
  return async (c, next) => {
    const posting = c.req.method === 'POST' && c.req.path === ERP_PATHS.movements;
    const { fault, faults } = await nextFault(database, posting ? 'posting' : 'other', Date.now());
    await delay(faults.latency_ms);
    switch (fault.kind) {
      case 'none':
        c.set('refusedSkus', new Set(faults.refuse_skus));
        return next();
      case 'down':
        return c.html('<h1>503 Service Unavailable</h1>', 503);
      case 'throttled':
        return problem(c, 'rate_limited', 'Nothing was booked.', { 'Retry-After': String(fault.retryAfterSeconds) });
      case 'failing':
        return injectedProblem(c, fault.status);
      case 'silent':
        c.set('refusedSkus', new Set(faults.refuse_skus));
        await next();
        await delay(SILENCE_MS);
        c.res = problem(c, 'no_answer', 'It was booked all the same.');
        return;
    }
  };
}

async function delay(durationMs: number): Promise<void> {
  if (durationMs > 0) await new Promise((resolve) => setTimeout(resolve, durationMs));
}
