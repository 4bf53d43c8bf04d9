import { evictDurableObject, reset, runDurableObjectAlarm } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Told } from '../../domain/variance.ts';
import type { Sku } from '../../domain/ids.ts';
import type { SkuStockStub } from '../../durable-objects/sku-stock/protocol.ts';
import { MemoryErp } from '../../erp/memory/memory-erp.ts';
import { ErpUnavailable, type ErpBalance, type ErpPort } from '../../erp/port.ts';
import { followErp } from '../../worker/jobs/follow-erp.ts';
import { reconcile } from '../../worker/jobs/reconcile.ts';
import { tendRuns } from '../../worker/jobs/tend-runs.ts';
import { advanceRun } from '../../worker/reconciliation/advance-run.ts';
import { listLines } from '../../worker/reconciliation/lines.ts';
import type { ReconciliationParts } from '../../worker/reconciliation/parts.ts';
import { RUN_LEASE_MS } from '../../worker/reconciliation/limits.ts';
import { beginRun, leaseRun, listRuns, runOf } from '../../worker/reconciliation/runs.ts';
import { reconciliationSettings } from '../../worker/reconciliation/settings.ts';
import { Refused } from '../../worker/refused.ts';
import type { StockGateway } from '../../worker/stock/stock-gateway.ts';
import { pass, useOwnClock } from './clock.ts';
import { deliver } from './pipeline.ts';
import { commit, countRows, ERP, NETWORK, received, reserve, SkuUnderTest } from './sku.ts';

const db = env.DB;
let erp: MemoryErp;
let tea: SkuUnderTest;
const ASKED = { connection: ERP, skus: null, against: [ERP], askedBy: 'x', correlationId: 'c' };
let runs = 0;

useOwnClock();

const stock: Pick<StockGateway, 'execute'> = {
  execute: async (sku, asked) => {
    const result = await env.SKU_STOCK.getByName(sku).execute({ networkVersion: NETWORK.version, network: NETWORK, asked });
    if (result.outcome === 'sku_unknown') return new Refused('sku_unknown', 'no such item');
    if (result.outcome !== 'done') throw new Error(result.outcome);
    return result.replies;
  },
};
const stockOf = (sku: Sku): SkuStockStub => env.SKU_STOCK.getByName(sku) as unknown as SkuStockStub;

beforeEach(async () => {
  erp = new MemoryErp({ enforcesKeys: true, pageMax: 3 });
  tea = new SkuUnderTest('TEA');
  await db.batch([
    db.prepare(
      "INSERT INTO item (sku, name, status, units, version, policy, policy_version) VALUES ('TEA', NULL, 'active', '[]', 1, NULL, 1)",
    ),
    db.prepare("INSERT INTO location (id, name, type, priority, stop_sell, version) VALUES ('dc', NULL, 'dc', 1, 0, 1)"),
  ]);
  await tea.stocked(10);
});
afterEach(() => reset());

function partsWith(port: Pick<ErpPort, 'balances' | 'balancesOf' | 'find' | 'batchMax'> = erp): ReconciliationParts {
  const nowMs = (): number => Date.now();
  return {
    db,
    connection: ERP,
    erp: port,
    stock,
    stockOf,
    issueAt: 'commit',
    settings: reconciliationSettings.parse({}),
    // The feed bears our keys, and so it answers what was sent.
    followFeed: async (untilMark) => {
      await bookSent();
      const until = { untilMark: untilMark ?? Infinity };
      return (await followErp({ db, erp, source: ERP, stock, stockOf, nowMs, ...until }))['ended'] === true;
    },
    nowMs,
  };
}

/** What waits leaves, and the ERP books it. */
async function flush(): Promise<void> {
  pass(1_000);
  await runDurableObjectAlarm(tea.object);
  await bookSent();
}

/** An alarm may ring by itself here as well, so whatever left is booked before anybody reads. */
async function bookSent(): Promise<void> {
  const waiting = await tea.object.waiting({ after: 0, limit: 100 });
  const sent = waiting.filter(({ state }) => state === 'sent').map(({ posting }) => posting);
  await erp.post(sent, AbortSignal.timeout(1_000));
}

async function sell(id: string, units: number): Promise<void> {
  await tea.ask(reserve(id, units));
  await tea.ask(commit(id));
}

async function run(parts = partsWith()): Promise<Awaited<ReturnType<typeof listLines>>> {
  const id = `run-${(runs += 1)}`;
  await beginRun(db, { id, connection: ERP, skus: null, against: [ERP], askedBy: null, correlationId: 'c' }, Date.now(), null);
  for (let times = 0; times < 30; times += 1) {
    const { advanced } = await advanceRun(id, parts);
    if (advanced.outcome !== 'goes on') return listLines(db, id, { after: null, limit: 10 });
    pass(Math.max(1, advanced.afterMs));
  }
  throw new Error('the run never ends');
}

/** The same ERP, of which nobody can tell what its numbers hold. */
function withoutMarks(between: () => Promise<void> = async () => undefined): ReturnType<typeof partsWith>['erp'] {
  const unmarked = (balances: readonly ErpBalance[]): readonly ErpBalance[] => balances.map((one) => ({ ...one, mark: null }));
  return {
    batchMax: erp.batchMax,
    find: (keys, signal) => erp.find(keys, signal),
    balances: async (cursor, signal) => {
      const page = await erp.balances(cursor, signal);
      return { ...page, items: unmarked(page.items) };
    },
    balancesOf: async (skus, signal) => {
      const balances = unmarked(await erp.balancesOf(skus, signal));
      await between();
      return balances;
    },
  };
}

test('[R34] [R36] with postings waiting, sent and answered, a run finds what was done by hand and nothing else', async () => {
  await flush();
  await sell('a', 2);
  await flush();
  await sell('b', 3);
  expect(await run()).toEqual([]);
  erp.tamper('TEA', 'dc', -4);
  expect(await run()).toMatchObject([{ sku: 'TEA', class: 'unknown', outcome: 'case', variance: -4 }]);
});

test('[R34] [R36] a posting that nobody answered defers its place unless the ERP says by key whether it has it, also after the memory was lost', async () => {
  await flush();
  await sell('a', 2);
  await flush();
  const compared = async (told?: Told) =>
    tea.object.compare({
      readings: [
        {
          location: NETWORK.locations[0]?.id ?? ('dc' as never),
          status: 'sellable',
          source: ERP,
          quantity: 10,
          meaning: 'on_hand_minus_committed',
          holds: told === undefined ? { mark: 2 } : { mark: 2, told },
        },
      ],
      explainedBy: null,
    });
  expect((await compared())?.places).toEqual([{ outcome: 'deferred' }]);
  await evictDurableObject(tea.object);
  expect((await compared())?.places).toEqual([{ outcome: 'deferred' }]);
  const { through, sequences } = (await tea.object.standing())?.underWay ?? { through: 0, sequences: [] };
  expect(sequences).toEqual([through]);
  const answered = (mark: number | null) => compared({ through, postings: [{ sequence: through, mark }] });
  expect((await answered(2))?.places).toEqual([{ outcome: 'known', variance: 0, booked: 8 }]);
  for (const lacking of [null, 3]) {
    expect((await answered(lacking))?.places).toEqual([{ outcome: 'known', variance: 10, booked: 8 }]);
  }
  // What left after the ERP was asked cannot have been in the number.
  expect((await compared({ through: through - 1, postings: [] }))?.places).toMatchObject([{ variance: 10 }]);
  // The feed bears its key, and so a run need not wait for its answer.
  expect(await run()).toEqual([]);
});

test('[R35] [R36] an ERP without marks is read between two looks at what is under way', async () => {
  await flush();
  await sell('a', 2);
  expect(await run(partsWith(withoutMarks()))).toEqual([]);
  erp.tamper('TEA', 'dc', -4);
  expect(await run(partsWith(withoutMarks()))).toMatchObject([{ variance: -4, outcome: 'case', holds: { standing: {} } }]);
});

test('[R35] [R36] what leaves for an ERP without marks while it is read spoils that reading, and the next one counts', async () => {
  await flush();
  erp.tamper('TEA', 'dc', -4);
  let times = 0;
  const parts = partsWith(
    withoutMarks(async () => {
      times += 1;
      if (times > 2) return;
      await tea.ask(received(`late-${times}`, 1));
      await flush();
    }),
  );
  expect(await run(parts)).toMatchObject([{ variance: -4, outcome: 'case' }]);
  expect(times).toBeGreaterThan(3);
});

test('[R36] a correction is a row of the journal: the audit holds, it is not posted, and it comes once', async () => {
  await flush();
  erp.tamper('TEA', 'dc', -4);
  const settings = reconciliationSettings.parse({ classes: { unknown: { action: 'correct' } } });
  expect(await run({ ...partsWith(), settings })).toMatchObject([{ outcome: 'corrected', variance: -4 }]);
  expect(await tea.object.waiting({ after: 0, limit: 10 })).toEqual([]);
  expect((await tea.object.proof())?.checks.filter(({ holds }) => !holds)).toEqual([]);
  await evictDurableObject(tea.object);
  const explained = await tea.object.explain({ channel: null, after: null, limit: 1 });
  expect(explained?.balances).toMatchObject([{ onHand: 6 }]);
  expect(explained?.lastCount).toMatchObject({ source: 'erp', quantity: 6 });
  expect((await tea.object.proof())?.checks.filter(({ holds }) => !holds)).toEqual([]);
  expect(await run()).toEqual([]);
});

test('[R36] an item that is equal costs its object no row, and the database one row for a whole page', async () => {
  await flush();
  await run();
  const rows = await countRows(tea);
  expect(await run()).toEqual([]);
  expect(rows()).toBe(0);
  const { results } = await db.prepare('SELECT * FROM reconciliation_line').all();
  expect(results).toEqual([]);
});

test('[R36] the queue drives a run, message by message, and the clock wakes one whose message was lost', async () => {
  await flush();
  erp.tamper('TEA', 'dc', -4);
  const woken: { run: string; delayMs: number }[] = [];
  const deps = {
    reconciliation: partsWith(),
    wakeRun: async (id: string, delayMs: number) => void woken.push({ run: id, delayMs }),
  };
  await beginRun(db, { ...ASKED, id: 'r' }, Date.now(), null);
  const first = await deliver('reconciliations', [{ run: 'r' }], (batch) => reconcile(batch, deps));
  expect(first.acked).toEqual(['m1']);
  expect(woken).toEqual([{ run: 'r', delayMs: 5_000 }]);

  pass(15_000);
  expect(await tendRuns(deps)).toMatchObject({ woken: 0 });
  pass(10_000);
  expect(await tendRuns(deps)).toMatchObject({ woken: 1 });
  await deliver('reconciliations', [{ run: 'r' }, { nonsense: true }], (batch) => reconcile(batch, deps));
  expect(await runOf(db, 'r')).toMatchObject({ state: 'done' });
});

test('[R36] a run whose worker was killed goes on within a minute', async () => {
  const woken: string[] = [];
  const deps = { reconciliation: partsWith(), wakeRun: async (id: string) => void woken.push(id) };
  await beginRun(db, { ...ASKED, id: 'r' }, Date.now(), null);
  await leaseRun(db, 'r', Date.now(), Date.now() + RUN_LEASE_MS);
  pass(60_000);
  await tendRuns(deps);
  expect(woken).toEqual(['r']);
  expect((await advanceRun('r', deps.reconciliation)).advanced).not.toEqual({ outcome: 'not mine' });
});

test('[R36] while the ERP is away a run has one message, however often the clock rings and whoever else wakes it', async () => {
  const away = (): never => {
    throw new ErpUnavailable('The ERP answered 503.', 600_000);
  };
  const queue: { run: string; dueMs: number }[] = [];
  const deps = {
    reconciliation: partsWith({ ...withoutMarks(), balances: away }),
    wakeRun: async (run: string, delayMs: number) => void queue.push({ run, dueMs: Date.now() + delayMs }),
  };
  await beginRun(db, { ...ASKED, id: 'r' }, Date.now(), null);
  await deps.wakeRun('r', 0);
  await deps.wakeRun('r', 0);
  for (let minutes = 0; minutes < 60; minutes += 1) {
    await tendRuns(deps);
    for (const due of queue.filter(({ dueMs }) => dueMs <= Date.now())) {
      queue.splice(queue.indexOf(due), 1);
      await deliver('reconciliations', [{ run: due.run }], (batch) => reconcile(batch, deps));
    }
    expect(queue).toHaveLength(1);
    pass(60_000);
  }
});

test('[R36] the clock begins a run a day at its time, once, and gives up one that nobody can end', async () => {
  const deps = { reconciliation: partsWith(), wakeRun: async () => undefined };
  const begun = async (): Promise<number> => (await listRuns(db, { before: null, limit: 10 })).length;
  // Noon: long after two o'clock.
  await tendRuns(deps);
  expect(await begun()).toBe(0);
  pass(14.5 * 3_600_000);
  expect(await tendRuns(deps)).toMatchObject({ begun: true });
  expect(await tendRuns(deps)).toMatchObject({ begun: false });
  expect(await begun()).toBe(1);
  pass(13 * 3_600_000);
  await tendRuns(deps);
  expect(await listRuns(db, { before: null, limit: 10 })).toMatchObject([{ state: 'failed' }]);
  pass(11 * 3_600_000);
  expect(await tendRuns(deps)).toMatchObject({ begun: true });
  pass(101 * 86_400_000);
  await tendRuns(deps);
  pass(86_400_000);
  expect(await tendRuns(deps)).toMatchObject({ trimmed: 0 });
});
