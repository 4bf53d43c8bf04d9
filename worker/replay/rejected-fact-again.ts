import type { InboundMessage } from '../../contracts/inbound-messages.ts';
import { rejectedFactOf } from '../inbound/rejected-facts.ts';
import { traceOf } from '../middleware/trace.ts';
import type { Requeue } from './dead-letter-again.ts';

/** Puts a fact that was rejected back among those that came in; its case closes when it is booked. False: it is not kept any more. */
export async function stateRejectedAgain(
  caseId: string,
  {
    db,
    requeue,
    nowMs,
  }: { readonly db: D1Database; readonly requeue: Readonly<Record<string, Requeue>>; readonly nowMs: () => number },
): Promise<boolean> {
  const rejected = await rejectedFactOf(db, caseId);
  const send = requeue['inbound-facts-dlq'];
  if (rejected === null || send === undefined) return false;
  const { source, kind, fact } = rejected;
  const correlationId = traceOf(undefined).traceId;
  const message: InboundMessage = { source, correlationId, receivedAtMs: nowMs(), putOff: 0, facts: [{ kind, fact }] };
  await send(message);
  return true;
}
