import { expect, test } from 'vitest';
import { MemoryErp } from '../../erp/memory/memory-erp.ts';
import type { ErpPort } from '../../erp/port.ts';
import { sale, TEA } from '../../test/pipeline/postings.ts';
import { pacedErp } from './paced-erp.ts';

// However long the machine takes.
const patient = new AbortController().signal;
const postings = (count: number) => Array.from({ length: count }, (_, index) => sale(TEA, index + 1));

test('[R33] after a call that was given up an ERP is sent half of it, and more again when it is fast', async () => {
  const erp = new MemoryErp({ enforcesKeys: true });
  const paced = pacedErp(erp, () => 0);
  expect(paced.batchMax).toBe(500);
  await paced.post(postings(400), AbortSignal.abort());
  expect(paced.batchMax).toBe(200);
  await paced.post(postings(200), patient);
  expect(paced.batchMax).toBe(400);
});

test('[R33] an ERP that fails at once, or asks for patience, is sent no less for that', async () => {
  const erp = new MemoryErp({ enforcesKeys: true });
  const paced: ErpPort = pacedErp(erp, () => 0);
  erp.faults.down = true;
  await paced.post(postings(500), patient);
  erp.faults.down = false;
  erp.faults.throttled = { retryAfterMs: 1_000 };
  await paced.post(postings(500), patient);
  expect(paced.batchMax).toBe(500);
});

test('everything else goes through as it is', async () => {
  const paced = pacedErp(new MemoryErp({ enforcesKeys: true }), () => 0);
  await paced.post(postings(1), patient);
  expect([...(await paced.find(['TEA#1'], patient)).keys()]).toEqual(['TEA#1']);
  expect(await paced.balances(null, patient)).toMatchObject({ items: [{ sku: TEA }] });
  expect(await paced.balancesOf([TEA], patient)).toMatchObject([{ sku: TEA }]);
  expect(await paced.changes(null, patient)).toMatchObject({ items: [{ key: 'TEA#1' }] });
});
