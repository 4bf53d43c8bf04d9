import type { SkipReason } from './classify.ts';
import type { Disagreement } from './compare.ts';
import type { LogEntry, RowFinished, RunStarted } from './run-log.ts';
import { explainedByStock, oversoldUnits, tallyByItem } from './tally.ts';
import type { CallSummary } from './timings.ts';

const DISAGREEMENTS_SHOWN_MAX = 20;

export interface Outcome {
  readonly run: RunStarted;
  readonly log: readonly LogEntry[];
  readonly rows: number;
  readonly skipped: ReadonlyMap<SkipReason | 'unreadable', number>;
  readonly finishedBefore: number;
  readonly calls: readonly CallSummary[];
  readonly pendingPostings: number;
  readonly failedPostings: readonly { readonly sku: string; readonly sequence: number; readonly error: string | null }[];
  readonly disagreements: readonly Disagreement[];
  readonly tookMs: number;
}

export interface Report {
  readonly text: string;
  readonly agrees: boolean;
}

export function report(outcome: Outcome): Report {
  const wrong = whatIsWrong(outcome);
  const verdict = wrong.length === 0 ? 'Everything agrees.' : `${wrong.length} disagreements:`;
  const shown = wrong.slice(0, DISAGREEMENTS_SHOWN_MAX).map((line) => `  ${line}`);
  const rest = wrong.length > shown.length ? [`  … and ${wrong.length - shown.length} more`] : [];
  const text = [table(figures(outcome)), '', table(callTable(outcome.calls)), '', verdict, ...shown, ...rest].join('\n');
  return { text, agrees: wrong.length === 0 };
}

function figures({ run, log, rows, skipped, finishedBefore, pendingPostings, tookMs }: Outcome): Cells[] {
  const items = [...tallyByItem(log).values()];
  const committed = ofType(log, 'committed');
  const refused = ofType(log, 'refused');
  const booked = ofType(log, 'booked');
  const openings = items.filter(({ item }) => item.opening > 0);
  return [
    ['run', run.run, run.file],
    ['items', items.length, `${sum(openings.map(({ item }) => item.opening))} units opened, ${run.opening} of each demand`],
    ['rows', rows, `in ${(tookMs / 1_000).toFixed(1)} s, ${finishedBefore} of them finished before this start`],
    ['lines accepted', committed.length, `${sum(committed.map(({ quantity }) => quantity))} units`],
    ...(run.issueAt === 'fulfil' ? [fulfilment(committed)] : []),
    ['lines refused', refused.length, countsOf(refused.map(({ at, code }) => `${code} at ${at}`))],
    ['  explained by stock', refused.filter(explainedByStock).length, ''],
    ['returns', booked.filter(({ kind }) => kind === 'returned').length, 'to quality_control'],
    ['adjustments', booked.filter(({ kind }) => kind === 'adjusted').length, ''],
    ['facts rejected', ofType(log, 'rejected').length, ''],
    ...[...skipped].map(([reason, count]): Cells => [`skipped: ${reason}`, count, '']),
    ['oversold units', sum(items.map(oversoldUnits)), ''],
    ['postings left over', pendingPostings, ''],
  ];
}

function fulfilment(committed: readonly Extract<RowFinished, { type: 'committed' }>[]): Cells {
  const left = committed.filter(({ unfulfilledCode }) => unfulfilledCode !== null);
  return [
    'lines fulfilled',
    committed.length - left.length,
    countsOf(left.map(({ unfulfilledCode }) => `${unfulfilledCode} otherwise`)),
  ];
}

/** Every sentence here makes the replay end in failure. */
function whatIsWrong({ log, pendingPostings, failedPostings, disagreements }: Outcome): string[] {
  const oversold = [...tallyByItem(log).values()].map((tally) => ({ sku: tally.item.sku, units: oversoldUnits(tally) }));
  return [
    ...oversold.filter(({ units }) => units > 0).map(({ sku, units }) => `${sku}: ${units} units oversold`),
    ...log.flatMap(unexplained),
    ...(pendingPostings > 0 ? [`${pendingPostings} postings or more never reached the ERP`] : []),
    ...failedPostings.map(
      ({ sku, sequence, error }) => `${sku}: the ERP refused posting ${sequence}: ${error ?? 'no reason given'}`,
    ),
    ...disagreements.map(({ sku, what, expected, found }) => `${sku}: ${what}: expected ${expected}, found ${found}`),
  ];
}

function unexplained(entry: LogEntry): string[] {
  switch (entry.type) {
    case 'refused':
      return explainedByStock(entry)
        ? []
        : [
            `${entry.sku}: row ${entry.row} refused at ${entry.at} with ${entry.code}, ${entry.quantity} asked, ${entry.available ?? 'nothing said to be'} available`,
          ];
    case 'rejected':
      return [`${entry.sku}: row ${entry.row}, a fact (${entry.kind} ${entry.quantity}) was rejected with ${entry.code}`];
    case 'committed':
      // Goods that were written off after the promise cannot leave.
      return [
        ...(entry.quantity === entry.asked
          ? []
          : [`${entry.sku}: row ${entry.row} asked for ${entry.asked} and was committed ${entry.quantity}`]),
        ...(entry.unfulfilledCode === null || entry.unfulfilledCode === 'insufficient_stock'
          ? []
          : [`${entry.sku}: row ${entry.row} was not fulfilled: ${entry.unfulfilledCode}`]),
      ];
    case 'run':
    case 'item':
    case 'opened':
    case 'booked':
      return [];
  }
}

function callTable(calls: readonly CallSummary[]): Cells[] {
  return [
    ['call', 'answered', 'p50 ms', 'p99 ms', 'asked again', 'replays'],
    ...calls.map((call): Cells => [
      call.kind,
      call.calls,
      call.p50Ms.toFixed(1),
      call.p99Ms.toFixed(1),
      call.repeats,
      call.replays,
    ]),
  ];
}

type Cells = readonly (string | number)[];

/** Columns as wide as their widest cell; numbers to the right. */
function table(rows: readonly Cells[]): string {
  const widths: number[] = [];
  for (const row of rows)
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, String(cell).length);
  const padded = (cell: string | number, column: number): string =>
    column === 0 || Number.isNaN(Number(cell))
      ? String(cell).padEnd(widths[column] ?? 0)
      : String(cell).padStart(widths[column] ?? 0);
  return rows.map((row) => row.map(padded).join('  ').trimEnd()).join('\n');
}

function countsOf(words: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].map(([word, count]) => `${count} × ${word}`).join(', ');
}

function ofType<Type extends LogEntry['type']>(log: readonly LogEntry[], type: Type): Extract<LogEntry, { type: Type }>[] {
  return log.filter((entry): entry is Extract<LogEntry, { type: Type }> => entry.type === type);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
