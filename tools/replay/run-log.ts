import { closeSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import * as z from 'zod';
import { sku } from '../../contracts/names.ts';
import { STOCK_STATUSES } from '../../domain/stock.ts';
import { ReplayStopped } from './replay-stopped.ts';
import { SALES_CHANNELS } from './sales-network.ts';

const units = z.int();
const ofRow = { row: z.int().min(1), sku, quantity: units };

/** What a run was asked to do. Whoever takes it up again does the same. */
const runStarted = z.object({
  type: z.literal('run'),
  // What is asked for at once, under one key. A run that sold otherwise cannot be gone on with: its keys are others.
  sells: z.literal('carts'),
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
  // By this run; the policy of any other item is somebody else's.
  declared: z.boolean(),
  opening: units,
  before: z.object({ onHand: z.partialRecord(z.enum(STOCK_STATUSES), units), committed: units }),
});

/** Units of one item that no other channel may take. */
const campaignBegun = z.object({ type: z.literal('campaign'), sku, channel: z.enum(SALES_CHANNELS), protected: units });

const saleFinished = z.discriminatedUnion('type', [
  // `takenAt` is the SKU's sequence at which the units were taken.
  z.object({
    type: z.literal('committed'),
    ...ofRow,
    channel: z.enum(SALES_CHANNELS),
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
]);

const CART_STEPS = ['reserve_here', 'reserve', 'reserve_partial', 'pin', 'commit', 'fulfill', 'fulfill_rest'] as const;
export type CartStep = (typeof CART_STEPS)[number];

/** A cart and all its rows are one line of the log, so that they are finished together or not at all. */
const cartFinished = z.object({
  type: z.literal('cart'),
  invoice: z.string(),
  part: z.int().min(1),
  channel: z.enum(SALES_CHANNELS),
  granted: z.enum(['whole', 'part', 'nothing']),
  rows: z.array(saleFinished),
  // Places that the goods come from.
  parcels: units,
  // How long the client waited for each step. What was answered from memory is left out.
  tookMs: z.partialRecord(z.enum(CART_STEPS), z.number()),
  // What the front said of the cart that cannot be true, in words.
  wrong: z.array(z.string()),
});

const entry = z.discriminatedUnion('type', [
  runStarted,
  itemPrepared,
  campaignBegun,
  z.object({ type: z.literal('opened') }),
  cartFinished,
  // A fact of the export that was booked; `quantity` is signed. A repeated fact does not say its sequence.
  z.object({ type: z.literal('booked'), ...ofRow, kind: z.enum(['returned', 'adjusted']), sequence: units.nullable() }),
  z.object({ type: z.literal('rejected'), ...ofRow, kind: z.enum(['returned', 'adjusted']), code: z.string() }),
]);

export type RunStarted = z.output<typeof runStarted>;
export type ItemPrepared = z.output<typeof itemPrepared>;
export type LogEntry = z.output<typeof entry>;
export type CampaignBegun = z.output<typeof campaignBegun>;
export type CartFinished = z.output<typeof cartFinished>;
export type SaleFinished = z.output<typeof saleFinished>;
export type FactFinished = Extract<LogEntry, { readonly row: number }>;
export type RowFinished = SaleFinished | FactFinished;

/** The rows that the log says to be finished, in the order in which they ended. */
export function rowsOf(log: readonly LogEntry[]): RowFinished[] {
  return log.flatMap((line): RowFinished[] => (line.type === 'cart' ? line.rows : 'row' in line ? [line] : []));
}

export function ofType<Line extends { readonly type: string }, Type extends Line['type']>(
  lines: readonly Line[],
  type: Type,
): Extract<Line, { readonly type: Type }>[] {
  return lines.filter((line): line is Extract<Line, { readonly type: Type }> => line.type === type);
}

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
    const [first = '', ...rest] = whole.toString('utf8').split('\n').slice(0, -1);
    const started = readStart(first);
    if (started === undefined) {
      throw new ReplayStopped(`${path} does not begin with what this replay can go on with. Begin a new run.`);
    }
    const entries = rest.map((line) => entry.parse(JSON.parse(line)));
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

function readStart(line: string): RunStarted | undefined {
  try {
    return runStarted.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
