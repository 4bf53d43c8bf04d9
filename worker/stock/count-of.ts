import type { Count as CountRead } from '../../contracts/facts.ts';
import type { Count } from '../../domain/command.ts';
import type { IssueAt } from '../../domain/posting.ts';
import { Refused } from '../refused.ts';
import type { Understood } from './stated-facts.ts';

/** R34: what the ERP's number means follows from what we post to it. */
export const MEANING_OF = { commit: 'on_hand_minus_committed', fulfil: 'on_hand', both: null } as const satisfies Record<
  IssueAt,
  Count['meaning'] | null
>;

export function countOf({ read, location, books, quantity }: Understood<CountRead>, issueAt: IssueAt): Count | Refused {
  const meant = MEANING_OF[issueAt];
  if (books === 'erp' && meant !== null && read.meaning !== meant) {
    return new Refused('meaning_conflict', `we post at ${issueAt}, so a number of this ERP means ${meant}`);
  }
  const { id, source, status, meaning, as_of: asOfMs, mark = null } = read;
  return { type: 'count', id, source, books, location, status, quantity, meaning, asOfMs, mark };
}
