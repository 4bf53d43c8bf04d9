/** Does one thing for each item, so many at a time; one that throws does not stop the others. */
export async function inParallel<T, R>(
  items: readonly T[],
  atOnceMax: number,
  work: (item: T) => Promise<R>,
): Promise<readonly PromiseSettledResult<R>[]> {
  const results: PromiseSettledResult<R>[] = [];
  for (let at = 0; at < items.length; at += atOnceMax) {
    results.push(...(await Promise.allSettled(items.slice(at, at + atOnceMax).map(work))));
  }
  return results;
}

/** All that came of a bounded round of work; the first failure is thrown when every task has ended. */
export function valuesOf<Value>(results: readonly PromiseSettledResult<Value>[]): readonly Value[] {
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}
