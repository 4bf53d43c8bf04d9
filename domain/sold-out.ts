import type { Answer } from './command.ts';
import { grant } from './grant.ts';
import type { Offer } from './offer.ts';
import type { Wish } from './purse.ts';
import type { Split } from './stock.ts';

/** Whether nothing at all is left of what is asked, so that a reserve is refused in any mode (R91). */
export function grantsNothing(offered: Offer, wishes: readonly Wish[], split: Split): boolean {
  return offered.availableToSell === 0 || grant(offered, wishes, split).units.every(({ quantity }) => quantity === 0);
}

/** Whether an answer says so. */
export function saysSoldOut(answer: Answer): boolean {
  if (answer.accepted || answer.rejection.code !== 'insufficient_stock') return false;
  return answer.rejection.lines.every(({ available }) => available === 0);
}
