import type { Lane } from './lane.ts';
import { FULL_WAIT_MS, TURN_MS, TURNS_MS_MAX } from './limits.ts';

/**
 * When those who were turned away may come back: one SKU after the other, behind all who were turned away before them.
 * So in an outage they come at one steady pace, however many wait, and not all of them every minute; and when it is over
 * they go in the order in which they came.
 */
export function giveTurns(
  lane: Lane,
  skus: number,
  { waitMs, sooner }: { readonly waitMs: number; readonly sooner: boolean },
  nowMs: number,
): { readonly lane: Lane; readonly retryAfterMs: number } {
  const soonestMs = nowMs + (sooner ? Math.min(waitMs, FULL_WAIT_MS) : waitMs);
  const behindMs = Math.max(soonestMs, lane.turnsGivenUntilMs);
  // Beyond all measure they share turns: nobody is sent away for longer because others are.
  const fromMs = behindMs - soonestMs > TURNS_MS_MAX ? soonestMs : behindMs;
  return { lane: { ...lane, turnsGivenUntilMs: fromMs + skus * TURN_MS }, retryAfterMs: fromMs - nowMs };
}
