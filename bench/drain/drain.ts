import { countMessages } from './messages.ts';
import { startServer } from './server.ts';
import { Shop } from './shop.ts';
import { endOfFeed, watchDrain, type Drained } from './watch-drain.ts';

/** So long sales are booked while the ERP is away. */
const OUTAGE_MS = 30_000;
/** Reservations of which the latency is compared; so many that the slowest hundredth is more than chance. */
const RESERVED = 400;

export interface DrainRun {
  readonly movements: number;
  readonly skus: number;
}

export interface DrainFigures {
  readonly run: DrainRun;
  readonly drained: Drained;
  readonly messages: { readonly movements: number; readonly changes: number };
  /** What `/metrics` said before the ERP was back. */
  readonly waiting: { readonly count: number; readonly oldestSeconds: number; readonly lane: number };
  /** How long reservations took, in ms. */
  readonly withErp: readonly number[];
  readonly withoutErp: readonly number[];
  /** Whether the ERP has of every item what the front has. */
  readonly agrees: boolean;
}

/** Books so many sales while the reference ERP is away, and watches how they get there once it is back. */
export async function drain(run: DrainRun): Promise<DrainFigures> {
  const { movements, skus } = run;
  const server = await startServer();
  try {
    const shop = new Shop(server);
    await shop.open(skus);
    await shop.untilNothingWaits();
    // A runtime that has just started is slower than it will be.
    await shop.reserveLatencies(RESERVED / 4);
    const before = await shop.reserveLatencies(RESERVED / 2);

    const from = await endOfFeed(shop);
    await shop.faults({ down: true });
    const bookedAtMs = await shop.book(movements, OUTAGE_MS);
    await untilAllIsVisible(shop, movements);
    const waiting = await shop.waiting();
    const withoutErp = await shop.reserveLatencies(RESERVED);

    const sentBefore = await countMessages(server.state);
    await shop.faults({});
    const drained = await watchDrain(shop, from, bookedAtMs);
    const sent = await countMessages(server.state);
    await shop.untilNothingWaits();
    // Half before and half after, since the machine has other things to do at times.
    const withErp = [...before, ...(await shop.reserveLatencies(RESERVED / 2))];
    const messages = { movements: sent.movements - sentBefore.movements, changes: sent.changes - sentBefore.changes };
    return { run, drained, messages, waiting, withErp, withoutErp, agrees: await shop.agrees() };
  } finally {
    await server.stop();
  }
}

/** The read models follow the objects with a small delay. */
async function untilAllIsVisible(shop: Shop, movements: number): Promise<void> {
  for (let look = 0; look < 300; look += 1) {
    const { count, lane } = await shop.waiting();
    if (count === movements && lane > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error('An ERP that is away is not to be seen in /metrics.');
}

export interface DrainPace {
  readonly posted: number;
  /** From when the ERP was back until the first arrived: how soon it is tried again, which depends on when it was tried before. */
  readonly waitedMs: number;
  /** From when the ERP was back until the last arrived. */
  readonly tookMs: number;
  /** Movements in a second, from the first that arrived to the last. */
  readonly perSecond: number;
  /** The same with the wait. */
  readonly perSecondSinceBack: number;
}

export function paceOf({ healedMs, arrivals }: Drained): DrainPace {
  const posted = arrivals.reduce((sum, { count }) => sum + count, 0);
  const waitedMs = (arrivals[0]?.atMs ?? healedMs) - healedMs;
  const tookMs = (arrivals.at(-1)?.atMs ?? healedMs) - healedMs;
  const in1s = (ms: number): number => (posted * 1_000) / Math.max(1, ms);
  return { posted, waitedMs, tookMs, perSecond: in1s(tookMs - waitedMs), perSecondSinceBack: in1s(tookMs) };
}
