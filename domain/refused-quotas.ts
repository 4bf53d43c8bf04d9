import type { Rejection } from './command.ts';
import { netOf, type Terms } from './offer.ts';
import { DEFAULT_POLICY, type ItemPolicy, type Stock } from './stock.ts';
import { termsOf, type Moment } from './terms.ts';

/**
 * Why a policy with these quotas cannot be planned: a new cap below what its channel has consumed, or more units
 * protected than there are. What stays as it was is never in the way of another change.
 */
export function refusedQuotas(stock: Stock, next: ItemPolicy, moment: Moment): Rejection | null {
  const before = stock.item?.policy ?? DEFAULT_POLICY;
  const terms = termsOf(stock, moment, next);
  for (const { channel, cap, consumed } of terms.quotas) {
    const was = before.quotas.find((one) => one.channel === channel)?.cap ?? null;
    if (cap !== null && cap !== was && cap < consumed) return { code: 'cap_below_consumption', channel, cap, consumed };
  }
  const unused = unusedProtection(terms);
  const there = terms.places.reduce((total, place) => total + Math.max(0, netOf(place) - place.safetyStock), 0);
  const grows = unused > unusedProtection(termsOf(stock, moment, before));
  return grows && unused > there ? { code: 'protected_above_stock', unused, stock: there } : null;
}

function unusedProtection({ quotas }: Terms): number {
  return quotas.reduce((total, quota) => total + Math.max(0, quota.protected - quota.consumed), 0);
}
