import { Hono } from 'hono';
import type { AppEnv } from '../app-env.ts';

export interface HealthDeps {
  readonly db: D1Database;
}

/** For whoever watches over us: does the process answer, and does its database. */
export function healthRoutes({ db }: HealthDeps): Hono<AppEnv> {
  return new Hono<AppEnv>()
    .get('/healthz', (c) => c.json({ status: 'ok' }))
    .get('/readyz', async (c) => {
      try {
        await db.prepare('SELECT version FROM network_version').first();
        return c.json({ status: 'ok', database: 'ok' });
      } catch (error) {
        // Not an internal error: to say so is what this path is for.
        c.var.noted.error = String(error);
        return c.json({ status: 'unavailable', database: 'unavailable' }, 503);
      }
    });
}
