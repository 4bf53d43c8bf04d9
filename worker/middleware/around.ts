import { createMiddleware } from 'hono/factory';
import type { AppEnv, Noted } from '../app-env.ts';
import { problem } from '../problem.ts';
import { Refused } from '../refused.ts';
import { traceOf } from './trace.ts';

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
    headers.set('traceparent', trace.traceparent);
    if (c.var.standing !== undefined) {
      headers.set('ratelimit-policy', c.var.standing.policies);
      headers.set('ratelimit', c.var.standing.limits);
    }
    if (!headers.has('cache-control')) headers.set('cache-control', 'no-store');
    if (c.req.method === 'GET' || c.req.path === READ_BY_POST) {
      headers.set('access-control-allow-origin', '*');
      headers.set('access-control-expose-headers', READABLE);
    }
    log({
      method: c.req.method,
      path: c.req.path,
      status: c.res.status,
      correlationId: trace.traceId,
      ...noted,
      durationMs: now() - startedAtMs,
    });
  });
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
