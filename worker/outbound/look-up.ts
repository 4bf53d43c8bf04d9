import * as z from 'zod';
import { LOOK_UP_BYTES_MAX, LOOK_UP_MS_MAX } from './limits.ts';
import { textOf } from './read-answer.ts';

/** All addresses of a name, IPv4 and IPv6; none where there is no such name. Throws where nobody could be asked. */
export type LookUp = (name: string) => Promise<readonly string[]>;

const RESOLVER = 'https://cloudflare-dns.com/dns-query';
const A = 1;
const AAAA = 28;
const NO_ERROR = 0;
const NO_SUCH_NAME = 3;

const answers = z.object({
  Status: z.int(),
  TC: z.boolean().optional(),
  Answer: z.array(z.object({ type: z.int(), data: z.string() })).optional(),
});

/** DNS over HTTPS, from the resolver that the runtime's own `node:dns` asks; as a call of ours it can be tried without a network. */
export function lookUpOverHttps(send: typeof fetch): LookUp {
  const ask = async (name: string, type: typeof A | typeof AAAA): Promise<readonly string[]> => {
    const query = new URLSearchParams({ name, type: String(type) });
    const headers = { accept: 'application/dns-json' };
    const signal = AbortSignal.timeout(LOOK_UP_MS_MAX);
    const response = await send(`${RESOLVER}?${query.toString()}`, { headers, redirect: 'manual', signal });
    const text = await textOf(response, LOOK_UP_BYTES_MAX);
    if (response.status !== 200) throw new Error(`the resolver answered ${response.status}`);
    const { Status: status, TC: cut, Answer: found = [] } = answers.parse(JSON.parse(text));
    if (status === NO_SUCH_NAME) return [];
    if (status !== NO_ERROR || cut === true) throw new Error(`the resolver could not tell of ${name} (${status})`);
    return found.filter((one) => one.type === type).map(({ data }) => data);
  };
  return async (name) => (await Promise.all([ask(name, A), ask(name, AAAA)])).flat();
}
