import * as z from 'zod';
import { ISSUE_AT } from '../domain/posting.ts';

const schema = z.object({
  ERP_ISSUE_AT: z.enum(ISSUE_AT),
  ERP_URL: z.url(),
  ERP_TOKEN: z.string().min(1),
  BUYER_HASH_SECRET: z.string().min(1),
  FRESH_FOR_MS_MAX: z.coerce.number().int().min(0).max(60_000),
  PIN_OUTCOME_SECONDS: z.coerce.number().int().min(1).max(86_400),
});

/** Variables and secrets, read once: a deployment with a wrong one does not start. */
export function settingsOf(env: Env): z.output<typeof schema> {
  return schema.parse(env);
}
