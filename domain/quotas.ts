import type { Entry } from './event.ts';
import type { ChannelId } from './ids.ts';
import type { Quota } from './offer.ts';
import { wholePolicy, type ItemPolicy, type QuotaPolicy, type QuotaVersion, type Stock, type Window } from './stock.ts';

/** The quotas that hold at this moment, with what their channels have consumed (R27). */
export function quotasNow(stock: Stock, { quotas }: ItemPolicy, nowMs: number): readonly Quota[] {
  return quotas.flatMap((quota) =>
    isOpen(quota, nowMs)
      ? [{ channel: quota.channel, protected: quota.protected, cap: quota.cap, consumed: consumedUnder(stock, quota) }]
      : [],
  );
}

function isOpen({ startsAtMs, endsAtMs }: Window, atMs: number): boolean {
  return (startsAtMs === null || startsAtMs <= atMs) && (endsAtMs === null || atMs < endsAtMs);
}

/** What is promised now through the channel, and what left under this version of its quota. */
export function consumedUnder(stock: Stock, quota: QuotaPolicy): number {
  return (stock.promised.get(quota.channel) ?? 0) + (versionOf(stock.quotaVersions, quota)?.fulfilled ?? 0);
}

/** Cancelled, released and expired units are given back, since only live ones count; returned ones are not. */
export function quotaVersionsAfter(versions: readonly QuotaVersion[], { atMs, event }: Entry): readonly QuotaVersion[] {
  if (event.type === 'item_changed') {
    const { quotas } = wholePolicy(event.item.policy);
    if (quotas.length === 0 && versions.length === 0) return versions;
    return quotas.map((quota) => versionOf(versions, quota) ?? begun(quota));
  }
  if (event.type !== 'shipped') return versions;
  const units = event.lines.reduce((total, { quantity }) => total + quantity, 0);
  const counts = (one: QuotaVersion): boolean => one.channel === event.channel && isOpen(one, atMs);
  if (!versions.some(counts)) return versions;
  return versions.map((one) => (counts(one) ? { ...one, fulfilled: one.fulfilled + units } : one));
}

function begun({ channel, startsAtMs, endsAtMs }: QuotaPolicy): QuotaVersion {
  return { channel, startsAtMs, endsAtMs, fulfilled: 0 };
}

/** The same channel in the same window: to grant more, or to withdraw some, does not begin anew. */
function versionOf(
  versions: readonly QuotaVersion[],
  { channel, startsAtMs, endsAtMs }: Window & { readonly channel: ChannelId },
): QuotaVersion | undefined {
  return versions.find((one) => one.channel === channel && one.startsAtMs === startsAtMs && one.endsAtMs === endsAtMs);
}
