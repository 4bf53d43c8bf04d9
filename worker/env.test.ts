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

test('[R36] what is done about differences is read once; what is not said is as documented', () => {
  const { rules, dailyAtMinutes, recheckMs } = settings({
    RECONCILIATION:
      '{"daily_at": "23:30", "recheck_seconds": 9, "classes": {"unknown": {"tolerance_units": 2}, "late_order": {"action": "case"}}}',
  }).RECONCILIATION;
  expect([dailyAtMinutes, recheckMs]).toEqual([23 * 60 + 30, 9_000]);
  expect(rules.unknown).toEqual({ action: 'case', toleranceUnits: 2, tolerancePercent: 0 });
  expect([rules.late_order.action, rules.wrong_location.action]).toEqual(['case', 'case']);
  expect(settings({ RECONCILIATION: '{"daily_at": null}' }).RECONCILIATION.dailyAtMinutes).toBe(null);
});

test.each([
  '',
  '[]',
  '{"daily_at": "24:00"}',
  '{"recheck_seconds": 0}',
  '{"classes": {"other": {}}}',
  '{"classes": {"unknown": {"action": "shrug"}}}',
  '{"classes": {"unknown": {"tolerance_units": -1}}}',
  '{"classes": {"unknown": {"tolerance_percent": 101}}}',
  '{"classes": {"missing_post": {"action": "correct"}}}',
  '{"classes": {"double_post": {"tolerance_units": 1}}}',
])('[R36] a deployment that decides %j about differences does not start', (given) => {
  expect(() => settings({ RECONCILIATION: given })).toThrow('RECONCILIATION');
});
