// `npm run bench:drain`: how fast what waits for the ERP drains, at what cost in messages, and whether buyers notice its absence.
// Everything is started on this machine, asked over the loopback, and stopped and forgotten at the end.
import { parseArgs } from 'node:util';
import { percentile } from '../tools/replay/percentile.ts';
import { countMessages } from './drain/messages.ts';
import { startServer } from './drain/server.ts';
import { Shop } from './drain/shop.ts';
import { endOfFeed, watchDrain, type Drained } from './drain/watch-drain.ts';

const RUNS = [
  { movements: 10_000, skus: 20 },
  { movements: 10_000, skus: 2_000 },
];
/** So long sales are booked while the ERP is away. */
const OUTAGE_MS = 30_000;
/** Reservations of which the latency is compared; so many that the slowest hundredth is more than chance. */
const RESERVED = 400;

const { values } = parseArgs({ options: { skus: { type: 'string' }, movements: { type: 'string' } } });
const runs = values.skus === undefined ? RUNS : [{ movements: Number(values.movements ?? 10_000), skus: Number(values.skus) }];
for (const run of runs) await drain(run);

async function drain({ movements, skus }: (typeof RUNS)[number]): Promise<void> {
  const server = await startServer();
  try {
    const shop = new Shop(server);
    console.log(`\n${movements} movements on ${skus} SKUs`);
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
    console.log(
      `in /metrics: ${waiting.count} waiting, the oldest for ${waiting.oldestSeconds.toFixed(1)} s, lane ${waiting.lane}`,
    );
    const withoutErp = await shop.reserveLatencies(RESERVED);

    const sentBefore = await countMessages(server.state);
    await shop.faults({});
    const drained = await watchDrain(shop, from, bookedAtMs);
    const sent = await countMessages(server.state);
    await shop.untilNothingWaits();
    // Half before and half after, since the machine has other things to do at times.
    const withErp = [...before, ...(await shop.reserveLatencies(RESERVED / 2))];
    report({
      drained,
      movements,
      messages: { movements: sent.movements - sentBefore.movements, changes: sent.changes - sentBefore.changes },
    });
    compare(withErp, withoutErp);
    console.log(`balances in the ERP as in the front: ${await shop.agrees()}`);
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

function report({
  drained: { healedMs, arrivals, ages },
  movements,
  messages,
}: {
  readonly drained: Drained;
  readonly movements: number;
  readonly messages: { readonly movements: number; readonly changes: number };
}): void {
  const first = arrivals[0]?.atMs ?? healedMs;
  const last = arrivals.at(-1)?.atMs ?? healedMs;
  const posted = arrivals.reduce((sum, { count }) => sum + count, 0);
  const perThousand = (count: number): string => ((count * 1_000) / movements).toFixed(1);
  console.log(
    `drained ${posted}: the first ${seconds(first - healedMs)} after the ERP was back, the last ${seconds(last - healedMs)}`,
  );
  console.log(`  ${Math.round((posted * 1_000) / Math.max(1, last - healedMs))} per second since it was back,`);
  console.log(`  ${Math.round((posted * 1_000) / Math.max(1, last - first))} per second since the first arrived`);
  console.log(
    `  messages per 1,000 movements: ${perThousand(messages.movements)} to the ERP, ${perThousand(messages.changes)} to the read models`,
  );
  console.log(`  age of the oldest, second by second: ${ages.map((age) => age.toFixed(0)).join(' ')}`);
}

function compare(withErp: readonly number[], withoutErp: readonly number[]): void {
  for (const share of [0.5, 0.99]) {
    const [before, during] = [percentile(withErp, share) ?? 0, percentile(withoutErp, share) ?? 0];
    console.log(
      `reserve p${share * 100}: ${before.toFixed(1)} ms with the ERP, ${during.toFixed(1)} ms without, ratio ${(during / before).toFixed(2)}`,
    );
  }
  console.log(`reserved: ${withErp.length} and ${withoutErp.length}, all granted`);
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
