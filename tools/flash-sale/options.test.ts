import path from 'node:path';
import { expect, test } from 'vitest';
import { flashSaleOptions } from './options.ts';

const FRONT = ['--front', 'https://shop.example', '--admin-key', 'a', '--sales-key', 's'];

test('without a word, it is held at the front of npm start', () => {
  expect(flashSaleOptions([])).toMatchObject({
    buyers: 5_000,
    units: 200,
    abandonPercent: 0,
    where: { at: 'state', stateDir: path.resolve('.holdfast') },
  });
});

test('another front is named with its keys, and with its ERP only where that may be looked at', () => {
  expect(flashSaleOptions(FRONT).where).toEqual({
    at: 'front',
    url: 'https://shop.example',
    keys: { admin: 'a', sales: 's' },
    erp: null,
  });
  const erp = ['--erp-url', 'https://erp.example', '--erp-token', 't'];
  expect(flashSaleOptions([...FRONT, ...erp]).where).toMatchObject({ erp: { url: 'https://erp.example', token: 't' } });
});

test.each([
  ['a front without keys', ['--front', 'https://shop.example'], 'needs --admin-key'],
  ['keys without a front', ['--admin-key', 'a'], 'needs --admin-key'],
  ['an ERP without its token', [...FRONT, '--erp-url', 'https://erp.example'], 'needs --erp-token'],
  ['two fronts', [...FRONT, '--own'], 'two different fronts'],
  ['nobody who buys', ['--buyers', '0'], 'buyers'],
  ['more than everybody who abandons', ['--abandon', '101'], 'abandon'],
  ['a flag that is not there', ['--fast'], "'--fast'"],
  ['a word that is no flag', ['now'], "'now'"],
])('%s is explained, not guessed', (_, args, message) => {
  expect(() => flashSaleOptions(args)).toThrow(message);
});
