import * as z from 'zod';
import type { Sku } from '../../domain/ids.ts';
import { readModelCaseId } from '../read-models/case-id.ts';
import { NEW_CASE, openCases, type CaseRow } from '../read-models/cases.ts';
import { putDeadLetters, type DeadLetter } from '../read-models/dead-letters.ts';
import type { JobReport } from './run-job.ts';

/** Both dead letter queues: what nobody could deliver is kept whole, and somebody is told, before the queue forgets it. */
export async function recordDeadLetters(
  batch: MessageBatch,
  { db, nowMs }: { readonly db: D1Database; readonly nowMs: () => number },
): Promise<JobReport> {
  const letters = batch.messages.map((message): DeadLetter => ({
    queue: batch.queue,
    messageId: message.id,
    body: JSON.stringify(message.body) ?? 'null',
    attempts: message.attempts,
    recordedAtMs: nowMs(),
  }));
  const opened = batch.messages.map((message) => caseFor(batch.queue, message, nowMs()));
  await db.batch([...putDeadLetters(db, letters), ...openCases(db, opened)]);
  batch.ackAll();
  return { queue: batch.queue, messages: letters.length };
}

function caseFor(queue: string, { id, body }: Message, openedAtMs: number): CaseRow {
  const about = subject.safeParse(body);
  return {
    ...NEW_CASE,
    id: readModelCaseId('dead_letter', id),
    kind: 'dead_letter',
    sku: about.success ? about.data.sku : null,
    proposal: `Look why message ${id} of ${queue} could not be delivered, then replay this case: it goes back into its queue. ${remedyOf(queue)}`,
    openedAtMs,
  };
}

function remedyOf(queue: string): string {
  if (queue === 'inbound-facts-dlq') return 'Its facts are in dead_letter.body and were not all booked.';
  return 'What an object holds it sends again by itself as well.';
}

const subject = z.object({ sku: z.string().transform((text) => text as Sku) });
