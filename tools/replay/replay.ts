import path from 'node:path';
import { askAt } from './ask.ts';
import { inFlight } from './in-flight.ts';
import { readApiKeys, readErpToken } from './keys.ts';
import { openingBalances } from './opening.ts';
import type { ReplayOptions } from './options.ts';
import { PATIENCE, type Patience } from './patience.ts';
import type { Screen } from './progress.ts';
import { replayRow, type Front } from './replay-row.ts';
import { report, type Report } from './report.ts';
import type { ItemPrepared, RunLog } from './run-log.ts';
import { openRun } from './run.ts';
import { declareNetwork, prepareItem, receiveOpenings } from './set-up.ts';
import { compareBooks, failedPostings, waitForPostings, type Books } from './settle.ts';
import { tallyByItem } from './tally.ts';
import { Timings } from './timings.ts';
import { workOf, type Work } from './work.ts';

/** Replays the file, waits for the ERP, then compares our own log, the front and the ERP. */
export async function replay(options: ReplayOptions, screen: Screen, patience: Patience = PATIENCE): Promise<Report> {
  const keys = await readApiKeys(options.keysFile);
  const erpToken = await readErpToken(path.join(options.stateDir, 'secrets.json'));
  const { log, orders } = await openRun(options);
  const timings = new Timings();
  const front: Front = {
    ask: askAt({ url: options.url ?? log.started.url, timings, patience }),
    keys,
    run: log.started,
    patience,
  };
  const startedMs = performance.now();
  screen.say(`Run ${log.started.run}. If it is stopped, go on with: npm run replay -- --resume --run ${log.started.run}`);

  try {
    const work = workOf(orders, log.started.lastDay);
    await setUp(front, log, work, options.concurrency, screen);
    const finishedBefore = await replayRows(front, log, work, options.concurrency, timings, screen);
    const tookMs = performance.now() - startedMs;
    const settled = await settle(screen, {
      front,
      erp: { ask: askAt({ url: options.erpUrl ?? log.started.erpUrl, timings, patience }), token: erpToken },
      items: tallyByItem(log.entries),
      issueAt: log.started.issueAt,
      concurrency: options.concurrency,
      patience,
    });
    return report({
      run: log.started,
      log: log.entries,
      rows: work.rows.length,
      skipped: work.skipped,
      finishedBefore,
      ...settled,
      calls: timings.summary(),
      tookMs,
    });
  } finally {
    log.close();
  }
}

async function setUp(front: Front, log: RunLog, { rows, names }: Work, concurrency: number, screen: Screen): Promise<void> {
  if (log.entries.some(({ type }) => type === 'opened')) return;
  await declareNetwork(front);

  const prepared = new Set(preparedItems(log).map(({ sku }) => sku));
  const sales = rows
    .filter(({ meaning }) => meaning.kind === 'sale')
    .map(({ row, meaning }) => ({ sku: row.stock_code, ...meaning }));
  const openings = openingBalances(sales, log.started.opening);
  const items = screen.progress('items', names.size);
  const missing = [...names].filter(([sku]) => !prepared.has(sku));
  await inFlight(missing, concurrency, async ([sku, name]) => {
    log.append(await prepareItem(front, sku, name, openings.get(sku) ?? 0));
    prepared.add(sku);
    items.at(prepared.size);
  }).finally(() => items.end());

  const all = preparedItems(log);
  const stocked = screen.progress('openings', all.filter(({ opening }) => opening > 0).length);
  let received = 0;
  await receiveOpenings(front, all, (count) => stocked.at((received += count))).finally(() => stocked.end());
  log.append({ type: 'opened' });
}

/** Says how many rows had been finished before. */
async function replayRows(
  front: Front,
  log: RunLog,
  { rows }: Work,
  concurrency: number,
  timings: Timings,
  screen: Screen,
): Promise<number> {
  const finished = new Set(log.entries.flatMap((entry) => ('row' in entry ? [entry.row] : [])));
  const finishedBefore = finished.size;
  const shown = screen.progress('rows', rows.length);
  shown.at(finished.size);
  const open = rows.filter(({ row }) => !finished.has(row.row));
  await inFlight(open, concurrency, async ({ row, meaning }) => {
    log.append(await replayRow(front, row, meaning));
    finished.add(row.row);
    shown.at(finished.size, timings.repeatsInAll === 0 ? '' : `${timings.repeatsInAll} calls asked again`);
  }).finally(() => shown.end());
  return finishedBefore;
}

async function settle(screen: Screen, books: Books) {
  const draining = screen.progress('postings', null);
  const pendingPostings = await waitForPostings(books, (count, more) =>
    draining.at(0, `${count}${more ? ' or more' : ''} pending`),
  ).finally(() => draining.end());
  const comparing = screen.progress('compared', books.items.size);
  const disagreements = await compareBooks(books, (compared) => comparing.at(compared)).finally(() => comparing.end());
  return { pendingPostings, failedPostings: await failedPostings(books), disagreements };
}

function preparedItems(log: RunLog): ItemPrepared[] {
  return log.entries.filter((entry) => entry.type === 'item');
}
