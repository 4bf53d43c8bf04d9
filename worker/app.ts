import { Hono, type Context } from 'hono';
import type { AppEnv } from './app-env.ts';
import type { AnswerAtOnce } from './at-once/asking.ts';
import { around, type Log } from './middleware/around.ts';
import { answerOtherMethods } from './middleware/methods.ts';
import { errorIn, problem, UNFORESEEN } from './problem.ts';
import { Refused } from './refused.ts';

export interface AppDeps {
  readonly log: Log;
  readonly now: () => number;
  /** In front of everything. */
  readonly answerAtOnce?: AnswerAtOnce;
}

/**
 * The API: what surrounds every request, the routes, and what is said where there is none. Some routes may come later: they are
 * brought when something is asked that the others do not know.
 */
export function createApp(
  routes: readonly Hono<AppEnv>[],
  { log, now, answerAtOnce = () => null }: AppDeps,
  laterRoutes?: () => Promise<readonly Hono<AppEnv>[]>,
): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  app.use(around(log, now));
  for (const each of routes) app.route('/', each);
  answerOtherMethods(app);
  if (laterRoutes !== undefined) app.all('*', later(laterRoutes));
  app.notFound(nothingHere);
  app.onError(unforeseen);
  const { fetch } = app;
  app.fetch = (request, ...surroundings) => {
    const answer = answerAtOnce(request);
    if (answer === null) return fetch(request, ...surroundings);
    if (answer instanceof Response) return answer;
    return answer.then((one) => (one instanceof Response ? one : fetch(one, ...surroundings)));
  };
  return app;
}

/** Only what they made is shared between requests, and never a promise: whoever waits for another's may be left alone with it. */
function later(routes: () => Promise<readonly Hono<AppEnv>[]>): (c: Context<AppEnv>) => Promise<Response> {
  let app: Hono<AppEnv> | null = null;
  return async (c) => {
    if (app === null) {
      const brought = await routes();
      app ??= appOfLater(brought);
    }
    return app.fetch(c.req.raw, { within: c } satisfies Within);
  };
}

interface Within {
  readonly within: Context<AppEnv>;
}

/** Its requests are part of one that is surrounded already: they have its trace and its notes, and it hears of their limits. */
function appOfLater(routes: readonly Hono<AppEnv>[]): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  app.use(async (c: Context<AppEnv & { Bindings: Within }>, next) => {
    const { within } = c.env;
    c.set('trace', within.var.trace);
    c.set('noted', within.var.noted);
    await next();
    if (c.var.standing !== undefined) within.set('standing', c.var.standing);
  });
  for (const each of routes) app.route('/', each);
  answerOtherMethods(app);
  app.notFound(nothingHere);
  app.onError(unforeseen);
  return app;
}

function nothingHere(c: Context): Response {
  return problem(c, new Refused('not_found', 'there is nothing at this path'));
}

function unforeseen(error: Error, c: Context): Response {
  c.var.noted.error = errorIn(error);
  return problem(c, UNFORESEEN);
}
