import type { SkipReason } from './classify.ts';
import type { Disagreement } from './compare.ts';
import { brokenCampaigns, campaignFigures } from './campaign-figures.ts';
import { cartFigures } from './cart-figures.ts';
import { ofType, rowsOf, type LogEntry, type RowFinished, type RunStarted, type SaleFinished } from './run-log.ts';
import { sum } from './sum.ts';
import { countsOf, table, type Cells } from './table.ts';
import { openingAt, type Place } from './sales-network.ts';
import { explainedByStock, oversoldUnits, tallyByItem, type ItemTally } from './tally.ts';
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
  const ended = rowsOf(log);
  const committed = ofType(ended, 'committed');
  const refused = ofType(ended, 'refused');
  const booked = ofType(ended, 'booked');
  return [
    ['run', run.run, run.file],
    ['items', items.length, openedUnits(items, run.opening)],
    ['rows', rows, `in ${(tookMs / 1_000).toFixed(1)} s, ${finishedBefore} of them finished before this start`],
    ...cartFigures(log),
    ['lines accepted', committed.length, acceptedUnits(committed)],
    ...(run.issueAt === 'fulfil' ? [fulfilment(committed)] : []),
    ['lines refused', refused.length, countsOf(refused.map(({ at, code }) => `${code} at ${at}`))],
    ['  explained by stock', refused.filter(explainedByStock).length, ''],
    ['returns', booked.filter(({ kind }) => kind === 'returned').length, 'to quality_control'],
    ['adjustments', booked.filter(({ kind }) => kind === 'adjusted').length, ''],
    ['facts rejected', ofType(ended, 'rejected').length, ''],
    ...[...skipped].map(([reason, count]): Cells => [`skipped: ${reason}`, count, '']),
    ...campaignFigures(log),
    ['oversold units', sum(items.map(oversoldUnits)), ''],
    ['postings left over', pendingPostings, ''],
  ];
}

function openedUnits(items: readonly ItemTally[], share: number): string {
  const at = (place: Place): number => sum(items.map(({ item }) => openingAt(item.opening)[place]));
  return `${at('dc')} units opened at dc and ${at('shop')} at shop, ${share} of each demand`;
}

type Committed = Extract<RowFinished, { readonly type: 'committed' }>;

function acceptedUnits(committed: readonly Committed[]): string {
  const inPart = committed.filter(({ asked, quantity }) => quantity < asked);
  return `${sum(committed.map(({ quantity }) => quantity))} units, ${inPart.length} of the lines in part`;
}

function fulfilment(committed: readonly Committed[]): Cells {
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
    ...brokenCampaigns(log),
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
    case 'cart':
      return [...entry.wrong, ...entry.rows.flatMap(leftBehind)].map((what) => `invoice ${entry.invoice}: ${what}`);
    case 'rejected':
      return [`${entry.sku}: row ${entry.row}, a fact (${entry.kind} ${entry.quantity}) was rejected with ${entry.code}`];
    case 'run':
    case 'item':
    case 'campaign':
    case 'opened':
    case 'booked':
      return [];
  }
}

/** Goods that were written off after the promise cannot leave; all others can. */
function leftBehind(row: SaleFinished): string[] {
  if (row.type === 'refused' || row.unfulfilledCode === null || row.unfulfilledCode === 'insufficient_stock') return [];
  return [`row ${row.row} (${row.sku}) was not fulfilled: ${row.unfulfilledCode}`];
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
