import { Hono } from 'hono';
import type { AppEnv } from './app-env.ts';
import { around, type Log } from './middleware/around.ts';
import { answerOtherMethods } from './middleware/methods.ts';
import { problem } from './problem.ts';
import { Refused } from './refused.ts';

export interface AppDeps {
  readonly log: Log;
  readonly now: () => number;
}

/** The API: what surrounds every request, the routes, and what is said where there is none. */
export function createApp(routes: readonly Hono<AppEnv>[], { log, now }: AppDeps): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  app.use(around(log, now));
  for (const each of routes) app.route('/', each);
  answerOtherMethods(app);

  app.notFound((c) => problem(c, new Refused('not_found', 'there is nothing at this path')));
  app.onError((error, c) => {
    c.var.noted.error = error.stack ?? error.message;
    return problem(c, new Refused('internal_error', 'the outcome is unknown: ask again, with the same Idempotency-Key'));
  });
  return app;
}
