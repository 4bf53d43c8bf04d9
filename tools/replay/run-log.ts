import { closeSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import * as z from 'zod';
import { sku } from '../../contracts/names.ts';
import { STOCK_STATUSES } from '../../domain/stock.ts';
import { ReplayStopped } from './replay-stopped.ts';

const units = z.int();
const ofRow = { row: z.int().min(1), sku, quantity: units };

/** What a run was asked to do. Whoever takes it up again does the same. */
const runStarted = z.object({
  type: z.literal('run'),
  run: z.string(),
  file: z.string(),
  sha256: z.string(),
  opening: z.number(),
  issueAt: z.enum(['commit', 'fulfil']),
  lastDay: z.string().nullable(),
  url: z.string(),
  erpUrl: z.string(),
  startedAt: z.string(),
});

/** What the front held of an item before the run, over all locations, and what the run brings. */
const itemPrepared = z.object({
  type: z.literal('item'),
  sku,
  opening: units,
  before: z.object({ onHand: z.partialRecord(z.enum(STOCK_STATUSES), units), committed: units }),
});

const entry = z.discriminatedUnion('type', [
  runStarted,
  itemPrepared,
  z.object({ type: z.literal('opened') }),
  // `takenAt` is the SKU's sequence at which the units were taken.
  z.object({
    type: z.literal('committed'),
    ...ofRow,
    asked: units,
    takenAt: units,
    fulfilled: units,
    unfulfilledCode: z.string().nullable(),
  }),
  z.object({
    type: z.literal('refused'),
    ...ofRow,
    at: z.enum(['reserve', 'pin', 'commit']),
    code: z.string(),
    available: units.nullable(),
  }),
  // A fact of the export that was booked; `quantity` is signed. A repeated fact does not say its sequence.
  z.object({ type: z.literal('booked'), ...ofRow, kind: z.enum(['returned', 'adjusted']), sequence: units.nullable() }),
  z.object({ type: z.literal('rejected'), ...ofRow, kind: z.enum(['returned', 'adjusted']), code: z.string() }),
]);

export type RunStarted = z.output<typeof runStarted>;
export type ItemPrepared = z.output<typeof itemPrepared>;
export type LogEntry = z.output<typeof entry>;
export type RowFinished = Extract<LogEntry, { readonly row: number }>;

/** What a run has finished so far, one JSON line each. Whatever stops the run, a line is there wholly or does not count. */
export class RunLog {
  readonly started: RunStarted;
  readonly #file: number;
  readonly #entries: LogEntry[];

  private constructor(file: number, started: RunStarted, entries: readonly LogEntry[]) {
    this.#file = file;
    this.started = started;
    this.#entries = [...entries];
  }

  static start(path: string, started: RunStarted): RunLog {
    const log = new RunLog(openSync(path, 'wx', 0o600), started, []);
    log.#write(started);
    return log;
  }

  /** Opens the log of an earlier start; a line that was cut off in the middle goes first, lest the next one grows on it. */
  static takeUp(path: string): RunLog {
    const bytes = readFileSync(path);
    const whole = bytes.subarray(0, bytes.lastIndexOf('\n') + 1);
    const [started, ...entries] = whole
      .toString('utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => entry.parse(JSON.parse(line)));
    if (started?.type !== 'run') throw new ReplayStopped(`${path} does not begin with what the run was asked to do.`);
    truncateSync(path, whole.length);
    return new RunLog(openSync(path, 'a'), started, entries);
  }

  get entries(): readonly LogEntry[] {
    return this.#entries;
  }

  append(line: LogEntry): void {
    this.#write(line);
    this.#entries.push(line);
  }

  close(): void {
    closeSync(this.#file);
  }

  #write(line: LogEntry): void {
    writeSync(this.#file, `${JSON.stringify(line)}\n`);
  }
}
