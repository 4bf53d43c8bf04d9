import type { Sku } from '../../domain/ids.ts';
import type { StockStatus } from '../../domain/stock.ts';
import type { Totals } from './balances.ts';
import { rowsOf, type CampaignBegun, type ItemPrepared, type LogEntry, type RowFinished } from './run-log.ts';
import type { SalesChannel } from './sales-network.ts';

export interface ItemTally {
  readonly item: ItemPrepared;
  readonly rows: readonly RowFinished[];
}

/** The finished rows of each item, in the order in which they ended. */
export function tallyByItem(log: readonly LogEntry[]): Map<Sku, ItemTally> {
  const items = new Map<Sku, { item: ItemPrepared; rows: RowFinished[] }>();
  for (const entry of log) if (entry.type === 'item') items.set(entry.sku, { item: entry, rows: [] });
  for (const row of rowsOf(log)) items.get(row.sku)?.rows.push(row);
  return items;
}

/** What the front must hold by our own log, over all locations. */
export function expectedTotals({ item, rows }: ItemTally): Totals {
  const onHand: Partial<Record<StockStatus, number>> = { ...item.before.onHand };
  const move = (status: StockStatus, units: number): void => {
    onHand[status] = (onHand[status] ?? 0) + units;
  };
  let committed = item.before.committed;
  move('sellable', item.opening);
  for (const row of rows) {
    if (row.type === 'committed') {
      move('sellable', -row.fulfilled);
      committed += row.quantity - row.fulfilled;
    } else if (row.type === 'booked') {
      move(row.kind === 'returned' ? 'quality_control' : 'sellable', row.quantity);
    }
  }
  return { onHand, committed };
}

/**
 * Units that were promised although they were not there, in the order of the SKU's own journal. A write-off after the
 * promise is misfortune, not overselling; a promise after the write-off is.
 */
export function oversoldUnits(tally: ItemTally): number {
  return overtakenUnits(tally, () => 0);
}

/** Units that other channels took although they were protected, and not yet used up by the channel itself. */
export function brokenUnits(tally: ItemTally, { channel, protected: kept }: CampaignBegun): number {
  return overtakenUnits(tally, (promise, before) => {
    const used = before.filter((one) => one.channel === channel).reduce((sum, { units }) => sum - units, 0);
    return promise.channel === channel ? 0 : Math.max(0, kept - used);
  });
}

/** Units of promises that left less free than had to stay. */
function overtakenUnits({ item, rows }: ItemTally, toStay: (promise: Change, before: readonly Change[]) => number): number {
  const changes = changesInOrder(rows);
  let free = (item.before.onHand.sellable ?? 0) - item.before.committed + item.opening;
  let overtaken = 0;
  for (const [index, change] of changes.entries()) {
    free += change.units;
    if (change.channel === null) continue;
    const missing = toStay(change, changes.slice(0, index)) - free;
    if (missing > 0) overtaken += Math.min(-change.units, missing);
  }
  return overtaken;
}

interface Change {
  readonly sequence: number;
  readonly units: number;
  /** To whom the units were promised; null: a fact. */
  readonly channel: SalesChannel | null;
}

function changesInOrder(rows: readonly RowFinished[]): Change[] {
  return rows.flatMap(changeOf).toSorted((left, right) => left.sequence - right.sequence);
}

// A fact whose place in the journal we never heard is taken to be where it accuses nobody.
function changeOf(row: RowFinished): Change[] {
  if (row.type === 'committed') return [{ sequence: row.takenAt, units: -row.quantity, channel: row.channel }];
  if (row.type !== 'booked' || row.kind !== 'adjusted') return [];
  return [{ sequence: row.sequence ?? (row.quantity > 0 ? 0 : Number.MAX_SAFE_INTEGER), units: row.quantity, channel: null }];
}

/** A refusal is explained when there was less than was asked for. At the pin the lapsed units had gone to somebody else. */
export function explainedByStock(row: Extract<RowFinished, { readonly type: 'refused' }>): boolean {
  return row.code === 'insufficient_stock' && row.available !== null && row.available < row.quantity;
}
