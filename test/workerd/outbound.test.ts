import { expect, test } from 'vitest';
import { checkUrl } from '../../worker/outbound/check-url.ts';
import { outboundWith } from '../../worker/outbound/outbound.ts';
import { DANGEROUS_URLS, lookUpNames } from '../dangerous-urls.ts';

test('[R75] [F41] the URL parser of the real runtime sees through the same spellings', async () => {
  const checked = await Promise.all(
    DANGEROUS_URLS.map(async ([what, url]) => [what, (await checkUrl(url, { allowed: [], lookUp: lookUpNames })).may]),
  );
  expect(checked.filter(([, may]) => may !== false)).toEqual([]);
  expect(await checkUrl('https://HOOKS.shop.com./in', { allowed: [], lookUp: lookUpNames })).toEqual({ may: true });
});

test('[R75] in the real runtime an answer is whole when it is there, redirects are answers, and a body nobody wants is not read', async () => {
  const answers = new Map([
    ['https://hooks.shop.com/in', () => new Response('hello', { status: 201, headers: { 'x-said': 'so' } })],
    ['https://hooks.shop.com/none', () => new Response(null, { status: 204 })],
    ['https://hooks.shop.com/moved', () => new Response(null, { status: 302, headers: { location: 'https://127.0.0.1/' } })],
  ]);
  const asked: RequestInit[] = [];
  const send = async (url: string, init: RequestInit): Promise<Response> => {
    asked.push(init);
    return answers.get(url)?.() ?? new Response('x'.repeat(100_000));
  };
  const outbound = outboundWith({ allowed: [], lookUp: lookUpNames, send: send as typeof fetch });
  const answered = await outbound.fetch('https://hooks.shop.com/in', { method: 'POST', body: 'x' });
  expect([answered.status, answered.headers.get('x-said'), await answered.text()]).toEqual([201, 'so', 'hello']);
  expect((await outbound.fetch('https://hooks.shop.com/none')).status).toBe(204);
  expect((await outbound.tell('https://hooks.shop.com/moved', {})).status).toBe(302);
  expect((await outbound.tell('https://hooks.shop.com/long', {})).status).toBe(200);
  expect(asked.map(({ redirect }) => redirect)).toEqual(['manual', 'manual', 'manual', 'manual']);
});
