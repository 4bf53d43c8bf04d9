import { parse } from 'csv-parse/sync';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { cellsOf } from './csv-cells.ts';

test.each([
  ['plain', 'a,b,,c', ['a', 'b', '', 'c']],
  ['quoted', '"a,b","say ""hi""",""', ['a,b', 'say "hi"', '']],
  ['of several lines', '"one\r\ntwo",3', ['one\r\ntwo', '3']],
  ['ending with nothing', 'a,', ['a', '']],
  ['a quote within', 'a"b,c', null],
  ['something behind the quotes', '"a" ,b', null],
  ['never closed', '"a,b', null],
  ['two records', 'a\nb', null],
  ['nothing', '', null],
])('cells that are %s', (_, record, cells) => {
  expect(cellsOf(record, ',')).toEqual(cells);
});

test('whatever a record says, its cells are what csv-parse reads', () => {
  const part = fc.constantFrom('a', 'é', '"', '""', ',', ';', '\t', '\n', '\r', '\r\n', ' ', '"a",', '"\n"');
  // A line end behind a record is no longer there when its cells are read.
  const record = fc.array(part, { maxLength: 12 }).map((parts) => parts.join('').replace(/[\r\n]+$/, ''));
  fc.assert(
    fc.property(record, fc.constantFrom(',', ';', '\t'), (text, delimiter) => {
      expect(cellsOf(text, delimiter)).toEqual(byLibrary(text, delimiter));
    }),
    { numRuns: 5_000 },
  );
});

function byLibrary(text: string, delimiter: string): readonly string[] | null {
  try {
    const [cells, ...more] = parse(text, { delimiter, relax_column_count: true }) as readonly (readonly string[])[];
    return cells === undefined || more.length > 0 ? null : cells;
  } catch {
    return null;
  }
}
