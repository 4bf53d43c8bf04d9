// `npm run cost`: what a million reads and a million reservation lives cost at list prices, from operations that are counted in the
// real runtime.
import { asked } from '../tools/command-line.ts';
import type { Measured } from './cost/bill.ts';
import { CountedShop, skusOf } from './cost/counted-shop.ts';
import { ALL_TOLD_MS, countLives, livesToCount, stockFor } from './cost/lives.ts';
import { asTable } from './cost/print.ts';
import { countReads } from './cost/reads.ts';
import { reportOf } from './cost/report.ts';
import { startCountedServer } from './cost/server.ts';
import { countTold } from './cost/told.ts';

const USAGE = `npm run cost -- [--quick] [--json]
  counts in the real runtime what Cloudflare bills for reads, reservations and what follows of them, and says it in dollars per
  million. It takes some two minutes.
    --quick  counts less, in half the time
    --json   says it to programs`;
const FLAG = { type: 'boolean', default: false } as const;
const { quick, json } = asked(USAGE, { quick: FLAG, json: FLAG }, (values) => values);
const READ_SKUS = 50;
/** Twice what it takes on a machine that does nothing else. */
const RUN_MS_MAX = 240_000;

const server = await startCountedServer();
// A front that never comes to rest is an error, and leaves nothing running.
setTimeout(() => {
  console.error(
    `Not counted within ${RUN_MS_MAX / 1_000} s: the front does not come to rest, or the machine has too much else to do.`,
  );
  void server.stop().then(() => process.exit(1));
}, RUN_MS_MAX).unref();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  // Miniflare's own listener would exit at once and leave the folder behind.
  process.removeAllListeners(signal).once(signal, () => void server.stop().then(() => process.exit(1)));
}
try {
  const report = reportOf(await countAll(new CountedShop(server)));
  console.log(json ? JSON.stringify(report, null, 2) : asTable(report));
} finally {
  await server.stop();
}

/** Whoever waits sees that it goes on. */
function say(what: string): void {
  console.error(`${(performance.now() / 1_000).toFixed(0).padStart(4)} s  ${what}`);
}

async function countAll(shop: CountedShop): Promise<Parameters<typeof reportOf>[0]> {
  const toLive = livesToCount(quick);
  await shop.stock('READ', READ_SKUS);
  for (const life of toLive) await stockFor(shop, life);
  await shop.untilQuiet(ALL_TOLD_MS);
  const ring = await shop.afterTheNight();
  const cron = { name: 'a minute in which nothing happens', unit: 'minute', units: 1, ...ring, notes: [] };

  const howMuch = quick ? { reads: 800, coloRounds: 1, batches: 20 } : { reads: 2_000, coloRounds: 3, batches: 50 };
  say('reads');
  const reads = await countReads(shop, skusOf('READ', READ_SKUS), howMuch);
  const lives: Measured[] = [];
  for (const life of toLive) {
    say(life.name);
    lives.push(await countLives(shop, life));
  }
  say('what others are told');
  const told = await countTold(shop, skusOf('READ', READ_SKUS), quick);
  const turn = { name: 'a turn of the tables', unit: 'turn', units: 1, ...(await shop.letGo()), notes: [] };
  return { workloads: [...reads, ...lives, ...told], cron, turn };
}
