import type { Drift, DriftClass } from './reconciliation.ts';

/** What a run does about a difference by itself. */
export const DRIFT_ACTIONS = ['correct', 'case', 'ignore'] as const;
export type DriftAction = (typeof DRIFT_ACTIONS)[number];

/** Differences up to a tolerance are corrected, whatever they are; the others get the action. */
export interface DriftRule {
  readonly action: DriftAction;
  readonly toleranceUnits: number;
  /** Of the larger of both numbers. */
  readonly tolerancePercent: number;
}

export type DriftRules = Readonly<Record<DriftClass, DriftRule>>;

const CASE: DriftRule = { action: 'case', toleranceUnits: 0, tolerancePercent: 0 };

/** Only what is proven is corrected; a pattern, however likely, is for a person (R36). */
export const DEFAULT_RULES: DriftRules = {
  missing_post: CASE,
  late_order: { ...CASE, action: 'correct' },
  double_post: CASE,
  wrong_location: CASE,
  unit_mix_up: CASE,
  unknown: CASE,
};

/** Where the ERP is wrong and our books are right, nothing may be corrected here: it would be wrong twice once the ERP is mended. */
export const NEVER_CORRECTED: readonly DriftClass[] = ['missing_post', 'double_post'];

/** What to do about a drift as a whole: places that one cause explains are corrected together, or none of them. */
export function actionFor(drift: Drift, rules: DriftRules): DriftAction {
  const { action, toleranceUnits, tolerancePercent } = rules[drift.class];
  if (action === 'ignore') return 'ignore';
  if (NEVER_CORRECTED.includes(drift.class)) return 'case';
  const small = drift.places.every(({ variance, booked }) => {
    const most = Math.max(Math.abs(booked), Math.abs(booked + variance));
    return Math.abs(variance) <= toleranceUnits || Math.abs(variance) * 100 <= tolerancePercent * most;
  });
  return small ? 'correct' : action;
}
