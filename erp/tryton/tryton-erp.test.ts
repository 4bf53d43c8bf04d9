import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { erpPortContract, posting } from '../../test/contract/erp-port-contract.ts';
import { startFaultProxy, type FaultProxy } from '../../test/fault-proxy.ts';
import { location, sku } from '../../test/story/ids.ts';
import { idsIn } from '../../tools/tryton/ask-tryton.ts';
import { DATABASE } from '../../tools/tryton/database.ts';
import { whyNoTryton } from '../../tools/tryton/packages.ts';
import { addProducts, bookByHand, locationOf, productIds, storageOf } from '../../tools/tryton/set-up.ts';
import { startTryton, type Tryton } from '../../tools/tryton/start-tryton.ts';
import { MemoryNotes } from '../memory/memory-notes.ts';
import { trytonOptions } from './options.ts';
import { trytonErp } from './tryton-erp.ts';

const why = whyNoTryton();
if (why !== null) console.warn(`Tryton is not tested: ${why}`);

describe.skipIf(why !== null)('against a real Tryton', () => {
  let folder: string;
  let tryton: Tryton;
  let proxy: FaultProxy;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'holdfast-tryton-test-'));
    tryton = await startTryton(folder, { warehouses: ['dc', 'store'] });
    proxy = await startFaultProxy(new URL('/', tryton.url).href);
    // The first login after a start is slow.
    await connect().erp.find(['NOBODY#1'], soon());
  }, 240_000);
  afterEach(() => proxy.heal());
  afterAll(async () => {
    await proxy.stop();
    await tryton.stop();
    await rm(folder, { recursive: true, force: true });
  });

  function connect({ notes = new MemoryNotes(), statuses = {}, nowMs = Date.now } = {}) {
    const options = trytonOptions.parse({ user: tryton.user, statuses });
    const url = `${proxy.url}/${DATABASE}`;
    return { notes, erp: trytonErp({ url, password: tryton.password, options, notes, pageMax: 5, nowMs }) };
  }

  const losing =
    (method: string) =>
    ({ body }: { readonly body: string }) =>
      body.includes(`"model.${method}"`);

  erpPortContract('Tryton', async () => {
    const { erp } = connect();
    return {
      erp,
      addItem: (item) => addProducts(tryton.admin, [item]),
      bookReceipt: async ({ sku: item, quantity }) => {
        const [from, to] = [await locationOf(tryton.admin, 'supplier'), await storageOf(tryton.admin, 'dc')];
        return `tryton.move.${await bookByHand(tryton.admin, { sku: item, from, to, quantity })}`;
      },
      refuse: async (item) => void (await tryton.admin.ask('product.product.write', [await idsOf(item), { active: false }])),
      throttle: async (retryAfterMs) => void (proxy.faults.throttledMs = retryAfterMs),
      timeOutAfterApplying: async () => void (proxy.faults.loseAnswerTo = losing('stock.move.do')),
      bookingMs: 2_500,
      forgets: ['orderRef', 'occurredAtMs'],
      // Whoever gives a user a password, the same one even, ends the sessions that were opened with it.
      loseSession: async () => {
        const [user] = idsIn(await tryton.admin.ask('res.user.search', [[['login', '=', tryton.user]]]));
        await tryton.admin.ask('res.user.write', [[user], { password: tryton.password }]);
      },
      goDown: async () => void (proxy.faults.down = true),
      heal: async () => proxy.heal(),
    };
  });

  async function idsOf(item: string): Promise<readonly number[]> {
    return [...(await productIds(tryton.admin, [item])).values()];
  }

  test('one', () => expect([sku, location, posting, connect].length).toBe(4));
});

function soon(): AbortSignal {
  return AbortSignal.timeout(20_000);
}
