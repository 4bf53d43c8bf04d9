import * as z from 'zod';
import { DEFAULT_RULES, DRIFT_ACTIONS, NEVER_CORRECTED, type DriftRules } from '../../domain/reconciliation-rules.ts';
import { DRIFT_CLASSES } from '../../domain/reconciliation.ts';

const rule = z.strictObject({
  action: z.enum(DRIFT_ACTIONS).optional(),
  tolerance_units: z.int().min(0).max(1_000_000_000).optional(),
  tolerance_percent: z.number().min(0).max(100).optional(),
});

/** The variable RECONCILIATION: what a deployment decides about runs. Whatever it leaves out is as documented. */
export const reconciliationSettings = z
  .strictObject({
    /** Time of day, UTC, at which a run over all begins of itself; null: never. */
    daily_at: z
      .string()
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day such as 02:15')
      .nullable()
      .default('02:15'),
    recheck_seconds: z.int().min(1).max(3_600).default(5),
    classes: z.partialRecord(z.enum(DRIFT_CLASSES), rule).default({}),
  })
  .superRefine(({ classes }, context) => {
    for (const name of NEVER_CORRECTED) {
      const given = classes[name];
      if (given?.action === 'correct' || (given?.tolerance_units ?? 0) > 0 || (given?.tolerance_percent ?? 0) > 0)
        context.addIssue(`${name} is never corrected here: the ERP has to be mended`);
    }
  })
  .transform(({ daily_at, recheck_seconds, classes }) => ({
    dailyAtMinutes: daily_at === null ? null : Number(daily_at.slice(0, 2)) * 60 + Number(daily_at.slice(3)),
    recheckMs: recheck_seconds * 1_000,
    rules: Object.fromEntries(
      DRIFT_CLASSES.map((name) => {
        const { action, tolerance_units, tolerance_percent } = classes[name] ?? {};
        const usual = DEFAULT_RULES[name];
        return [
          name,
          {
            action: action ?? usual.action,
            toleranceUnits: tolerance_units ?? usual.toleranceUnits,
            tolerancePercent: tolerance_percent ?? usual.tolerancePercent,
          },
        ];
      }),
    ) as unknown as DriftRules,
  }));
export type ReconciliationSettings = z.output<typeof reconciliationSettings>;
