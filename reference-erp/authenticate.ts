import type { MiddlewareHandler } from 'hono';
import { timingSafeEqual } from 'hono/utils/buffer';
import { problem } from './problem.ts';

export function authenticate(token: string): MiddlewareHandler {
  return async (c, next) => {
    const [scheme, given] = (c.req.header('Authorization') ?? '').split(' ', 2);
    const known = scheme?.toLowerCase() === 'bearer' && given !== undefined && (await timingSafeEqual(given, token));
    if (known) return next();
    return problem(c, 'unauthenticated', 'This ledger asks for a bearer token.', { 'WWW-Authenticate': 'Bearer' });
  };
}
