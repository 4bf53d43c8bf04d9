import { createMiddleware } from 'hono/factory';
import type { AppEnv, Noted } from '../app-env.ts';
import { problem } from '../problem.ts';
import { Refused } from '../refused.ts';
import type { Standing } from '../rate-limit/rate-limits.ts';
import { traceOf, type Trace } from './trace.ts';

export type Log = (line: Readonly<Record<string, unknown>>) => void;

/** The one read that carries its question in a body; browsers may ask it as they may GET. */
export const READ_BY_POST = '/v1/availability/query';
const READABLE =
  'ETag, Holdfast-Feed, Holdfast-Next-Since, Idempotent-Replayed, Link, RateLimit, RateLimit-Policy, Retry-After, traceparent';

/**
 * Around every request: its trace in and out, what browsers and caches may do with the answer, and one line in the log.
 * One middleware and not four, since each costs the hottest read.
 */
export function around(log: Log, now: () => number) {
  return createMiddleware<AppEnv>(async (c, next) => {
    const startedAtMs = now();
    const trace = traceOf(c.req.header('traceparent'));
    const noted: Noted = {};
    c.set('trace', trace);
    c.set('noted', noted);
    if (isMalformed(c.req.url))
      c.res = problem(c, new Refused('invalid_request', 'the path has a percent sign that encodes nothing'));
    else await next();

    const { headers } = c.res;
    tellCaller(headers, trace, c.var.standing);
    if (!headers.has('cache-control')) headers.set('cache-control', 'no-store');
    if (c.req.method === 'GET' || c.req.method === 'HEAD' || c.req.path === READ_BY_POST) openToBrowsers(headers);
    const { method, path } = c.req;
    log({ method, path, status: c.res.status, correlationId: trace.traceId, ...noted, durationMs: now() - startedAtMs });
  });
}

/** What every answer says of its request. */
export function tellCaller(headers: Headers, { traceparent }: Trace, standing: Standing | undefined): void {
  headers.set('traceparent', traceparent);
  if (standing === undefined) return;
  headers.set('ratelimit-policy', standing.policies);
  headers.set('ratelimit', standing.limits);
}

/** Pages of others may read what is read. */
export function openToBrowsers(headers: Headers): void {
  headers.set('access-control-allow-origin', '*');
  headers.set('access-control-expose-headers', READABLE);
}

/** What cannot be decoded would be taken literally, and make an item of that name. */
function isMalformed(url: string): boolean {
  const [path = ''] = url.split('?', 1);
  if (!path.includes('%')) return false;
  try {
    decodeURIComponent(path);
    return false;
  } catch {
    return true;
  }
}
