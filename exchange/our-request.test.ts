import { expect, test } from 'vitest';
import { ourRequest } from './our-request.ts';

const SIGNAL = AbortSignal.timeout(1_000);

test('a request follows no redirect, and says who asks for what', () => {
  const { redirect, headers, method } = ourRequest('https://shop.test/', { headers: { Authorization: 'Bearer x' } }, SIGNAL);
  expect([redirect, method, Object.fromEntries(headers)]).toEqual([
    'manual',
    'GET',
    { accept: 'application/json', authorization: 'Bearer x', 'user-agent': 'Holdfast' },
  ]);
});

test('what a vendor wants otherwise, it gets', () => {
  const { headers } = ourRequest('https://shop.test/', { headers: new Headers({ accept: 'text/csv' }) }, SIGNAL);
  expect(headers.get('accept')).toBe('text/csv');
});
