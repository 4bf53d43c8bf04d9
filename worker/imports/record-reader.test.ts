import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { IMPORT_ROW_BYTES_MAX } from '../../contracts/limits.ts';
import { cellsOf } from './csv-columns.ts';
import { RecordReader } from './record-reader.ts';

const encoder = new TextEncoder();

interface How {
  readonly columns?: number | null;
  readonly readBytes?: number;
  readonly atByte?: number;
  readonly take?: number;
}

/** Texts of rows; `!` and the reason where one is wrong. */
async function read(file: string | Uint8Array, { columns = 2, readBytes = 1e6, atByte = 0, take = 3 }: How = {}) {
  const bytes = typeof file === 'string' ? encoder.encode(file) : file;
  const reader = new RecordReader({
    read: async (offset, length) => bytes.subarray(offset, offset + Math.min(length, readBytes)),
    bytes: bytes.length,
    atByte,
    delimiter: columns === null ? null : ',',
    isWhole: (text) => cellsOf(text, ',')?.length === columns,
  });
  const rows: { readonly says: string; readonly endByte: number }[] = [];
  for (let some = await reader.take(take, 1e9); some.length > 0; some = await reader.take(take, 1e9)) {
    for (const { content, endByte } of some) {
      const says = content.is === 'row' ? content.text : content.is === 'blank' ? '' : `!${content.detail}`;
      rows.push({ says, endByte });
    }
  }
  return rows;
}

const says = async (file: string | Uint8Array, how?: How) => (await read(file, how)).map((row) => row.says);

describe('[R61] rows of a file', () => {
  test.each([
    ['end with LF, CRLF or CR, and the last with nothing', 'a,b\nc,d\r\ne,f\rg,h', ['a,b', 'c,d', 'e,f', 'g,h']],
    ['may be blank, and count', 'a,b\n\r\n  \nc,d\n', ['a,b', '', '', 'c,d']],
    ['may hold line ends in quotes', 'a,"b\r\nb"\nc,"d""\n"\n', ['a,"b\r\nb"', 'c,"d""\n"']],
    ['may hold a quote that begins no cell', 'a,5" pipe\nc,d\n', ['a,5" pipe', 'c,d']],
    ['of which one opens a quote and never closes it leave the others alone', 'a,"b\nc,d\ne,f', ['a,"b', 'c,d', 'e,f']],
    ['of which two do so do not hide what is between them', 'a,"b\nc,d\ne,"f\ng,h\n', ['a,"b', 'c,d', 'e,"f', 'g,h']],
    ['none', '', []],
  ])('%s', async (_, file, rows) => {
    expect(await says(file)).toEqual(rows);
    for (const readBytes of [1, 2, 3, 5]) expect(await says(file, { readBytes })).toEqual(rows);
  });

  test('of NDJSON end with LF alone, whatever quotes they hold', async () => {
    expect(await says('{"a":"\\""}\n{"b":"', { columns: null })).toEqual(['{"a":"\\""}', '{"b":"']);
  });

  test('that are not UTF-8 are wrong, alone', async () => {
    const latin1 = Uint8Array.from([...encoder.encode('a,b\nc,'), 0xe9, 0x0a, ...encoder.encode('e,é\n')]);
    expect(await says(latin1)).toEqual(['a,b', '!it is not UTF-8', 'e,é']);
  });

  test.each([
    ['as long as it may be', IMPORT_ROW_BYTES_MAX, false],
    ['a byte longer', IMPORT_ROW_BYTES_MAX + 1, true],
    ['longer than what is read at once', 3_000_000, true],
  ])('one that is %s', async (_, bytes, tooLong) => {
    const long = `a,${'x'.repeat(bytes - 2)}`;
    for (const file of [`a,b\n${long}\nc,d\n`, `a,b\n${long}`]) {
      const rows = await says(file, { readBytes: 100_000 });
      expect(rows[0]).toBe('a,b');
      expect(rows[1]?.startsWith('!')).toBe(tooLong);
      expect(rows.slice(2)).toEqual(file.endsWith('c,d\n') ? ['c,d'] : []);
    }
  });

  test('are no more at a time than were asked for, in number and in bytes', async () => {
    const file = encoder.encode('a,b\nc,d\n'.repeat(4));
    const reader = new RecordReader({
      read: async (offset, length) => file.subarray(offset, offset + length),
      bytes: file.length,
      atByte: 0,
      delimiter: ',',
      isWhole: () => true,
    });
    const counts: number[] = [];
    for (const [records, bytes] of [
      [2, 100],
      [9, 1],
      [9, 8],
      [9, 100],
    ] as const)
      counts.push((await reader.take(records, bytes)).length);
    expect(counts).toEqual([2, 1, 2, 3]);
  });

  test('are the same from wherever one goes on, however the bytes come', async () => {
    const cell = fc.string({ unit: fc.constantFrom('a', 'é', '"', '""', ',', '\n', '\r', '\r\n', ' '), maxLength: 4 });
    const rows = fc.array(fc.tuple(cell, fc.boolean(), cell, fc.boolean(), fc.constantFrom('\n', '\r\n', '\r')), {
      maxLength: 6,
    });
    const quoted = (text: string, yes: boolean): string => (yes ? `"${text.replaceAll('"', '""')}"` : text);
    const files = rows.map((all) => all.map(([a, qa, b, qb, end]) => `${quoted(a, qa)},${quoted(b, qb)}${end}`).join(''));
    await fc.assert(
      fc.asyncProperty(files, fc.integer({ min: 1, max: 9 }), fc.nat(), async (file, readBytes, pick) => {
        const whole = await read(file);
        expect(await read(file, { readBytes, take: 1 })).toEqual(whole);
        const from = pick % (whole.length + 1);
        const atByte = whole[from - 1]?.endByte ?? 0;
        expect(await read(file, { readBytes, atByte })).toEqual(whole.slice(from));
        expect(whole.at(-1)?.endByte ?? 0).toBe(encoder.encode(file).length);
      }),
      { numRuns: 300 },
    );
  });
});
