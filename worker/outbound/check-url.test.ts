import { expect, test } from 'vitest';
import { URL_CHARACTERS_MAX } from '../../contracts/limits.ts';
import { DANGEROUS_URLS, lookUpNames, NAMES } from '../../test/dangerous-urls.ts';
import { checkUrl } from './check-url.ts';

const NOTHING_ALLOWED = { allowed: [], lookUp: lookUpNames };

test.each(DANGEROUS_URLS)('[R75] [F41] an address that is %s is not called: %s', async (_, url) => {
  expect(await checkUrl(url, NOTHING_ALLOWED)).toMatchObject({ may: false });
});

test.each([
  'https://hooks.shop.com/in?key=1',
  'https://hooks.shop.com:443/in',
  'https://HOOKS.shop.com./in',
  'https://93.184.215.14/',
  'https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/',
])('[R75] an address of the public internet is called: %s', async (url) => {
  expect(await checkUrl(url, NOTHING_ALLOWED)).toEqual({ may: true });
});

test('[R75] what a deployment allows is called, on that port alone, and without asking who has that name', async () => {
  const lookUp = async (): Promise<never> => Promise.reject(new Error('nobody is to be asked'));
  const allowed = [
    { host: '127.0.0.1', port: '*' as const },
    { host: 'hooks.shop.internal', port: 8_443 },
  ];
  const may = async (url: string): Promise<unknown> => (await checkUrl(url, { allowed, lookUp })).may;
  expect(await may('http://127.0.0.1:9999/')).toBe(true);
  expect(await may('http://2130706433/')).toBe(true);
  expect(await may('https://hooks.shop.internal:8443/')).toBe(true);
  expect(await may('https://hooks.shop.internal/')).toBe(false);
  expect(await may('http://127.0.0.2:9999/')).toBe(false);
  expect(await may('http://me:secret@127.0.0.1:9999/')).toBe(false);
  expect(await may('ftp://127.0.0.1:9999/')).toBe(false);
});

test('[R75] a name that nobody can look up now is neither good nor bad', async () => {
  const lookUp = async (): Promise<never> => Promise.reject(new Error('no network'));
  expect(await checkUrl('https://hooks.shop.com/', { allowed: [], lookUp })).toMatchObject({ may: 'unknown' });
});

test('[R75] whoever is refused does not learn which address a name has inside', async () => {
  const { why } = { why: '', ...(await checkUrl('https://inside.shop.com/', NOTHING_ALLOWED)) };
  expect(why).not.toContain(NAMES['inside.shop.com']?.[0]);
});

test('[R75] an address of more than 2,048 characters is refused', async () => {
  const longest = `https://hooks.shop.com/${'x'.repeat(URL_CHARACTERS_MAX - 'https://hooks.shop.com/'.length)}`;
  expect(await checkUrl(longest, NOTHING_ALLOWED)).toEqual({ may: true });
  expect(await checkUrl(`${longest}x`, NOTHING_ALLOWED)).toMatchObject({ may: false });
});
