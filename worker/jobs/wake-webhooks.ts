import { WEBHOOKS_CACHED_MS_MAX } from '../webhooks/limits.ts';
import { WEBHOOKS_MAX } from '../../contracts/limits.ts';
import { isYounger } from '../is-younger.ts';
import type { JobReport } from './run-job.ts';

export interface WakeWebhooksDeps {
  readonly db: D1Database;
  readonly wakeWebhook: (id: string) => Promise<void>;
  readonly nowMs: () => number;
}

/** Scheduled: every webhook that is on gets somebody who looks, whatever became of the messages before. */
export async function wakeWebhooks({ db, wakeWebhook }: WakeWebhooksDeps): Promise<JobReport> {
  const ids = await webhooksThatAreOn(db);
  await Promise.all(ids.map(wakeWebhook));
  return { woken: ids.length };
}

/** After there was news: the same, soon. Whoever brings the news does not fail for it, since the clock looks again anyway. */
export function newsForWebhooks({ db, wakeWebhook, nowMs }: WakeWebhooksDeps): () => Promise<void> {
  let known = { ids: [] as readonly string[], readAtMs: Number.NEGATIVE_INFINITY };
  return async () => {
    try {
      const readAtMs = nowMs();
      if (!isYounger(known.readAtMs, readAtMs, WEBHOOKS_CACHED_MS_MAX)) known = { ids: await webhooksThatAreOn(db), readAtMs };
      await Promise.all(known.ids.map(wakeWebhook));
    } catch {
      return;
    }
  };
}

async function webhooksThatAreOn(db: D1Database): Promise<readonly string[]> {
  const found = db.prepare("SELECT id FROM webhook WHERE state = 'on' ORDER BY id LIMIT ?").bind(WEBHOOKS_MAX);
  return (await found.all<{ id: string }>()).results.map(({ id }) => id);
}
