import { expect, test } from 'vitest';
import { settingsOf } from './env.ts';
import { laneSettings } from './erp/lane-settings.ts';
import { ERP_CALL_MS_MAX } from './jobs/limits.ts';

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
  LOG_READS_ONE_IN: '100',
  RATE_LIMIT_KEY: '{"requests": 100, "window_seconds": 60}',
  RATE_LIMIT_CLASSES: '{}',
  RECONCILIATION: '{}',
  OUTBOUND_ALLOWED: '[]',
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

test('[F41] addresses that may be called all the same are a host and its port, or all of them', () => {
  const { OUTBOUND_ALLOWED: allowed } = settings({
    OUTBOUND_ALLOWED: '["127.0.0.1:*", "[::1]:8080", "hooks.shop.internal:443"]',
  });
  expect(allowed).toEqual([
    { host: '127.0.0.1', port: '*' },
    { host: '[::1]', port: 8_080 },
    { host: 'hooks.shop.internal', port: 443 },
  ]);
});

test.each(['["127.0.0.1"]', '["*:*"]', '["https://a.example:443"]', '["a.example:0"]', '["a.example:65536"]', '"a.example:443"'])(
  '[F41] a deployment that allows %s does not start',
  (given) => {
    expect(() => settings({ OUTBOUND_ALLOWED: given })).toThrow('OUTBOUND_ALLOWED');
  },
);

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

test.each([
  ['tryton', '{}'],
  ['odoo', '{"protocol": "xmlrpc"}'],
  ['sap', '{}'],
])(
  'a deployment whose ERP is %s with the options %s does not start, though it connects only when it has something to post',
  (adapter, options) => {
    expect(() => settings({ ERP_ADAPTER: adapter, ERP_OPTIONS: options })).toThrow();
  },
);

test("[R33] what an ERP bears is read once, and what is not said of it is its adapter's", () => {
  const { ERP_LANE } = settings({ ERP_LANE: '{"calls_per_second": null, "calls_at_once_max": 1, "open_after": 3}' });
  const lane = laneSettings('http', ERP_LANE, { callsAtOnceMax: 8 });
  expect(lane).toMatchObject({ callsPerSecond: null, callsAtOnceMax: 1, openAfter: 3 });
  expect(lane).toEqual({ ...laneSettings('http', {}, { callsAtOnceMax: 8 }), ...ERP_LANE });
  expect(laneSettings('http', {}, { callsAtOnceMax: 8 })).toMatchObject({ callsPerSecond: 100, callsAtOnceMax: 8 });
});

test('[R33] a place on the lane lasts longer than any call', () => {
  const { leaseMs } = laneSettings('http', {}, { callsAtOnceMax: 8 });
  expect(leaseMs).toBeGreaterThan(ERP_CALL_MS_MAX);
});

test.each([
  '',
  '[]',
  '{"calls_per_second": 0}',
  '{"calls_per_second": 10001}',
  '{"burst": 0}',
  '{"burst": 1.5}',
  '{"calls_at_once_max": 0}',
  '{"calls_at_once_max": 101}',
  '{"grow_after": 0}',
  '{"open_after": 1001}',
  '{"calls": 5}',
])('[R33] a deployment with ERP_LANE %s does not start', (given) => {
  expect(() => settings({ ERP_LANE: given })).toThrow('ERP_LANE');
});
