import { checkUrl, type CheckDeps, type Checked } from './check-url.ts';
import { OUTBOUND_ANSWER_BYTES_MAX, OUTBOUND_CALL_MS_MAX } from './limits.ts';
import { bytesOfAnswer } from './read-answer.ts';

/** The only way to addresses that somebody registered with us. */
export interface Outbound {
  check(url: string): Promise<Checked>;
  /**
   * Like `fetch`, for whoever brings one along: the address is checked anew, no redirect is followed (a 3xx is an answer like any
   * other), it ends by itself after a while, and its answer is whole and of bounded size when it is there. Throws
   * OutboundRefused where the address may not be called, and whatever `fetch` throws.
   */
  readonly fetch: GuardedFetch;
  /** The same for whom only the status and the headers matter: not a byte of the answer's body is read. */
  readonly tell: (url: string, init: RequestInit) => Promise<Pick<Response, 'status' | 'headers'>>;
}

export type GuardedFetch = (url: string, init?: RequestInit) => Promise<Response>;

export interface OutboundDeps extends CheckDeps {
  readonly send: typeof fetch;
}

/** We do not call this address, now or ever (`may: false`), or nobody could tell just now. */
export class OutboundRefused extends Error {
  override readonly name = 'OutboundRefused';
  readonly isForGood: boolean;

  constructor({ may, why }: Exclude<Checked, { may: true }>) {
    super(why);
    this.isForGood = may === false;
  }
}

export function outboundWith(deps: OutboundDeps): Outbound {
  const check = (url: string): Promise<Checked> => checkUrl(url, deps);
  const send: GuardedFetch = async (url, init = {}) => {
    const patience = AbortSignal.timeout(OUTBOUND_CALL_MS_MAX);
    const signal = AbortSignal.any([patience, ...(init.signal instanceof AbortSignal ? [init.signal] : [])]);
    const checked = await check(url);
    if (checked.may !== true) throw new OutboundRefused(checked);
    signal.throwIfAborted();
    return deps.send(url, { ...init, redirect: 'manual', signal });
  };
  return {
    check,
    fetch: async (url, init) => whole(await send(url, init)),
    tell: async (url, init) => {
      const { status, headers, body } = await send(url, init);
      await body?.cancel();
      return { status, headers };
    },
  };
}

/** The same answer with all of its body in hand, unpacked. */
async function whole(response: Response): Promise<Response> {
  const { status, statusText } = response;
  const bytes = await bytesOfAnswer(response, OUTBOUND_ANSWER_BYTES_MAX);
  const headers = new Headers(response.headers);
  for (const name of ['content-encoding', 'content-length', 'transfer-encoding']) headers.delete(name);
  return new Response(BODILESS.includes(status) ? null : bytes, { status, statusText, headers });
}

/** A Response of these must be made without a body. */
const BODILESS = [101, 204, 205, 304];
