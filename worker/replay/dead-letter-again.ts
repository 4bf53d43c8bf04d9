import { closeMended } from '../read-models/kept-changes.ts';

/** Puts a message back into a queue. */
export type Requeue = (body: unknown) => Promise<void>;

const CASE = /^dead_letter~(.+)$/s;

/**
 * Puts a dead letter back into the queue that it came from. Whoever reads it there may read it twice, so it is sent first and
 * forgotten then. False: it is not there any more, or its queue is unknown here.
 */
export async function sendDeadLetterAgain(
  caseId: string,
  {
    db,
    requeue,
    nowMs,
  }: { readonly db: D1Database; readonly requeue: Readonly<Record<string, Requeue>>; readonly nowMs: () => number },
): Promise<boolean> {
  const messageId = CASE.exec(caseId)?.[1] ?? '';
  const letter = await db
    .prepare('SELECT queue, body FROM dead_letter WHERE message_id = ?')
    .bind(messageId)
    .first<{ queue: string; body: string }>();
  const send = letter === null ? undefined : requeue[letter.queue];
  if (letter === null || send === undefined) return false;
  await send(JSON.parse(letter.body) as unknown);
  await db.prepare('DELETE FROM dead_letter WHERE queue = ?1 AND message_id = ?2').bind(letter.queue, messageId).run();
  await closeMended(db, caseId, 'Its message was sent again.', nowMs());
  return true;
}
