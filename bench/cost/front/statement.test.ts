import { expect, test } from 'vitest';
import { statementOf } from './statement.ts';

test.each([
  ['INSERT INTO journal_2871 (sequence) VALUES (?)', 'INSERT journal_N'],
  ['insert into "event" ("sku") values (?)', 'INSERT event'],
  ['WITH message AS (SELECT 1 FROM x)\nINSERT INTO event SELECT * FROM message', 'INSERT event'],
  ['INSERT OR IGNORE INTO meta VALUES (1)', 'INSERT meta'],
  ['UPDATE reservation SET body = ?', 'UPDATE reservation'],
  ['DELETE FROM event WHERE cursor < ?', 'DELETE event'],
  ['SELECT a,\n b FROM closed_12 WHERE id = ?', 'SELECT closed_N'],
  ['CREATE TABLE IF NOT EXISTS journal_3 (sequence INTEGER PRIMARY KEY)', 'CREATE journal_N'],
  ['PRAGMA optimize', 'other'],
])('%s is known as %s', (sql, known) => {
  expect(statementOf(sql)).toBe(known);
});
