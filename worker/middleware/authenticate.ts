import { createMiddleware } from 'hono/factory';
import type { MiddlewareHandler } from 'hono';
import type { Scope } from '../../contracts/keys.ts';
import type { AppEnv } from '../app-env.ts';
import { problem } from '../problem.ts';
import { Refused } from '../refused.ts';
import { mayDo, type Principal } from './principal.ts';

/** Who presents this key, or null. */
export type Identify = (presentedKey: string) => Promise<Principal | null>;

/** Stands in front of a route and says which scope it takes; any one of several is enough. */
export type Allow = (...scopes: readonly [Scope, ...Scope[]]) => MiddlewareHandler<AppEnv>;

/** What each guard asks for, so that a test can see that no route is without one. */
export const guards = new WeakMap<object, readonly Scope[]>();

export function allowWith(identify: Identify): Allow {
  return (...scopes) => {
    const guard = createMiddleware<AppEnv>(async (c, next) => {
      const presented = /^Bearer +(\S+) *$/i.exec(c.req.header('authorization') ?? '')?.[1];
      const principal = presented === undefined ? null : await identify(presented);
      if (principal === null) {
        return problem(c, new Refused('unauthenticated', 'send a valid API key as Authorization: Bearer'), {
          headers: { 'www-authenticate': 'Bearer' },
        });
      }
      c.set('principal', principal);
      c.var.noted.keyId = principal.keyId;
      if (!scopes.some((scope) => mayDo(principal, scope))) {
        return problem(c, new Refused('scope_missing', `this needs the scope ${scopes.join(' or ')}`));
      }
      return next();
    });
    guards.set(guard, scopes);
    return guard;
  };
}
