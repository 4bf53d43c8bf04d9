import type { Hono } from 'hono';
import type { AppEnv } from '../app-env.ts';
import { problem } from '../problem.ts';
import { Refused } from '../refused.ts';

/** Every path that exists answers what it is not made for: OPTIONS for browsers, 405 with what it is made for. */
export function answerOtherMethods(app: Hono<AppEnv>): void {
  const methods = new Map<string, Set<string>>();
  for (const { path, method } of app.routes) {
    if (method !== 'ALL') methods.set(path, (methods.get(path) ?? new Set<string>()).add(method));
  }
  for (const [path, known] of methods) {
    const allow = [...known, ...(known.has('GET') ? ['HEAD'] : []), 'OPTIONS'].sort().join(', ');
    app.all(path, (c) => {
      if (c.req.method !== 'OPTIONS') {
        return problem(c, new Refused('method_not_allowed', `this path takes ${allow}`), { headers: { allow } });
      }
      return c.body(null, 204, {
        allow,
        'access-control-allow-origin': '*',
        // Browsers may read; what changes something is not called from pages of others.
        'access-control-allow-methods': 'GET, OPTIONS',
        'access-control-allow-headers': 'Authorization, If-None-Match, traceparent',
        'access-control-max-age': '86400',
      });
    });
  }
}
