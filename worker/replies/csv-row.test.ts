import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { csvRow } from './csv-row.ts';

test.each(['plain', 'a,b', 'say "hi"', 'two\nlines', 'two\r\nlines', ' edges ', 'ünï', "it's"])(
  '[I24] %j comes back as it was',
  (text) => {
    expect(parse(csvRow([text, 'next'])) as unknown).toEqual([[text, 'next']]);
  },
);

test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\rx', '＝1', '＋1', '－1', '＠x'])(
  '[I24] %j does nothing in a spreadsheet',
  (text) => {
    expect(parse(csvRow([text])) as unknown).toEqual([[`'${text}`]]);
  },
);

test('[I24] numbers stay numbers, and what is not there is empty', () => {
  expect(csvRow([-4, 0, null, ''])).toBe('-4,0,,\r\n');
});
