import { expect, test } from 'vitest';
import { flush, MUG, sale, TEA } from '../../test/pipeline/postings.ts';
import { flushesOf } from './post-movements.ts';

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
