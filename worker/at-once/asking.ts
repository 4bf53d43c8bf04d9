import type { Directories } from '../catalogue/directory.ts';
import type { KeyCache } from '../catalogue/identify.ts';
import type { Names } from '../catalogue/names.ts';
import type { ManySnapshots } from '../cache/many-snapshots.ts';
import type { Snapshots } from '../cache/snapshots.ts';
import type { Log } from '../middleware/around.ts';
import { bearerIn } from '../middleware/authenticate.ts';
import { mayDo, type Principal } from '../middleware/principal.ts';
import type { RequestLimits } from '../rate-limit/limit-requests.ts';

/** Answers by itself, or leaves the request to the routes: null, or, where its body was read, as good as new. */
export type AnswerAtOnce = (request: Request) => Response | null | Promise<Response | Request>;

export interface AtOnceDeps {
  readonly keys: Pick<KeyCache, 'recognise'>;
  readonly directories: Pick<Directories, 'atHand'>;
  readonly names: Pick<Names, 'itemAtHand'>;
  readonly limits: Pick<RequestLimits, 'limitWithin'>;
  readonly snapshots: Pick<Snapshots, 'atHand' | 'strong'>;
  readonly many: Pick<ManySnapshots, 'cached'>;
  readonly log: Log;
  readonly now: () => number;
}

/** Who may read and was found to be so a moment ago. */
export function readerIn(headers: Headers, keys: AtOnceDeps['keys']): Principal | null {
  const presented = bearerIn(headers.get('authorization') ?? undefined);
  const principal = presented === undefined ? null : keys.recognise(presented);
  return principal !== null && mayDo(principal, 'availability:read') ? principal : null;
}

/** Where the path of an address begins. */
export function pathStart(url: string): number {
  return url.indexOf('/', url.indexOf(':') + 4);
}
