import type { Hono } from 'hono';
import type { AppEnv } from '../app-env.ts';
import { problem } from '../problem.ts';
import { Refused } from '../refused.ts';
import { READ_BY_POST } from './around.ts';

/** Every path that exists answers what it is not made for: OPTIONS for browsers, 405 with what it is made for. */
export function answerOtherMethods(app: Hono<AppEnv>): void {
  const methods = new Map<string, Set<string>>();
  for (const { path, method } of app.routes) {
    if (method !== 'ALL') methods.set(path, (methods.get(path) ?? new Set<string>()).add(method));
  }
  // A path that says itself what it is comes before one that may be anything.
  const literalFirst = [...methods].sort(([a], [b]) => Number(a.includes(':')) - Number(b.includes(':')));
  for (const [path, known] of literalFirst) {
    const allow = [...known, ...(known.has('GET') ? ['HEAD'] : []), 'OPTIONS'].sort().join(', ');
    app.all(path, (c) => {
      if (c.req.method !== 'OPTIONS') {
        return problem(c, new Refused('method_not_allowed', `this path takes ${allow}`), { headers: { allow } });
      }
      return c.body(null, 204, {
        allow,
        'access-control-allow-origin': '*',
        // Browsers may read; what changes something is not called from pages of others.
        'access-control-allow-methods': path === READ_BY_POST ? 'POST, OPTIONS' : 'GET, OPTIONS',
        'access-control-allow-headers': 'Authorization, Content-Type, If-None-Match, traceparent',
        'access-control-max-age': '86400',
      });
    });
  }
}
