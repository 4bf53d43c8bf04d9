import { publicId } from '../../domain/cart/cart.ts';
import { DEFAULT_POLICY, type CaseAbout } from '../../domain/stock.ts';

/** What an operator might do about it. */
export function proposalFor(about: CaseAbout): string {
  switch (about.kind) {
    case 'over_reservation':
      return proposalForShortage(about);
    case 'pin_without_outcome':
      return `Find out whether reservation ${publicId(about.reservation)} was paid, then commit or release it.`;
    case 'posting_refused':
      return `The ERP refused posting ${about.posting}: ${about.detail} Mend the cause, then replay this case.`;
  }
}

type Shortage = Extract<CaseAbout, { kind: 'over_reservation' }>;

const DONE = {
  reallocate: 'Moved to another location',
  release_unpinned: 'Taken back from reservations that were not pinned',
  backorder: 'Left to wait for a location',
} as const;

/** What was done of itself, what may be, and what is left for a person. */
function proposalForShortage({ allowed = DEFAULT_POLICY.overReservation, done = {} }: Shortage): string {
  const steps = ['reallocate', 'release_unpinned', 'backorder'] as const;
  const was = steps.flatMap((step) => (done[step] === undefined ? [] : [`${DONE[step]}: ${done[step].toFixed(0)}.`]));
  const may = allowed.filter((step) => step !== 'list').join(', then ');
  const policy = may === '' ? 'The policy leaves it to a person.' : `The policy allows: ${may}.`;
  return [...was, policy, 'Bring in the missing units, or cancel promises; the case closes itself.'].join(' ');
}
