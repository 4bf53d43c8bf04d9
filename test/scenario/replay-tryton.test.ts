import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { postingsReply } from '../../contracts/postings.ts';
import { replayOptions } from '../../tools/replay/options.ts';
import { replay } from '../../tools/replay/replay.ts';
import { sampleOrders } from '../../tools/replay/sample.ts';
import { idsIn } from '../../tools/tryton/ask-tryton.ts';
import { writeCredentials } from '../../tools/tryton/credentials.ts';
import { DATABASE } from '../../tools/tryton/database.ts';
import { whyNoTryton } from '../../tools/tryton/packages.ts';
import { startTryton, type Tryton } from '../../tools/tryton/start-tryton.ts';
import { startFaultProxy } from '../fault-proxy.ts';
import { startHoldfast, type Holdfast } from './holdfast.ts';

// Each time that the server is killed, what was under way waits for some seconds; a whole day goes through one process besides.
const REPLAYED_MS_MAX = 900_000;
const KILLS_MIN = 10;
const BLANK = { say: () => {}, progress: () => ({ at: () => {}, end: () => {} }) };
// CI names an export of real orders where it has one.
const realOrders = process.env['REPLAY_FILE'];

const why = whyNoTryton();
if (why !== null) console.warn(`No day is replayed into Tryton: ${why}`);

const endings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).toReversed()) await end();
});

test.skipIf(why !== null)(
  `[I11] [I12] ${realOrders === undefined ? 'generated orders' : `the first day of ${path.basename(realOrders)}`} into a Tryton that is killed again and again: equal to the unit, no document twice, nothing lost`,
  async () => {
    const { tryton, killer, holdfast, credentials } = await everything();
    const orders = await ordersIn(holdfast.state);
    const flags = ['--state', holdfast.state, '--url', holdfast.url, '--tryton', credentials];

    const { text, agrees } = await replay(replayOptions([...orders, ...flags]), BLANK);

    const kills = await killer.stop();
    console.info(`${text}\nTryton was killed ${kills} times.`);
    expect(kills).toBeGreaterThanOrEqual(KILLS_MIN);
    expect(text).toContain('Everything agrees.');
    expect(agrees).toBe(true);
    const booked = idsIn(await tryton.admin.ask('stock.move.search', [doneByUs(tryton)])).toSorted((a, b) => a - b);
    // Each move that was done stands under one key, and each key's moves were done.
    expect(await documentsOf(holdfast)).toEqual(booked);
  },
  REPLAYED_MS_MAX,
);

async function everything() {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'holdfast-tryton-replay-'));
  endings.push(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  const tryton = await startTryton(folder, { warehouses: ['dc', 'shop'] });
  endings.push(() => tryton.stop());
  const proxy = await startFaultProxy(new URL('/', tryton.url).href);
  endings.push(() => proxy.stop());
  const killer = killing(tryton);
  endings.push(() => killer.stop());
  proxy.faults.loseAnswerTo = ({ body }) => {
    if (body.includes('"model.stock.move.do"')) killer.somethingIsDone();
    return false;
  };

  vi.stubEnv('ERP_TOKEN', tryton.password);
  const erp = [
    '--erp',
    'tryton',
    '--erp-url',
    `${proxy.url}/${DATABASE}/`,
    '--erp-options',
    JSON.stringify({ user: tryton.user }),
  ];
  const holdfast = await startHoldfast('--seed', 'none', ...erp).finally(() => vi.unstubAllEnvs());
  endings.push(() => holdfast.stop());
  return { tryton, killer, holdfast, credentials: await writeCredentials(folder, tryton) };
}

// A day has some hundred batches. Generated orders have a dozen at least, so each kills until there were enough.
const BATCHES_BETWEEN_KILLS = realOrders === undefined ? 1 : 8;
const BATCHES_BETWEEN_LATER_KILLS = 25;

/**
 * Kills the server a moment after a batch that it is to do has arrived: so sometimes before it began, sometimes in the
 * middle, sometimes when it had answered. Later on less often, or a day would never end.
 */
function killing(tryton: Tryton) {
  let batches = 0;
  let nextAt = 1;
  let kills = 0;
  let stopped = false;
  let under: Promise<void> | null = null;

  async function killOnce(): Promise<void> {
    await pause(Math.random() * 250);
    await tryton.kill();
    kills += 1;
    await pause(200 + Math.random() * 600);
    await tryton.restart();
  }
  return {
    somethingIsDone: () => {
      batches += 1;
      if (stopped || under !== null || batches < nextAt) return;
      nextAt = batches + (kills < KILLS_MIN ? BATCHES_BETWEEN_KILLS : BATCHES_BETWEEN_LATER_KILLS);
      under = killOnce().finally(() => (under = null));
    },
    stop: async (): Promise<number> => {
      stopped = true;
      await under;
      return kills;
    },
  };
}

function doneByUs({ user }: Tryton): unknown {
  return [
    ['state', '=', 'done'],
    ['create_uid.login', '=', user],
  ];
}

/** The moves that the front holds for posted, by number; one that stood under two keys would be here twice. */
async function documentsOf({ url, state }: Holdfast): Promise<readonly number[]> {
  const { admin }: { admin: string } = JSON.parse(await readFile(path.join(state, 'dev-keys.json'), 'utf8'));
  const documents: number[] = [];
  for (let cursor: string | null = null; ;) {
    const after: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const answer = await fetch(`${url}/v1/postings?state=posted&limit=500${after}`, {
      headers: { Authorization: `Bearer ${admin}` },
    });
    const page = postingsReply.parse(await answer.json());
    for (const { erp_reference } of page.items) documents.push(...movesIn(erp_reference ?? ''));
    if (page.next_cursor === null) return documents.toSorted((a, b) => a - b);
    cursor = page.next_cursor;
  }
}

function movesIn(reference: string): readonly number[] {
  return [...reference.matchAll(/stock\.move,(\d+)/g)].map(([, id]) => Number(id));
}

async function ordersIn(state: string): Promise<string[]> {
  if (realOrders !== undefined) return [realOrders, '--limit-days', '1'];
  const file = path.join(state, 'orders.csv');
  await writeFile(file, sampleOrders(80, 1));
  return [file];
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
