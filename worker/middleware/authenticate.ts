import { createMiddleware } from 'hono/factory';
import type { Context, MiddlewareHandler } from 'hono';
import type { Scope } from '../../contracts/keys.ts';
import type { AppEnv } from '../app-env.ts';
import type { LimitRequests } from '../rate-limit/limit-requests.ts';
import type { Standing } from '../rate-limit/rate-limits.ts';
import { problem } from '../problem.ts';
import { Refused } from '../refused.ts';
import { mayDo, type Principal } from './principal.ts';

/** Who presents this key, or null. */
export type Identify = (presentedKey: string) => Promise<Principal | null>;

/** Stands in front of a route and says which scope it takes; any one of several is enough. */
export type Allow = (...scopes: readonly [Scope, ...Scope[]]) => MiddlewareHandler<AppEnv>;

/** What each guard asks for, so that a test can see that no route is without one. */
export const guards = new WeakMap<object, readonly Scope[]>();

export function allowWith(identify: Identify, limitRequests: LimitRequests): Allow {
  const whoIs = async (c: Context<AppEnv>): Promise<Principal | null> => {
    const presented = bearerOf(c);
    return presented === undefined ? null : identify(presented);
  };
  return guardsWith(whoIs, 'Bearer', limitRequests);
}

export function bearerOf(c: Context<AppEnv>): string | undefined {
  return bearerIn(c.req.header('authorization'));
}

export function bearerIn(authorization: string | undefined): string | undefined {
  return /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
}

/** `challenge`: how whoever is nobody is asked to say who they are. */
export function guardsWith(
  whoIs: (c: Context<AppEnv>) => Promise<Principal | null>,
  challenge: string,
  limitRequests: LimitRequests,
): Allow {
  return (...scopes) => {
    const guard = createMiddleware<AppEnv>(async (c, next) => {
      const principal = await whoIs(c);
      if (principal === null) {
        return problem(c, new Refused('unauthenticated', 'send a valid API key as Authorization: Bearer'), {
          headers: { 'www-authenticate': challenge },
        });
      }
      c.set('principal', principal);
      c.var.noted.keyId = principal.keyId;
      const standing = await limitRequests(principal);
      if (standing !== null) {
        c.set('standing', standing);
        if (standing.refused !== null) return tooMany(c, standing.refused);
      }
      if (!scopes.some((scope) => mayDo(principal, scope))) {
        return problem(c, new Refused('scope_missing', `this needs the scope ${scopes.join(' or ')}`));
      }
      return next();
    });
    guards.set(guard, scopes);
    return guard;
  };
}

function tooMany(c: Context<AppEnv>, { quota, retryAfterSeconds }: NonNullable<Standing['refused']>): Response {
  const { requests, windowSeconds } = quota.limit;
  const who = quota.policy === 'key' ? 'this API key' : 'all API keys of this class of channels';
  return problem(c, new Refused('rate_limited', `${who} may send ${requests} requests in ${windowSeconds} seconds`), {
    headers: { 'retry-after': String(retryAfterSeconds) },
  });
}
