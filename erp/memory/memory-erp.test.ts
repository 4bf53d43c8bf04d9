import { describe, expect, test } from 'vitest';
import { erpPortContract, posting, type ErpHarness } from '../../test/contract/erp-port-contract.ts';
import { location, sku } from '../../test/story/ids.ts';
import { MemoryErp } from './memory-erp.ts';

describe.each([true, false])('with enforcesKeys %s', (enforcesKeys) => {
  erpPortContract('the ERP in memory', async () => harness(new MemoryErp({ enforcesKeys, pageMax: 3 })));
});

const TEA = sku('TEA');
const SALE = posting(TEA, 1, -2);

test('[I12] without a check of keys, who does not ask first posts twice', async () => {
  const erp = new MemoryErp({ enforcesKeys: false });
  await erp.post([SALE], AbortSignal.timeout(1_000));
  await erp.post([SALE], AbortSignal.timeout(1_000));
  expect(erp.documents(SALE.key)).toBe(2);
});

test('[R33] a pending posting has no mark yet, and is found by key', async () => {
  const erp = new MemoryErp({ enforcesKeys: true });
  erp.faults.pendingNext = 1;
  expect(await erp.post([SALE], AbortSignal.timeout(1_000))).toEqual([{ key: SALE.key, outcome: 'pending' }]);
  expect(await erp.find([SALE.key], AbortSignal.timeout(1_000))).toEqual(new Map([[SALE.key, { mark: 1, reference: 'M-1' }]]));
});

test('a failure that comes before booking books nothing', async () => {
  const erp = new MemoryErp({ enforcesKeys: true });
  erp.faults.failNext = 1;
  expect(await erp.post([SALE], AbortSignal.timeout(1_000))).toMatchObject([{ outcome: 'unknown' }]);
  expect(erp.documents(SALE.key)).toBe(0);
});

function harness(erp: MemoryErp): ErpHarness {
  const { faults } = erp;
  return {
    erp,
    bookReceipt: async ({ key, sku, quantity }) => {
      const lines = [{ location: location('dc'), status: 'sellable' as const, onHand: quantity, committed: 0 }];
      erp.book({ key, sku, kind: 'received', lines, orderRef: null, document: null, reason: null, occurredAtMs: 0 });
    },
    refuse: async (sku) => void faults.refusedSkus.add(sku),
    throttle: async (retryAfterMs) => void (faults.throttled = { retryAfterMs }),
    timeOutAfterApplying: async () => void (faults.applyThenTimeOutNext = 1),
    goDown: async () => void (faults.down = true),
    heal: async () => {
      Object.assign(faults, { down: false, failNext: 0, applyThenTimeOutNext: 0, pendingNext: 0, throttled: null });
      faults.refusedSkus.clear();
    },
  };
}
