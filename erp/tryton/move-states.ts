import * as z from 'zod';
import type { ErpNote } from '../notes.ts';
import type { ErpReceipt } from '../port.ts';
import { RECORDS_PAGE } from './limits.ts';
import type { Rpc, RpcAnswer } from './rpc.ts';
import { eachOnce, instant } from './values.ts';

const row = z
  .object({ id: z.int(), state: z.string(), create_date: instant })
  .transform(({ create_date: stamp, ...move }) => ({ ...move, stamp }));

/** What Tryton says of a move; its stamp is when it was created. */
export type MoveState = z.output<typeof row>;

/** The states of moves by id; a deleted one is absent. */
export async function tryMoveStates(
  rpc: Rpc,
  ids: readonly number[],
  signal: AbortSignal,
): Promise<RpcAnswer<ReadonlyMap<number, MoveState>>> {
  const states = new Map<number, MoveState>();
  for (let at = 0; at < ids.length; at += RECORDS_PAGE) {
    const args = [[['id', 'in', ids.slice(at, at + RECORDS_PAGE)]], 0, RECORDS_PAGE, null, ['state', 'create_date']];
    const page = await rpc.try({ method: 'stock.move.search_read', args, result: eachOnce(row) }, signal);
    if (page.kind !== 'answered') return page;
    for (const move of page.result) states.set(move.id, move);
  }
  return { kind: 'answered', result: states };
}

/**
 * `done`: it is in the books. `open`: it can be done still. `dead`: it never will; a person cancelled or deleted some of it, or
 * Tryton came back from a backup that did not have it, and its number is somebody else's now.
 */
export function fateOf(
  { documents, stamp }: Pick<ErpNote, 'documents' | 'stamp'>,
  states: ReadonlyMap<number, MoveState>,
): 'done' | 'open' | 'dead' {
  const all = documents.map((id) => {
    const move = states.get(id);
    return move === undefined || !isOf(stamp, move.stamp) ? undefined : move.state;
  });
  if (all.every((state) => state === 'done')) return 'done';
  return all.some((state) => state === undefined || state === 'cancelled') && !all.includes('done') ? 'dead' : 'open';
}

/** Whether a move that was created then is one that was noted. */
export function isOf(noted: string | null, created: string): boolean {
  return noted === null || noted === created;
}

export function receiptOf(documents: readonly number[]): ErpReceipt {
  const reference = documents.map((id) => `stock.move,${id}`).join(' ');
  return { mark: null, reference: reference === '' ? null : reference.slice(0, REFERENCE_LENGTH_MAX) };
}

const REFERENCE_LENGTH_MAX = 100;
