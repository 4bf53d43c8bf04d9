import type { Ask, Said } from '../buyers/ask.ts';

const CALL_MS_MAX = 20_000;

export function askerAt(url: string, key: string): Ask {
  return async (method, pathname, body, headers = {}): Promise<Said> => {
    const reply = await fetch(url + pathname, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(CALL_MS_MAX),
    });
    return { status: reply.status, headers: reply.headers, body: await reply.json() };
  };
}
