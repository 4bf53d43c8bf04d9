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
  });
});

test.each([
  [['--prot', '1'], '--prot'],
  [['--port', 'eighty'], '--port must be a number'],
  [['--port', '70000'], '--port must be a number'],
  [['--issue-at', 'later'], '--issue-at must be commit or fulfil or both'],
  [['--seed', 'all'], '--seed must be demo or none'],
])('%j is answered by what is wrong and by the usage', (flags, words) => {
  expect(() => startOptions(flags)).toThrow(words);
  expect(() => startOptions(flags)).toThrow('Usage: npm start');
});
