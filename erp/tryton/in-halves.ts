import type { RpcAnswer } from './rpc.ts';

/** What became of one item: what its part of the results is, or why there is none. */
export type Part<Result> =
  { readonly kind: 'answered'; readonly result: Result } | Exclude<RpcAnswer<never>, { kind: 'answered' }>;

/**
 * Sends all items in one call. A call fails as a whole because of one of them, so it is halved until the bad one stands
 * alone. When the server is busy or away, nothing further is sent.
 */
export async function inHalves<Item, Result>(
  items: readonly Item[],
  send: (items: readonly Item[]) => Promise<RpcAnswer<readonly Result[]>>,
): Promise<readonly Part<Result>[]> {
  if (items.length === 0) return [];
  const answer = await send(items);
  if (answer.kind === 'answered') {
    const { result } = answer;
    return items.map((_, index): Part<Result> => {
      const part = result[index];
      return part === undefined
        ? { kind: 'unknown', detail: 'Tryton answered for fewer than were sent.' }
        : { kind: 'answered', result: part };
    });
  }
  const mayBeOne = answer.kind === 'refused' || answer.kind === 'failed';
  if (!mayBeOne || items.length === 1) return items.map(() => answer);

  const middle = Math.ceil(items.length / 2);
  const first = await inHalves(items.slice(0, middle), send);
  const stopped = first.find(({ kind }) => kind === 'conflict' || kind === 'throttled' || kind === 'unknown');
  if (stopped !== undefined && stopped.kind !== 'answered') return [...first, ...items.slice(middle).map(() => stopped)];
  return [...first, ...(await inHalves(items.slice(middle), send))];
}
