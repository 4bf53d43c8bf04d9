import { IMPORT_ROW_BYTES_MAX } from '../../contracts/limits.ts';

/** One record of a file: where it ends, and what is in it. */
export interface FileRecord {
  /** Behind its line end, from the beginning of the file. */
  readonly endByte: number;
  readonly content: RecordContent;
}

/** `wrong`: nobody can read it, for this reason, and those behind it are read all the same. */
export type RecordContent =
  { readonly is: 'blank' } | { readonly is: 'row'; readonly text: string } | { readonly is: 'wrong'; readonly detail: string };

export type ReadBytes = (offset: number, length: number) => Promise<Uint8Array>;

export interface Reading {
  readonly read: ReadBytes;
  /** Of the whole file. */
  readonly bytes: number;
  readonly atByte: number;
  /** Of CSV, where a cell in quotes may hold line ends; null: every line is a record. */
  readonly delimiter: string | null;
  /** Whether several lines make one record; otherwise the first of them is a record by itself, and a wrong one. */
  readonly isWhole: (text: string) => boolean;
}

const READ_BYTES = 1_048_576;
const [LF, CR, QUOTE] = [0x0a, 0x0d, 0x22];

/** Reads records on from anywhere, of a file of any length, with little of it in memory. */
export class RecordReader {
  readonly #reading: Reading;
  readonly #delimiter: number | null;
  #buffer = new Uint8Array();
  /** Where the buffer begins, in the file. */
  #from: number;
  /** Where the next record begins, in the buffer. */
  #next = 0;

  constructor(reading: Reading) {
    this.#reading = reading;
    this.#delimiter = reading.delimiter?.codePointAt(0) ?? null;
    this.#from = reading.atByte;
  }

  /** So many at most, and no more once they have so many bytes together; none: the file is at its end. */
  async take(recordsMax: number, bytesMax: number): Promise<readonly FileRecord[]> {
    const records: FileRecord[] = [];
    const startsAt = this.#from + this.#next;
    while (records.length < recordsMax && this.#from + this.#next - startsAt < bytesMax) {
      const record = await this.#one();
      if (record === null) break;
      records.push(record);
    }
    return records;
  }

  async #one(): Promise<FileRecord | null> {
    for (;;) {
      const atEnd = this.#from + this.#buffer.length >= this.#reading.bytes;
      const left = this.#buffer.length - this.#next;
      if (atEnd && left === 0) return null;
      const whole = endOf(this.#buffer, this.#next, this.#delimiter, atEnd);
      if (whole === null && !atEnd && left <= IMPORT_ROW_BYTES_MAX) {
        await this.#more();
        continue;
      }
      // A quote that nobody closes: its line is a record, and a wrong one, and the next line begins anew.
      const line = endOf(this.#buffer, this.#next, null, atEnd);
      if (line === null) return this.#passOver();
      if (whole === null || whole.end === line.end || whole.end - this.#next > IMPORT_ROW_BYTES_MAX) return this.#record(line);
      const text = textOf(this.#buffer.subarray(this.#next, whole.contentEnd));
      return this.#record(text !== null && this.#reading.isWhole(text) ? whole : line);
    }
  }

  #record({ contentEnd, end }: End): FileRecord {
    const bytes = this.#buffer.subarray(this.#next, contentEnd);
    this.#next = end;
    return { endByte: this.#from + end, content: contentOf(bytes) };
  }

  /** A line too long to be kept is read and forgotten. */
  async #passOver(): Promise<FileRecord> {
    for (;;) {
      this.#next = this.#buffer.length;
      await this.#more();
      const atEnd = this.#from + this.#buffer.length >= this.#reading.bytes;
      const line = endOf(this.#buffer, 0, null, atEnd);
      if (line !== null || (atEnd && this.#buffer.length === 0)) {
        this.#next = line?.end ?? 0;
        return { endByte: this.#from + this.#next, content: TOO_LONG };
      }
    }
  }

  async #more(): Promise<void> {
    const kept = this.#buffer.subarray(this.#next);
    const from = this.#from + this.#buffer.length;
    const read = await this.#reading.read(from, Math.min(READ_BYTES, this.#reading.bytes - from));
    if (read.length === 0 && from < this.#reading.bytes) throw new Error('the file is shorter than it was');
    const buffer = new Uint8Array(kept.length + read.length);
    buffer.set(kept);
    buffer.set(read, kept.length);
    this.#from += this.#next;
    this.#buffer = buffer;
    this.#next = 0;
  }
}

const TOO_LONG: RecordContent = { is: 'wrong', detail: `a row may have ${IMPORT_ROW_BYTES_MAX} bytes` };

interface End {
  readonly contentEnd: number;
  readonly end: number;
}

/**
 * Where the record ends that begins at `start`, with or without its line end: LF, CRLF or, in CSV, CR. In CSV a quote at
 * the beginning of a cell opens it until the next lone one. null: its end is not among these bytes.
 */
function endOf(bytes: Uint8Array, start: number, delimiter: number | null, atEnd: boolean): End | null {
  let quoted = false;
  let cellBegins = true;
  for (let at = start; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (quoted) {
      if (byte !== QUOTE) continue;
      if (bytes[at + 1] === QUOTE) at += 1;
      else quoted = false;
      continue;
    }
    if (byte === LF) return { contentEnd: at, end: at + 1 };
    if (byte === CR) {
      if (at + 1 === bytes.length && !atEnd) return null;
      return { contentEnd: at, end: bytes[at + 1] === LF ? at + 2 : at + 1 };
    }
    if (byte === QUOTE && cellBegins && delimiter !== null) quoted = true;
    cellBegins = byte === delimiter;
  }
  return atEnd && !quoted && start < bytes.length ? { contentEnd: bytes.length, end: bytes.length } : null;
}

function contentOf(bytes: Uint8Array): RecordContent {
  if (bytes.length > IMPORT_ROW_BYTES_MAX) return TOO_LONG;
  const text = textOf(bytes);
  if (text === null) return { is: 'wrong', detail: 'it is not UTF-8' };
  return text.trim() === '' ? { is: 'blank' } : { is: 'row', text };
}

function textOf(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
