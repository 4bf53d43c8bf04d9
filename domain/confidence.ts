import type { Channel, Confidence, Network } from './network.ts';

/** What the numbers of a stock rest on, at the moment for which they were asked. */
export interface Evidence {
  readonly asOfMs: number;
  /** Up to when the newest count of the item knew; null: nobody ever counted. */
  readonly countedAtMs: number | null;
  /** Since when the oldest posting waits that the ERP has not confirmed; null: none does. */
  readonly waitingSinceMs: number | null;
}

/** By how many units the channel's offer shrinks while it does not trust the numbers, of so many that there are. */
export function shrunkOf({ confidence = null }: Channel, evidence: Evidence | undefined, units: number): number {
  if (confidence === null || evidence === undefined || units <= 0 || isSure(confidence, evidence)) return 0;
  return Math.ceil((units * confidence.shrinkPercent) / 100);
}

function isSure({ countAgeSeconds, erpSilenceSeconds }: Confidence, { asOfMs, countedAtMs, waitingSinceMs }: Evidence): boolean {
  const counted = countAgeSeconds === null || (countedAtMs !== null && asOfMs < countedAtMs + countAgeSeconds * 1_000);
  const heard = erpSilenceSeconds === null || waitingSinceMs === null || asOfMs < waitingSinceMs + erpSilenceSeconds * 1_000;
  return counted && heard;
}

/** The moments at which some channel stops trusting these numbers, if nothing happens before. */
export function endsOfTrust({ channels }: Network, { countedAtMs, waitingSinceMs }: Evidence): readonly number[] {
  return channels.flatMap(({ confidence = null }) => [
    ...sum(countedAtMs, confidence?.countAgeSeconds),
    ...sum(waitingSinceMs, confidence?.erpSilenceSeconds),
  ]);
}

/** Whom the numbers do not satisfy: when that changes, so do the offers. */
export function mistrusting({ channels }: Network, evidence: Evidence): readonly Channel['id'][] {
  return channels.flatMap(({ id, confidence = null }) => (confidence === null || isSure(confidence, evidence) ? [] : [id]));
}

function sum(fromMs: number | null, seconds: number | null | undefined): readonly number[] {
  return fromMs === null || seconds === null || seconds === undefined ? [] : [fromMs + seconds * 1_000];
}
