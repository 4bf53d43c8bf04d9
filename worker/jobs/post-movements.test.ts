import { expect, test } from 'vitest';
import { MemoryErp } from '../../erp/memory/memory-erp.ts';
import { d1OnNode } from '../../test/d1-on-node.ts';
import { flush, MUG, sale, TEA } from '../../test/pipeline/postings.ts';
import { flushesOf, postMovements } from './post-movements.ts';

test('a flush that meets itself in one batch counts each posting once, in sequence, and is asked for', () => {
  const [met] = flushesOf([flush(TEA, [2, 3], { attempt: 2 }), flush(TEA, [1, 2])]);
  expect(met?.postings.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
  expect(met).toMatchObject({ attempt: 2, repeated: true });
});

test('whoever waits longest comes first', () => {
  const since = (recordedAtMs: number) => ({ postings: [{ ...sale(MUG, 1), recordedAtMs }] });
  expect(flushesOf([flush(TEA, [1]), flush(MUG, [], since(999))]).map(({ sku }) => sku)).toEqual([MUG, TEA]);
});

test('different SKUs stay apart', () => {
  expect(flushesOf([flush(TEA, [1]), flush(MUG, [1])]).map(({ sku }) => sku)).toEqual([TEA, MUG]);
});

test('[R33] a message is done with once its own object was told; one that nobody can read, or whose object is away, comes back alone', async () => {
  const done: string[] = [];
  const message = (name: string, body: unknown) => ({
    id: name,
    attempts: 1,
    timestamp: new Date(0),
    body,
    ack: () => void done.push(`${name} done`),
    retry: () => void done.push(`${name} again`),
  });
  const posted = (sku: typeof TEA) => ({ sku, sentAtMs: 0, attempt: 1, postings: [sale(sku, 1)] });
  const messages = [message('tea', posted(TEA)), message('mug', posted(MUG)), message('poison', { sku: 7 })];
  const batch = { queue: 'erp-movements', messages } as unknown as MessageBatch;
  await postMovements(batch, {
    db: d1OnNode(),
    erp: new MemoryErp({ enforcesKeys: true }),
    stockOf: (sku) => ({ acknowledge: () => (sku === MUG ? Promise.reject(new Error('away')) : Promise.resolve()) }),
    nowMs: () => 9_000,
  });
  expect(done).toEqual(['tea done', 'mug again', 'poison again']);
});
