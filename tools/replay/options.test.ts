import path from 'node:path';
import { expect, test } from 'vitest';
import { replayOptions } from './options.ts';

test('a file is enough', () => {
  expect(replayOptions(['orders.csv'])).toMatchObject({
    file: path.resolve('orders.csv'),
    keysFile: path.resolve('.holdfast/dev-keys.json'),
    opening: 0.8,
    issueAt: 'commit',
    concurrency: 8,
    resume: false,
  });
});

test('the keys lie in the state, wherever that is', () => {
  expect(replayOptions(['orders.csv', '--state', '/srv/state']).keysFile).toBe('/srv/state/dev-keys.json');
});

test.each([
  ['nothing at all', [], 'Usage'],
  ['no file', ['--run', 'x'], 'One file'],
  ['two files', ['a.csv', 'b.csv'], 'One file'],
  ['a flag that is not there', ['a.csv', '--fast'], "'--fast'"],
  ['an end that is said twice', ['a.csv', '--limit-days', '1', '--until', '2031-03-03'], 'say the same twice'],
  ['a run with a name that no file can have', ['a.csv', '--run', '../x'], 'letters'],
  ['a day that is none', ['a.csv', '--until', '2031-02-30'], 'until'],
  ['another opening for a run that has opened', ['--resume', '--opening', '0.5'], 'takes no --opening'],
  ['an ERP moment that the replay does not know', ['a.csv', '--issue-at', 'both'], 'issue-at'],
])('%s is explained, not guessed', (_, args, message) => {
  expect(() => replayOptions(args)).toThrow(message);
});

test('a run is taken up without naming its file', () => {
  expect(replayOptions(['--resume'])).toMatchObject({ file: null, run: null, resume: true });
});
