import { outcomeOf } from '../answer.ts';
import { shortened } from '../../exchange/reply-text.ts';
import type { Level, SetOutcome } from '../port.ts';
import { called, type AdobeWire } from './client.ts';
import { ADOBE_BULK_ITEMS_MAX, ADOBE_BULK_LOOK_MS } from './limits.ts';
import { bulkReply } from './replies.ts';
import { sourceItemsOf, withinCall } from './source-items.ts';

/** The way for many: each level is a message in the shop's queue, so that one which fails leaves the others alone. */
export async function sendBulk(wire: AdobeWire, levels: readonly Level[], signal: AbortSignal): Promise<readonly SetOutcome[]> {
  const [sent, outcomes] = withinCall(levels, ADOBE_BULK_ITEMS_MAX);
  if (sent.length === 0) return outcomes.flatMap((outcome) => outcome ?? []);
  const body = sent.flatMap((index) => levels.slice(index, index + 1)).map((level) => ({ sourceItems: sourceItemsOf(level) }));
  const answer = await called(wire, { path: 'async/bulk/V1/inventory/source-items', body }, bulkReply, signal);
  const given = (place: number): SetOutcome => {
    // A bulk that was refused as a whole says nothing of any level in it.
    if (answer.kind === 'refused') return { outcome: 'unknown', detail: shortened(`The shop took no bulk: ${answer.detail}`) };
    if (answer.kind !== 'answered') return outcomeOf(answer);
    const message = answer.body.request_items.find(({ id }) => id === place);
    if (message === undefined) return { outcome: 'unknown', detail: 'The shop does not say whether it took the level.' };
    if (message.status === 'accepted')
      return { outcome: 'accepted', receipt: answer.body.bulk_uuid, askAfterMs: ADOBE_BULK_LOOK_MS };
    // What stands below the first line is the shop's code.
    const [reason = ''] = (message.error_message ?? '').split('\n');
    return { outcome: 'refused', code: 'rejected', detail: shortened(reason) };
  };
  sent.forEach((index, place) => (outcomes[index] = given(place)));
  return outcomes.flatMap((outcome) => outcome ?? []);
}
