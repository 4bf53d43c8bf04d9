import { expect, test } from 'vitest';
import { startOptions } from './options.ts';

test('with no flags, everything has its usual place', () => {
  expect(startOptions([])).toMatchObject({
    port: 8787,
    erpPort: 8788,
    seed: 'demo',
    fresh: false,
    issueAt: 'commit',
    erpFaults: false,
  });
});

test('every flag is heard', () => {
  const flags = [
    '--port',
    '0',
    '--erp-port',
    '9001',
    '--seed',
    'none',
    '--fresh',
    '--issue-at',
    'both',
    '--erp-faults',
    '--state',
    '/tmp/x',
  ];
  expect(startOptions(flags)).toEqual({
    port: 0,
    erpPort: 9001,
    seed: 'none',
    fresh: true,
    issueAt: 'both',
    erpFaults: true,
    state: '/tmp/x',
    erp: null,
  });
});

test.each([
  [['--prot', '1'], '--prot'],
  [['--port', 'eighty'], '--port must be a number'],
  [['--port', '70000'], '--port must be a number'],
  [['--issue-at', 'later'], '--issue-at must be commit or fulfil or both'],
  [['--seed', 'all'], '--seed must be demo or none'],
  [['--erp', 'tryton'], '--erp-url'],
  [['--erp', 'tryton', '--erp-url', 'http://127.0.0.1:8000/shop'], 'ERP_TOKEN'],
])('%j is answered by what is wrong and by the usage', (flags, words) => {
  expect(() => startOptions(flags, {})).toThrow(words);
  expect(() => startOptions(flags, {})).toThrow('Usage: npm start');
});

test('another ERP has its address and options by flags, its secret by the environment, and no demo goods', () => {
  const flags = ['--erp', 'tryton', '--erp-url', 'http://127.0.0.1:8000/shop', '--erp-options', '{"user":"holdfast"}'];
  expect(startOptions(flags, { ERP_TOKEN: 'secret' })).toMatchObject({
    seed: 'none',
    erp: { adapter: 'tryton', url: 'http://127.0.0.1:8000/shop', options: '{"user":"holdfast"}', token: 'secret' },
  });
  expect(() => startOptions(['--erp', 'sap', ...flags.slice(2)], { ERP_TOKEN: 'secret' })).toThrow(
    '--erp must be http or odoo or tryton',
  );
  expect(() => startOptions([...flags, '--erp-options', 'user'], { ERP_TOKEN: 'secret' })).toThrow('--erp-options must be JSON');
});
