import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Sku } from '../../domain/ids.ts';
import type { Posting } from '../../domain/posting.ts';
import { posting } from '../../test/contract/erp-port-contract.ts';
import { startFaultProxy, type FaultProxy } from '../../test/fault-proxy.ts';
import { Dice } from '../../test/model/dice.ts';
import { odooHarness } from '../../test/odoo/harness.ts';
import { startStubOdoo, STUB_LOGIN, type StubOdoo } from '../../test/odoo/stub-odoo.ts';
import type { Version } from '../../test/odoo/stub-schema.ts';
import { sku } from '../../test/story/ids.ts';

const SEEDS = Number(process.env['ODOO_SEEDS'] ?? 3);
const FIRST_SEED = Number(process.env['ODOO_SEED'] ?? 1);
const ROUNDS = 25;

describe.each<[Version, 'jsonrpc' | 'json2']>([
  [17, 'jsonrpc'],
  [19, 'json2'],
])('Odoo %i by %s behind a bad line', (version, protocol) => {
  let stub: StubOdoo;
  let proxy: FaultProxy;
  beforeAll(async () => {
    stub = await startStubOdoo(version);
    proxy = await startFaultProxy(stub.url);
  });
  afterAll(async () => {
    await proxy.stop();
    await stub.stop();
  });

  test.each(Array.from({ length: SEEDS }, (_, index) => FIRST_SEED + index))(
    '[I11] [I12] seed %i: whatever is lost on the way, each posting is one transfer in the end, told once',
    async (seed) => {
      const dice = new Dice(seed);
      const { database, user, key } = STUB_LOGIN;
      const setup = { login: { url: stub.url, options: { database, user, protocol }, key }, proxy, pageMax: 7, bookingMs: 0 };
      const { erp, person } = odooHarness(setup);
      const skus = Array.from({ length: 4 }, (_, index) => sku(`LINE-${seed}-${index}`));
      for (const each of skus) await person.addItem(each);
      let cursor = await end(null);
      const [told, sold]: [string[], string[]] = [[], []];
      const open = new Map<string, Posting>();
      const sums = new Map<Sku, number>();

      for (let round = 0; round < ROUNDS; round += 1) {
        for (const each of skus) {
          if (dice.oneIn(2)) continue;
          const sale = posting(each, round + 1, dice.oneIn(3) ? 9 : -dice.roll(1, 5));
          open.set(sale.key, sale);
          sold.push(sale.key);
          sums.set(each, (sums.get(each) ?? 0) + (sale.lines[0]?.onHand ?? 0));
        }
        const patience = new AbortController();
        disturb(dice, patience);
        const outcomes = await erp.post([...open.values()].slice(0, erp.batchMax), patience.signal);
        proxy.heal();
        stub.books.conflictsNext = 0;
        for (const { key: posted, outcome } of outcomes) {
          expect(outcome).not.toBe('refused');
          if (outcome === 'posted' || outcome === 'duplicate') open.delete(posted);
        }
        cursor = await read(cursor);
      }
      while (open.size > 0) {
        const outcomes = await erp.post([...open.values()].slice(0, erp.batchMax), soon());
        for (const { key: posted } of outcomes) open.delete(posted);
      }
      await read(cursor);

      const balances = await erp.balancesOf(skus, soon());
      expect(balances.map((balance) => [balance.sku, balance.onHand])).toEqual(skus.map((each) => [each, sums.get(each)]));
      expect(told.toSorted()).toEqual(sold.toSorted());
      for (const each of told) expect(await person.transfers(each)).toEqual(['done']);
      expect((await erp.find(told.slice(0, erp.batchMax), soon())).size).toBe(Math.min(told.length, erp.batchMax));

      async function read(from: string | null): Promise<string | null> {
        for (let at = from; ;) {
          const { items, nextCursor } = await erp.changes(at, soon());
          told.push(...items.map((change) => change.key));
          if (nextCursor === at) return at;
          at = nextCursor;
        }
      }

      async function end(from: string | null): Promise<string | null> {
        for (let at = from; ;) {
          const { nextCursor } = await erp.changes(at, soon());
          if (nextCursor === at) return at;
          at = nextCursor;
        }
      }
    },
  );

  /** One of the things that go wrong, at any of the calls that a posting takes. */
  function disturb(dice: Dice, patience: AbortController): void {
    let left = dice.roll(0, 11);
    const atThatCall = (): boolean => (left -= 1) < 0;
    proxy.faults.onLoss = () => patience.abort();
    const kind = dice.roll(1, 10);
    if (kind <= 3) proxy.faults.loseAnswerTo = atThatCall;
    else if (kind <= 5) proxy.faults.loseRequest = atThatCall;
    else if (kind <= 6) proxy.faults.down = true;
    else if (kind <= 7) proxy.faults.throttledMs = 1_000;
    else if (kind <= 8) stub.books.conflictsNext = 1;
    else if (kind <= 9 && protocol === 'jsonrpc') stub.forgetUsers();
  }
});

function soon(): AbortSignal {
  return AbortSignal.timeout(20_000);
}
