/** All that came of a bounded round of work; the first failure is thrown when every task has ended. */
export function valuesOf<Value>(results: readonly PromiseSettledResult<Value>[]): readonly Value[] {
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}
