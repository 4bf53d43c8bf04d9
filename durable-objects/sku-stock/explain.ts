import type { ChannelId, ReservationId } from '../../domain/ids.ts';
import { compareText } from '../../domain/network.ts';
import type { Surroundings } from '../../domain/placement.ts';
import { expectedReceipts, promisedDates } from '../../domain/promise.ts';
import type { Snapshot } from '../../domain/snapshot.ts';
import type { Stock } from '../../domain/stock.ts';
import type { Outbox } from './outbox.ts';
import type { Explained } from './protocol.ts';
import type { StockLog } from './stock-log.ts';

export interface ExplainPage {
  readonly channel: ChannelId | null;
  readonly after: ReservationId | null;
  readonly limit: number;
}

/** Everything behind the numbers of one SKU; live reservations by id, page by page. */
export function explain(
  stock: Stock,
  snapshot: Snapshot,
  log: StockLog,
  outbox: Outbox,
  context: Surroundings,
  { channel, after, limit }: ExplainPage,
): Explained {
  const reservations = [...stock.live.values()]
    .filter((one) => (channel === null || one.channel === channel) && (after === null || compareText(one.id, after) > 0))
    .sort((a, b) => compareText(a.id, b.id));
  const page = reservations.slice(0, limit);
  const dates = promisedDates(stock, context);
  return {
    snapshot,
    balances: [...stock.balances.values()],
    reservations: page,
    nextCursor: reservations.length > limit ? (page.at(-1)?.id ?? null) : null,
    lastCount: log.lastCount(),
    postingsInFlight: outbox.waitingCount,
    cases: [...stock.cases.values()],
    expected: expectedReceipts(stock, context.nowMs),
    promises: page.flatMap(({ id }) => {
      const atMs = dates.get(id);
      return atMs === undefined ? [] : [{ reservation: id, atMs }];
    }),
  };
}
