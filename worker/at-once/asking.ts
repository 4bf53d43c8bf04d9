import type { Scope } from '../../contracts/keys.ts';
import type { Directories } from '../catalogue/directory.ts';
import type { KeyCache } from '../catalogue/identify.ts';
import type { Names } from '../catalogue/names.ts';
import type { ManySnapshots } from '../cache/many-snapshots.ts';
import type { Snapshots } from '../cache/snapshots.ts';
import type { Log } from '../middleware/around.ts';
import type { Noted } from '../app-env.ts';
import { openToBrowsers, tellCaller } from '../middleware/around.ts';
import { bearerIn } from '../middleware/authenticate.ts';
import { mayDo, type Principal } from '../middleware/principal.ts';
import { traceOf } from '../middleware/trace.ts';
import { errorIn, problemTo, UNFORESEEN, type Asking } from '../problem.ts';
import type { RequestLimits } from '../rate-limit/limit-requests.ts';
import type { Standing } from '../rate-limit/rate-limits.ts';
import { Refused } from '../refused.ts';

/** Answers by itself, or leaves the request to the routes: null, or, where its body was read, as good as new. What it has asked for, it answers. */
export type AnswerAtOnce = (request: Request) => Response | null | Promise<Response | Request>;

export interface AtOnceDeps {
  readonly keys: Pick<KeyCache, 'recognise'>;
  readonly directories: Pick<Directories, 'atHand' | 'current'>;
  readonly names: Pick<Names, 'itemAtHand'>;
  readonly limits: Pick<RequestLimits, 'limitWithin'>;
  readonly snapshots: Pick<Snapshots, 'atHand' | 'strong'>;
  readonly many: Pick<ManySnapshots, 'atHand' | 'cached'>;
  readonly log: Log;
  readonly now: () => number;
}

/** Who may do this and was found to be so a moment ago. */
export function callerIn(headers: Headers, keys: AtOnceDeps['keys'], scope: Scope): Principal | null {
  const presented = bearerIn(headers.get('authorization') ?? undefined);
  const principal = presented === undefined ? null : keys.recognise(presented);
  return principal !== null && mayDo(principal, scope) ? principal : null;
}

/** Who asked for what, and was counted. */
export interface Counted {
  readonly request: Request;
  readonly path: string;
  readonly principal: Principal;
  readonly standing: Standing | null;
  readonly startedAtMs: number;
}

/**
 * What became of a question that had to wait, where there is no answer. The routes would count it once more, and ask once more
 * whoever has too much to do.
 */
export function refuseWith(deps: Pick<AtOnceDeps, 'log' | 'now'>): (counted: Counted, why: unknown) => Response {
  const tell = tellWith(deps);
  return (counted, why) => {
    const trace = traceOf(counted.request.headers.get('traceparent') ?? undefined);
    const noted: Noted = { keyId: counted.principal.keyId, ...(why instanceof Refused ? {} : { error: errorIn(why) }) };
    const asking = { trace, noted };
    const response = tell(counted, asking, problemTo(asking, why instanceof Refused ? why : UNFORESEEN));
    openToBrowsers(response.headers);
    return response;
  };
}

/** What surrounds an answer that nobody may keep: what it says of its request, and its line in the log. */
export function tellWith({
  log,
  now,
}: Pick<AtOnceDeps, 'log' | 'now'>): (counted: Counted, asking: Asking, response: Response) => Response {
  return ({ request: { method }, path, standing, startedAtMs }, { trace, noted }, response) => {
    response.headers.set('cache-control', 'no-store');
    tellCaller(response.headers, trace, standing ?? undefined);
    log({ method, path, status: response.status, correlationId: trace.traceId, ...noted, durationMs: now() - startedAtMs });
    return response;
  };
}

interface Posted {
  readonly path: string;
  readonly scope: Scope;
  /** What is longer is measured by the routes. */
  readonly bodyBytesMax: number;
}

/** What is posted to one path by callers who may; where it is not answered (null), the routes have it as it came. */
export function postedWith(
  { path, scope, bodyBytesMax }: Posted,
  { keys, directories, now }: Pick<AtOnceDeps, 'keys' | 'directories' | 'now'>,
  answer: (
    request: Request,
    principal: Principal,
    bytes: ArrayBuffer,
    startedAtMs: number,
  ) => Promise<Response> | Response | null,
): AnswerAtOnce {
  return (request) => {
    if (request.method !== 'POST' || !isAt(path, request.url)) return null;
    // NaN, where nobody says how long it is, is no more than anything.
    if (!(Number(request.headers.get('content-length') ?? Number.NaN) <= bodyBytesMax)) return null;
    const principal = callerIn(request.headers, keys, scope);
    if (principal === null || directories.atHand() === null) return null;
    const startedAtMs = now();

    return request.arrayBuffer().then(
      (bytes) => answer(request, principal, bytes, startedAtMs) ?? new Request(request, { method: 'POST', body: bytes }),
      // Half a body; the routes find that too, and log it.
      () => request,
    );
  };
}

/** Whether an address is of this path and asks nothing beside it. */
function isAt(path: string, url: string): boolean {
  return url.endsWith(path) && url.length === pathStart(url) + path.length;
}

/** Where the path of an address begins. */
export function pathStart(url: string): number {
  return url.indexOf('/', url.indexOf(':') + 4);
}
