import type { WebhookLane } from '../../domain/webhook-lane/webhook-lane.ts';
import { readModelCaseId } from '../read-models/case-id.ts';
import { closeNamed, NEW_CASE, openCases } from '../read-models/cases.ts';
import type { WebhookRow } from './webhooks.ts';

/** Turns it off, and opens its case, in one transaction; a person puts it on again. */
export async function giveUpWebhook(
  db: D1Database,
  { id, url }: WebhookRow,
  { why, failure }: { readonly why: 'failing' | 'gone'; readonly failure: WebhookLane['failure'] },
  nowMs: number,
): Promise<void> {
  const said = failure === null ? '' : ` The newest answer: ${failure.detail}`;
  const what = why === 'gone' ? 'said that it is gone (410)' : 'took nothing for a day';
  await db.batch([
    db.prepare("UPDATE webhook SET state = 'off', off_reason = ?2, has_case = 1 WHERE id = ?1 AND state = 'on'").bind(id, why),
    ...openCases(db, [
      {
        ...NEW_CASE,
        id: caseId(id),
        kind: 'webhook_failing',
        proposal: `The webhook ${id} at ${new URL(url).host} ${what} and is off.${said} Mend it, try it (POST /v1/webhooks/${id}/verify) and enable it within the days that events are kept: it goes on where it stopped.`,
        openedAtMs: nowMs,
        // Whoever closed it before hears of it again.
        sequence: nowMs,
      },
    ]),
  ]);
}

/** It takes events again. */
export async function closeWebhookCase(db: D1Database, id: string, nowMs: number): Promise<void> {
  const { tell, close } = closeNamed("SELECT id FROM cases WHERE state = 'open' AND id = ?1", '?2');
  await db.batch([
    db.prepare(tell).bind(caseId(id), nowMs),
    db.prepare(close('?3')).bind(caseId(id), nowMs, 'It takes events again.'),
    db.prepare('UPDATE webhook SET has_case = 0 WHERE id = ?').bind(id),
  ]);
}

function caseId(webhook: string): string {
  return readModelCaseId('webhook_failing', webhook);
}
