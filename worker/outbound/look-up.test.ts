import { expect, test } from 'vitest';
import { LOOK_UP_BYTES_MAX } from './limits.ts';
import { lookUpOverHttps } from './look-up.ts';

/** A resolver that answers as it is told, by type of record. */
function resolver(a: object | string, aaaa: object | string = { Status: 0 }, status = 200): typeof fetch {
  const send = async (url: string): Promise<Response> => {
    const answer = new URL(url).searchParams.get('type') === '1' ? a : aaaa;
    return new Response(typeof answer === 'string' ? answer : JSON.stringify(answer), { status });
  };
  return send as typeof fetch;
}

test('[R75] all addresses of both families are told, and the names on the way to them are not', async () => {
  const a = {
    Status: 0,
    TC: false,
    Answer: [
      { name: 'hooks.shop.com', type: 5, TTL: 60, data: 'shop.cdn.net.' },
      { name: 'shop.cdn.net', type: 1, TTL: 60, data: '93.184.215.14' },
    ],
  };
  const aaaa = { Status: 0, Answer: [{ name: 'shop.cdn.net', type: 28, TTL: 60, data: '::1' }] };
  expect(await lookUpOverHttps(resolver(a, aaaa))('hooks.shop.com')).toEqual(['93.184.215.14', '::1']);
});

test('[R75] a name that does not exist has no addresses', async () => {
  expect(await lookUpOverHttps(resolver({ Status: 3 }, { Status: 3 }))('nowhere.shop.com')).toEqual([]);
});

test.each([
  ['fails', { Status: 2 }],
  ['has more to say', { Status: 0, TC: true, Answer: [{ type: 1, data: '93.184.215.14' }] }],
  ['talks nonsense', '<html>'],
  ['says too much', `{"Status":0,"Comment":"${'x'.repeat(LOOK_UP_BYTES_MAX)}"}`],
])('[R75] a resolver that %s has not told', async (_, answer) => {
  await expect(lookUpOverHttps(resolver(answer))('hooks.shop.com')).rejects.toThrow();
});

test('[R75] a resolver that answers with an error has not told', async () => {
  await expect(lookUpOverHttps(resolver({ Status: 0 }, { Status: 0 }, 500))('hooks.shop.com')).rejects.toThrow('500');
});
