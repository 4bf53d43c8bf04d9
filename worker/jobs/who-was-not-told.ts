import { OBJECTS_AT_ONCE_MAX } from '../../contracts/limits.ts';
import type { Sku } from '../../domain/ids.ts';
import { inParallel } from '../in-parallel.ts';

/** Tells each SKU's object something, many at a time. One that cannot be told stops no other; the caller sees to it. */
export async function whoWasNotTold<News extends { readonly sku: Sku }>(
  news: readonly News[],
  tell: (one: News) => Promise<void>,
): Promise<ReadonlyMap<Sku, unknown>> {
  const results = await inParallel(news, OBJECTS_AT_ONCE_MAX, tell);
  return new Map(
    news.flatMap(({ sku }, index) => {
      const result = results[index];
      return result?.status === 'rejected' ? [[sku, result.reason] as const] : [];
    }),
  );
}
