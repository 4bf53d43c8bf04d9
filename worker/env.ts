import * as z from 'zod';
import { givenRateLimit } from '../contracts/rate-limits.ts';
import { ISSUE_AT } from '../domain/posting.ts';
import { reconciliationSettings } from './reconciliation/settings.ts';
import { checkErpOptions, ERP_ADAPTERS } from './erp/erp-options.ts';
import { givenLane } from './erp/lane-settings.ts';
import { outboundAllowed } from './outbound/outbound-allowed.ts';
import type { RateLimit } from './rate-limit/window.ts';

const json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue('must be JSON');
    return z.NEVER;
  }
});

const schema = z.object({
  ERP_ADAPTER: z.enum(ERP_ADAPTERS),
  ERP_ISSUE_AT: z.enum(ISSUE_AT),
  ERP_URL: z.url(),
  ERP_OPTIONS: json,
  ERP_LANE: json.pipe(givenLane),
  ERP_TOKEN: z.string().min(1),
  BUYER_HASH_SECRET: z.string().min(1),
  SECRETS_KEY: z.string().min(1),
  FRESH_FOR_MS_MAX: z.coerce.number().int().min(0).max(60_000),
  LOG_READS_ONE_IN: z.coerce.number().int().min(1).max(1_000_000),
  RATE_LIMIT_KEY: json.pipe(givenRateLimit.nullable()),
  RATE_LIMIT_CLASSES: json.pipe(z.record(z.string().regex(/^-?\d{1,7}$/), givenRateLimit)).transform(byClass),
  RECONCILIATION: json.pipe(reconciliationSettings),
  OUTBOUND_ALLOWED: json.pipe(outboundAllowed),
  PIN_OUTCOME_SECONDS: z.coerce.number().int().min(1).max(86_400),
});

export type Settings = z.output<typeof schema>;

/** Variables and secrets, read once: a deployment with a wrong one does not start. */
export function settingsOf(env: Env): Settings {
  const settings = schema.parse(env);
  checkErpOptions(settings.ERP_ADAPTER, settings.ERP_OPTIONS);
  return settings;
}

function byClass(limits: Readonly<Record<string, RateLimit>>): ReadonlyMap<number, RateLimit> {
  return new Map(Object.entries(limits).map(([rank, limit]) => [Number(rank), limit]));
}
