import { expect, test } from 'vitest';
import { settingsOf } from './env.ts';

const GIVEN = {
  ERP_ADAPTER: 'http',
  ERP_ISSUE_AT: 'commit',
  ERP_OPTIONS: '{}',
  ERP_LANE: '{}',
  ERP_URL: 'http://127.0.0.1:8788',
  ERP_TOKEN: 't',
  BUYER_HASH_SECRET: 's',
  SECRETS_KEY: 'k',
  FRESH_FOR_MS_MAX: '1000',
  PIN_OUTCOME_SECONDS: '1800',
  RATE_LIMIT_KEY: '{"requests": 100, "window_seconds": 60}',
  RATE_LIMIT_CLASSES: '{}',
  RECONCILIATION: '{}',
};
const settings = (given: Partial<typeof GIVEN>) => settingsOf({ ...GIVEN, ...given } as unknown as Env);

test('[R46] limits of a deployment are read once: of every key, and of each class that is named', () => {
  expect(settings({}).RATE_LIMIT_KEY).toEqual({ requests: 100, windowSeconds: 60 });
  expect(settings({ RATE_LIMIT_KEY: 'null' }).RATE_LIMIT_KEY).toBe(null);
  const classes = settings({
    RATE_LIMIT_CLASSES: '{"200": {"requests": 5, "window_seconds": 1}, "-1": {"requests": 6, "window_seconds": 2}}',
  });
  expect([...classes.RATE_LIMIT_CLASSES]).toEqual([
    [200, { requests: 5, windowSeconds: 1 }],
    [-1, { requests: 6, windowSeconds: 2 }],
  ]);
});

test.each([
  { RATE_LIMIT_KEY: '' },
  { RATE_LIMIT_KEY: '{"requests": 100}' },
  { RATE_LIMIT_KEY: '{"requests": 0, "window_seconds": 60}' },
  { RATE_LIMIT_KEY: '{"requests": 1, "window_seconds": 3601}' },
  { RATE_LIMIT_CLASSES: 'null' },
  { RATE_LIMIT_CLASSES: '{"web": {"requests": 5, "window_seconds": 1}}' },
  { RATE_LIMIT_CLASSES: '{"200": 5}' },
])('[R46] a deployment with %j does not start', (given) => {
  expect(() => settings(given)).toThrow('RATE_LIMIT');
});
