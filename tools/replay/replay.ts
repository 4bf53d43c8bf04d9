import path from 'node:path';
import { readCredentials } from '../tryton/credentials.ts';
import { askAt } from './ask.ts';
import { bookFact } from './book-fact.ts';
import { beginCampaign, campaignOf } from './campaign.ts';
import { genericErp } from './erp-side.ts';
import type { Front } from './front.ts';
import { inFlight } from './in-flight.ts';
import { readApiKeys, readErpToken } from './keys.ts';
import { openingBalances } from './opening.ts';
import type { ReplayOptions } from './options.ts';
import { PATIENCE, type Patience } from './patience.ts';
import type { Screen } from './progress.ts';
import { report, type Report } from './report.ts';
import { ofType, rowsOf, type ItemPrepared, type LogEntry, type RunLog } from './run-log.ts';
import { openRun, salesKeysFile } from './run.ts';
import { salesKeysOf, type SalesKeys } from './sales-keys.ts';
import { sellCart } from './sell-cart.ts';
import { declareNetwork, prepareItem, receiveOpenings } from './set-up.ts';
import { compareBooks, failedPostings, waitForPostings, type Books } from './settle.ts';
import { tallyByItem } from './tally.ts';
import { Timings } from './timings.ts';
import { trytonSide } from './tryton-side.ts';
import { workOf, type Task, type Work } from './work.ts';

/** Items are prepared one call each, of which the front serves many at once; carts are many calls inside. */
const ITEMS_AT_ONCE = 32;

/** Replays the file, waits for the ERP, then compares our own log, the front and the ERP. */
export async function replay(options: ReplayOptions, screen: Screen, patience: Patience = PATIENCE): Promise<Report> {
  const keys = await readApiKeys(options.keysFile);
  const { log, orders } = await openRun(options);
  const timings = new Timings();
  const erpUrl = options.erpUrl ?? log.started.erpUrl;
  const erp =
    options.trytonFile === null
      ? genericErp(askAt({ url: erpUrl, timings, patience }), await readErpToken(path.join(options.stateDir, 'secrets.json')))
      : trytonSide(await readCredentials(options.trytonFile), patience);
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
    if (!log.entries.some(({ type }) => type === 'opened')) await erp.prepare([...work.names.keys()]);
    const salesKeys = await setUp(front, log, work, salesKeysFile(options.stateDir, log.started.run), screen);
    const finish = (task: Task) => finished(front, salesKeys, task);
    const finishedBefore = await replayTasks(log, work, options.concurrency, finish, timings, screen);
    const tookMs = performance.now() - startedMs;
    const settled = await settle(screen, {
      front,
      erp,
      items: tallyByItem(log.entries),
      issueAt: log.started.issueAt,
      concurrency: ITEMS_AT_ONCE,
      patience,
    });
    return report({
      run: log.started,
      log: log.entries,
      rows: work.rows,
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

/** Declares and receives what the run needs and has not, and says which keys sell. */
async function setUp(
  front: Front,
  log: RunLog,
  { tasks, sales, names }: Work,
  keysFile: string,
  screen: Screen,
): Promise<SalesKeys> {
  if (log.entries.some(({ type }) => type === 'opened')) return salesKeysOf(front, keysFile);
  await declareNetwork(front);

  const prepared = new Set(preparedItems(log).map(({ sku }) => sku));
  const demand = sales.map(({ row, quantity }) => ({ sku: row.stock_code, quantity }));
  const openings = openingBalances(demand, log.started.opening);
  const items = screen.progress('items', names.size);
  const missing = [...names].filter(([sku]) => !prepared.has(sku));
  await inFlight(missing, ITEMS_AT_ONCE, async ([sku, name]) => {
    log.append(await prepareItem(front, sku, name, openings.get(sku) ?? 0));
    prepared.add(sku);
    items.at(prepared.size);
  }).finally(() => items.end());

  const all = preparedItems(log);
  const stocked = screen.progress('openings', all.filter(({ opening }) => opening > 0).length);
  let received = 0;
  await receiveOpenings(front, all, (count) => stocked.at((received += count))).finally(() => stocked.end());
  const campaign = campaignOf(tasks, all);
  if (campaign !== null && ofType(log.entries, 'campaign').length === 0) {
    await beginCampaign(front, campaign);
    log.append(campaign);
  }
  log.append({ type: 'opened' });
  return salesKeysOf(front, keysFile);
}

/** Says how many rows had been finished before. */
async function replayTasks(
  log: RunLog,
  { tasks, rows }: Work,
  concurrency: number,
  finish: (task: Task) => Promise<LogEntry>,
  timings: Timings,
  screen: Screen,
): Promise<number> {
  const done = new Set(rowsOf(log.entries).map(({ row }) => row));
  const finishedBefore = done.size;
  const shown = screen.progress('rows', rows);
  shown.at(done.size);
  const open = tasks.filter(({ firstRow }) => !done.has(firstRow));
  await inFlight(open, concurrency, async (task) => {
    const entry = await finish(task);
    log.append(entry);
    for (const { row } of rowsOf([entry])) done.add(row);
    shown.at(done.size, timings.repeatsInAll === 0 ? '' : `${timings.repeatsInAll} calls asked again`);
  }).finally(() => shown.end());
  return finishedBefore;
}

function finished(front: Front, salesKeys: SalesKeys, task: Task): Promise<LogEntry> {
  switch (task.kind) {
    case 'cart':
      return sellCart(front, salesKeys[task.cart.channel], task.cart);
    case 'fact':
      return bookFact(front, task.fact);
  }
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
  return ofType(log.entries, 'item');
}
