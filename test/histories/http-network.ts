import type { Network } from './asking.ts';

export interface Door {
  readonly url: string;
  readonly keys: { readonly sales: string; readonly stock: string };
}

const CALL_MS_MAX = 20_000;
const PAUSE_MS = 25;
/** The runtime is back within some seconds, and then everybody is answered. */
const TRIES_MAX = 300;

/** The API over HTTP. `up` resolves while somebody serves: who knocks where nobody listens may meet himself. */
export function httpNetwork({ url, keys }: Door, faults: Pick<Network, 'thrownAway' | 'left'>, up: () => Promise<void>): Network {
  return {
    ...faults,
    ask: async (method, path, body, headers, signal) => {
      const limit = AbortSignal.timeout(CALL_MS_MAX);
      const reply = await fetch(url + path, {
        method,
        headers: {
          authorization: `Bearer ${path === '/v1/movements' ? keys.stock : keys.sales}`,
          'content-type': 'application/json',
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
      });
      return { status: reply.status, headers: reply.headers, body: await reply.json() };
    },
    pause: async (tries, why) => {
      if (tries > TRIES_MAX) throw new Error(`no answer after ${tries} tries: ${why}`);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      await up();
    },
    nowMs: () => Date.now(),
  };
}
