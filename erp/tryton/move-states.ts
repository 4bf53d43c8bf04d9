import * as z from 'zod';
import type { ErpReceipt } from '../port.ts';
import { RECORDS_PAGE } from './limits.ts';
import type { Rpc, RpcAnswer } from './rpc.ts';

const row = z.object({ id: z.int(), state: z.string() });

/** The states of moves by id; a deleted one is absent. */
export async function tryMoveStates(
  rpc: Rpc,
  ids: readonly number[],
  signal: AbortSignal,
): Promise<RpcAnswer<ReadonlyMap<number, string>>> {
  const states = new Map<number, string>();
  for (let at = 0; at < ids.length; at += RECORDS_PAGE) {
    const args = [[['id', 'in', ids.slice(at, at + RECORDS_PAGE)]], 0, RECORDS_PAGE, null, ['state']];
    const page = await rpc.try({ method: 'stock.move.search_read', args, result: z.array(row) }, signal);
    if (page.kind !== 'answered') return page;
    for (const { id, state } of page.result) states.set(id, state);
  }
  return { kind: 'answered', result: states };
}

/** `done`: it is in the books. `open`: it can be done still. `dead`: it never will, a person cancelled or deleted some of it. */
export function fateOf(documents: readonly number[], states: ReadonlyMap<number, string>): 'done' | 'open' | 'dead' {
  const all = documents.map((id) => states.get(id));
  if (all.every((state) => state === 'done')) return 'done';
  return all.some((state) => state === undefined || state === 'cancelled') && !all.includes('done') ? 'dead' : 'open';
}

export function receiptOf(documents: readonly number[]): ErpReceipt {
  const reference = documents.map((id) => `stock.move,${id}`).join(' ');
  return { mark: null, reference: reference === '' ? null : reference.slice(0, REFERENCE_LENGTH_MAX) };
}

const REFERENCE_LENGTH_MAX = 100;
