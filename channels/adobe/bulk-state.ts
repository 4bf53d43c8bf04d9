import * as z from 'zod';
import { jsonIn, shortened } from '../../exchange/reply-text.ts';
import { unavailable } from '../answer.ts';
import type { Progress } from '../port.ts';
import { called, type AdobeWire } from './client.ts';
import { ADOBE_BULK_LOOK_MS } from './limits.ts';
import { bulkDetailsReply, bulkStateReply } from './replies.ts';

// How a shop counts what became of a message.
const COMPLETE = 1;
const FAILED_FOR_A_WHILE = 2;
const OPEN = 4;

/** What became of a bulk: of each message, where any failed. */
export async function bulkState(wire: AdobeWire, receipt: string, signal: AbortSignal): Promise<Progress> {
  const bulk = `V1/bulk/${encodeURIComponent(receipt)}`;
  const state = await called(wire, { path: `${bulk}/status` }, bulkStateReply, signal);
  if (state.kind === 'refused' && state.status === 404) return { done: true, lost: 'The shop does not know the bulk.' };
  if (state.kind !== 'answered') throw unavailable(state, 'The shop');
  const { operation_count, operations_list: operations } = state.body;
  // Some versions tell of a message only once it was dealt with.
  if (operations.length < operation_count || operations.some(({ status }) => status === OPEN))
    return { done: false, askAfterMs: ADOBE_BULK_LOOK_MS };
  if (operations.every(({ status }) => status === COMPLETE)) return { done: true, refused: new Map(), failed: new Map() };
  return failures(wire, bulk, signal);
}

async function failures(wire: AdobeWire, bulk: string, signal: AbortSignal): Promise<Progress> {
  const details = await called(wire, { path: `${bulk}/detailed-status` }, bulkDetailsReply, signal);
  if (details.kind !== 'answered') throw unavailable(details, 'The shop');
  const refused = new Map<string, { code: string; detail: string }>();
  const failed = new Map<string, { detail: string }>();
  for (const operation of details.body.operations_list) {
    if (operation.status === COMPLETE) continue;
    const sku = skuIn(operation.serialized_data ?? '');
    if (sku === null) return { done: true, lost: 'The shop does not say which message of the bulk failed.' };
    const detail = shortened(operation.result_message ?? '').replaceAll(wire.credentials.token, '…');
    if (operation.status === FAILED_FOR_A_WHILE) failed.set(sku, { detail });
    else refused.set(sku, { code: `operation_${operation.status}`, detail });
  }
  return { done: true, refused, failed };
}

const message = z.object({ meta_information: z.string() });
const meant = z.object({ sourceItems: z.array(z.object({ sku: z.string() })).min(1) });

/** The message as it was queued stands in the answer, as text in a text. */
function skuIn(serialized: string): string | null {
  const outer = message.safeParse(jsonIn(serialized));
  const inner = meant.safeParse(jsonIn(outer.success ? outer.data.meta_information : serialized));
  return inner.success ? (inner.data.sourceItems[0]?.sku ?? null) : null;
}
