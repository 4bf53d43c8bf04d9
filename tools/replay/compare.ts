import type * as z from 'zod';
import type { erpBalance } from '../../contracts/generic-erp.ts';
import { STOCK_STATUSES } from '../../domain/stock.ts';
import { totalsOf, type ExplainedBooks } from './balances.ts';
import type { RunStarted } from './run-log.ts';
import { expectedTotals, type ItemTally } from './tally.ts';

export type ErpBalance = Pick<z.output<typeof erpBalance>, 'location' | 'status' | 'on_hand'>;

export interface Disagreement {
  readonly sku: string;
  readonly what: string;
  readonly expected: number;
  readonly found: number;
}

/** Our own log against the front, over all locations. */
export function frontAgainstLog(tally: ItemTally, explained: Pick<ExplainedBooks, 'locations'>): Disagreement[] {
  const expected = expectedTotals(tally);
  const found = totalsOf(explained);
  const { sku } = tally.item;
  return [
    ...STOCK_STATUSES.map((status) => ({
      sku,
      what: `front, on_hand ${status}, by our log`,
      expected: expected.onHand[status] ?? 0,
      found: found.onHand[status] ?? 0,
    })),
    { sku, what: 'front, committed, by our log', expected: expected.committed, found: found.committed },
  ].filter(differs);
}

/** The front against the ERP, at every place that either of them knows. */
export function erpAgainstFront(
  sku: string,
  issueAt: RunStarted['issueAt'],
  explained: Pick<ExplainedBooks, 'locations'>,
  balances: readonly ErpBalance[],
): Disagreement[] {
  const places = new Set([...explained.locations, ...balances].map(({ location }) => location));
  return [...places]
    .flatMap((location) =>
      STOCK_STATUSES.map((status) => {
        const front = explained.locations.find((one) => one.location === location);
        const promised = issueAt === 'commit' && status === 'sellable' ? (front?.committed ?? 0) : 0;
        return {
          sku,
          what: `ERP at ${location}, ${status}, by the front`,
          expected: (front?.on_hand[status] ?? 0) - promised,
          found: balances.find((one) => one.location === location && one.status === status)?.on_hand ?? 0,
        };
      }),
    )
    .filter(differs);
}

function differs({ expected, found }: Disagreement): boolean {
  return expected !== found;
}
