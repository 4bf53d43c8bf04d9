import { percentile } from '../replay/percentile.ts';
import { table, type Cells } from '../replay/table.ts';
import type { CallSummary } from '../replay/timings.ts';
import type { Books } from './books.ts';
import type { SaleOptions } from './options.ts';
import type { Sold } from './sale.ts';
import { expectedSales, type Tally } from './tally.ts';

export interface Outcome {
  readonly sku: string;
  readonly options: SaleOptions;
  readonly sold: Sold;
  readonly books: Books;
  readonly calls: readonly CallSummary[];
}

export interface Report {
  readonly text: string;
  readonly good: boolean;
}

export function report(outcome: Outcome): Report {
  const wrong = whatIsWrong(outcome);
  const verdict =
    wrong.length === 0 ? ['Every unit was sold once.'] : ['Not as it should be:', ...wrong.map((line) => `  ${line}`)];
  const text = [table(figures(outcome)), '', table(waits(outcome.sold.tally)), '', ...verdict].join('\n');
  return { text, good: wrong.length === 0 };
}

function figures({ sku, options, sold: { tally, rounds, rushMs, rushVisits }, books, calls }: Outcome): Cells[] {
  const repeats = calls.reduce((total, call) => total + call.repeats, 0);
  const checked = books.erpOnHand === null ? 'nobody said where' : `${books.erpOnHand} on hand`;
  return [
    ['item', sku, ''],
    ['buyers', options.buyers, `${options.connections} connections`],
    ['units', options.units, ''],
    ['sold', tally.sold, `${expectedSales(options)} expected`],
    ['oversold', oversold(options.units, tally.sold, books, options.issueAt), ''],
    [
      'abandoned',
      tally.released + tally.lapsed,
      `${tally.released} released, ${tally.lapsed} lapsed; rounds until all was sold: ${rounds}`,
    ],
    ...[...tally.refusals].map(([code, times]): Cells => ['refused', times, code]),
    ...[...tally.seconds].map(([code, times]): Cells => ['second unit', times, code]),
    ['sold out', seconds(tally.firstRefusedAtMs), 's after the start, when the first was refused'],
    ['reservations', Math.round((rushVisits * 1_000) / rushMs), 'answered per second while all came'],
    ['asked again', repeats, 'after 429, 5xx or no answer, under the same key'],
    ['front', books.available, `left; ${books.explained.committed} committed, ${books.explained.reserved} reserved`],
    ['ERP', checked, ''],
  ];
}

function waits(tally: Tally): Cells[] {
  const row = (name: string, tookMs: readonly number[]): Cells => [
    name,
    tookMs.length,
    ...[0.5, 0.95, 0.99].map((share) => percentile(tookMs, share)?.toFixed(1) ?? '-'),
  ];
  return [
    ['', 'count', 'p50 ms', 'p95 ms', 'p99 ms'],
    row('winners, until reserved', tally.reservedMs),
    row('winners, until committed', tally.boughtMs),
    row('losers, until refused', tally.refusedMs),
  ];
}

/** Each sentence makes the sale end in failure. */
export function whatIsWrong({ options, sold: { tally }, books }: Pick<Outcome, 'options' | 'sold' | 'books'>): readonly string[] {
  const { units, issueAt } = options;
  const expected = expectedSales(options);
  const left = units - tally.sold;
  const is = (what: string, found: number, should: number): string[] =>
    found === should ? [] : [`${what}: ${found}, not ${should}`];
  const over = oversold(units, tally.sold, books, issueAt);
  const seconds = tally.seconds.get('granted') ?? 0;
  return [
    ...is('sold', tally.sold, expected),
    ...(over > 0 ? [`${over} units oversold`] : []),
    ...(seconds > 0 ? [`${seconds} buyers got a second unit`] : []),
    ...is('left for sale', books.available, left),
    ...is('left for sale, as it is explained', books.explained.available, left),
    ...is('on hand at the front', books.explained.sellable, units),
    ...is('committed at the front', books.explained.committed, tally.sold),
    ...is('reserved at the front', books.explained.reserved, 0),
    ...(books.erpOnHand === null ? [] : is('on hand in the ERP', books.erpOnHand, erpShould(units, tally.sold, issueAt))),
  ];
}

/** What the ERP has on hand when it knows of everything: it hears of a sale at the commit, or not before the goods leave. */
export function erpShould(units: number, sold: number, issueAt: SaleOptions['issueAt']): number {
  return issueAt === 'commit' ? units - sold : units;
}

/** Units beyond those there were, in whoever's books most were sold. */
function oversold(units: number, sold: number, { explained, erpOnHand }: Books, issueAt: SaleOptions['issueAt']): number {
  const inErp = erpOnHand === null || issueAt === 'fulfil' ? 0 : units - erpOnHand;
  return Math.max(0, Math.max(sold, explained.committed + explained.reserved, inErp) - units);
}

function seconds(ms: number | null): string {
  return ms === null ? '-' : (ms / 1_000).toFixed(2);
}
