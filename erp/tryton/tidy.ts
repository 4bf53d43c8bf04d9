import * as z from 'zod';
import type { ErpNotes } from '../notes.ts';
import { ORPHAN_AGE_MS, ORPHAN_PAGES_MAX, RECORDS_PAGE } from './limits.ts';
import type { Rpc } from './rpc.ts';
import { instantOf, wireInstant } from './values.ts';

/**
 * Deletes the drafts of calls whose answer was lost: of our own user, in no note, and older than any call lasts. They
 * count nowhere, but a planner would see them. Throws ErpUnavailable; answers how many there were.
 */
export async function tidy(rpc: Rpc, notes: ErpNotes, nowMs: number, signal: AbortSignal): Promise<number> {
  const userId = await rpc.userId(signal);
  let deleted = 0;
  let after = 0;
  for (let page = 0; page < ORPHAN_PAGES_MAX; page += 1) {
    const domain = [
      ['state', '=', 'draft'],
      ['shipment', '=', null],
      ['create_uid', '=', userId],
      ['create_date', '<', wireInstant(instantOf(nowMs - ORPHAN_AGE_MS))],
      ['id', '>', after],
    ];
    const args = [domain, 0, RECORDS_PAGE, [['id', 'ASC']]];
    const drafts = await rpc.ask({ method: 'stock.move.search', args, result: z.array(z.int()) }, signal);
    const noted = await notes.ofDocuments(drafts);
    const orphans = drafts.filter((id) => !noted.has(id));
    if (orphans.length > 0) await rpc.ask({ method: 'stock.move.delete', args: [orphans], result: z.null() }, signal);
    deleted += orphans.length;
    const last = drafts.at(-1);
    if (last === undefined || drafts.length < RECORDS_PAGE) break;
    after = last;
  }
  return deleted;
}
