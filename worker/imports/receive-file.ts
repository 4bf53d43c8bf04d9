import type { FileKind, IMPORT_FORMATS } from '../../contracts/imports.ts';
import { IMPORT_BYTES_MAX, IMPORT_ROW_BYTES_MAX } from '../../contracts/limits.ts';
import { Refused } from '../refused.ts';
import { cutShort } from '../request/body.ts';
import { layoutOf, type CsvLayout } from './csv-columns.ts';
import type { ImportFiles } from './files.ts';
import { RecordReader } from './record-reader.ts';

export interface Received {
  readonly bytes: number;
  /** Where the first row begins, and how many come before it. */
  readonly atByte: number;
  readonly atRow: number;
  readonly layout: CsvLayout | null;
}

type Format = (typeof IMPORT_FORMATS)[number];

// Parts of an upload have five megabytes at least; two are in memory at a time.
const PART_BYTES = 5_242_880;

/** Writes a body away as it comes. Its beginning is looked at first, so that a wrong file is refused at once. */
export async function receiveFile(
  body: ReadableStream<Uint8Array> | null,
  name: string,
  { kind, format }: { readonly kind: FileKind; readonly format: Format },
  files: ImportFiles,
): Promise<Received | Refused> {
  let bytes = 0;
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const part of partsOf(arriving(body))) {
      bytes += part.length;
      if (bytes > IMPORT_BYTES_MAX)
        throw new NoMore(new Refused('too_large', `a file may have ${IMPORT_BYTES_MAX} bytes: send it in several`));
      yield part;
    }
  }
  const parts = counted();
  async function* all(head: Uint8Array): AsyncGenerator<Uint8Array> {
    yield head;
    yield* parts;
  }
  try {
    const first = await parts.next();
    if (first.done === true) return new Refused('invalid_request', 'the file is empty');
    const begins = await beginningOf(first.value, kind, format);
    if (begins instanceof Refused) return begins;
    await files.write(name, all(first.value));
    return { bytes, ...begins };
  } catch (error) {
    if (error instanceof NoMore) return error.refused;
    throw error;
  }
}

/** Tells whoever writes the parts away to give up, which leaves nothing. */
class NoMore extends Error {
  readonly refused: Refused;

  constructor(refused: Refused) {
    super(refused.code);
    this.refused = refused;
  }
}

async function* arriving(body: ReadableStream<Uint8Array> | null): AsyncGenerator<Uint8Array> {
  try {
    yield* body ?? [];
  } catch {
    throw new NoMore(cutShort());
  }
}

/** However the bytes come, each part but the last is full. */
async function* partsOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let part = new Uint8Array(PART_BYTES);
  let filled = 0;
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length;) {
      const taken = chunk.subarray(at, at + PART_BYTES - filled);
      part.set(taken, filled);
      filled += taken.length;
      at += taken.length;
      if (filled === PART_BYTES) {
        yield part;
        part = new Uint8Array(PART_BYTES);
        filled = 0;
      }
    }
  }
  if (filled > 0) yield part.slice(0, filled);
}

const BOM = [0xef, 0xbb, 0xbf];

async function beginningOf(head: Uint8Array, kind: FileKind, format: Format): Promise<Omit<Received, 'bytes'> | Refused> {
  const [a, b] = head;
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff))
    return new Refused('invalid_request', 'the file is UTF-16: save it as UTF-8');
  const from = BOM.every((byte, index) => head[index] === byte) ? BOM.length : 0;
  const start = head.subarray(from, from + IMPORT_ROW_BYTES_MAX + 1);
  const reader = new RecordReader({
    read: async (offset, length) => start.subarray(offset, offset + length),
    bytes: start.length,
    atByte: 0,
    delimiter: null,
    isWhole: () => true,
  });
  const [first] = await reader.take(1, IMPORT_ROW_BYTES_MAX);
  const content = first?.content ?? { is: 'blank' };
  if (format === 'ndjson') {
    const isArray = content.is === 'row' && content.text.trimStart().startsWith('[');
    if (isArray) return new Refused('invalid_request', 'a JSON array is no NDJSON: write one object a line, without commas');
    return { atByte: from, atRow: 0, layout: null };
  }
  if (content.is !== 'row')
    return new Refused(
      'invalid_request',
      `the first line names no columns${content.is === 'wrong' ? `: ${content.detail}` : ''}`,
    );
  const layout = layoutOf(content.text, kind);
  return layout instanceof Refused ? layout : { atByte: from + (first?.endByte ?? 0), atRow: 1, layout };
}
