// The table of docs/spec.md, 1, for one line of one item, by R10 to R19: what is answered, and what becomes of the units.
import type { Asked, Units } from './history.ts';

export interface Held {
  readonly units: Units;
  readonly pinned: boolean;
}

export type Outcome =
  | { readonly refused: string; readonly requested?: number; readonly available?: number }
  /** `takes`: so many units that were nobody's; below zero they become nobody's. */
  | (Held & { readonly takes: number });

export function outcomeOf(free: number, before: Held | undefined, asked: Exclude<Asked, { what: 'read' | 'receive' }>): Outcome {
  if (asked.what === 'reserve') {
    const granted = asked.mode === 'partial' ? Math.min(asked.quantity, free) : asked.quantity;
    if (granted > free || granted === 0) return lacking(asked.quantity, free);
    return { units: { ...NONE, open: granted }, pinned: false, takes: granted };
  }
  if (before === undefined) throw new Error('only a reserve needs none before it');
  const { units, pinned } = before;
  const status = statusOf(before);
  const same: Outcome = { units, pinned, takes: 0 };
  switch (asked.what) {
    case 'look':
      return same;
    case 'extend':
    case 'resize': {
      if (status !== 'active') return { refused: status === 'pinned' ? 'reservation_pinned' : whyNotOpen(status) };
      if (asked.what === 'extend') return same;
      const more = asked.quantity - units.open;
      if (more > free) return lacking(asked.quantity, units.open + free);
      return { units: { ...units, open: asked.quantity, released: units.released + Math.max(0, -more) }, pinned, takes: more };
    }
    case 'pin':
      if (status === 'active' || status === 'pinned') return { ...same, pinned: true };
      if (status !== 'expired') return { refused: whyNotOpen(status) };
      if (units.expired > free) return lacking(units.expired, free);
      return { units: moved(units, 'expired', 'open', units.expired), pinned: true, takes: units.expired };
    case 'commit': {
      if (status === 'expired') {
        const wanted = asked.quantity ?? units.expired;
        if (!asked.reacquire) return { refused: 'reservation_expired' };
        if (wanted > units.expired) return { refused: 'exceeds_reservation' };
        return wanted > free
          ? lacking(wanted, free)
          : { units: moved(units, 'expired', 'owed', wanted), pinned: false, takes: wanted };
      }
      if (status !== 'active' && status !== 'pinned') return { refused: whyNotOpen(status) };
      const sold = asked.quantity ?? units.open;
      if (sold > units.open) return { refused: 'exceeds_reservation' };
      const after = moved(units, 'open', 'owed', sold);
      if (asked.keepRest) return { units: after, pinned: pinned && after.open > 0, takes: 0 };
      return { units: moved(after, 'open', 'released', after.open), pinned: false, takes: -after.open };
    }
    case 'release': {
      if (status === 'released' || status === 'expired') return same;
      if (status !== 'active' && status !== 'pinned') return { refused: whyNotOpen(status) };
      const back = asked.quantity ?? units.open;
      if (back > units.open) return { refused: 'exceeds_reservation' };
      return { units: moved(units, 'open', 'released', back), pinned: pinned && back < units.open, takes: -back };
    }
    case 'fulfill':
    case 'cancel': {
      if (status === 'cancelled') return asked.what === 'cancel' ? same : { refused: 'reservation_cancelled' };
      if (units.owed === 0) return { refused: status === 'fulfilled' ? 'already_fulfilled' : 'not_committed' };
      const gone = asked.quantity ?? units.owed;
      if (gone > units.owed) return { refused: 'exceeds_reservation' };
      const to = asked.what === 'cancel' ? 'cancelled' : 'fulfilled';
      return { units: moved(units, 'owed', to, gone), pinned, takes: to === 'cancelled' ? -gone : 0 };
    }
  }
}

const NONE: Units = { open: 0, owed: 0, fulfilled: 0, cancelled: 0, released: 0, expired: 0 };

type Status = 'active' | 'pinned' | 'committed' | 'fulfilled' | 'cancelled' | 'released' | 'expired';

function statusOf({ units, pinned }: Held): Status {
  if (units.open > 0) return pinned ? 'pinned' : 'active';
  if (units.owed > 0) return 'committed';
  return (['fulfilled', 'cancelled', 'released'] as const).find((one) => units[one] > 0) ?? 'expired';
}

const ENDED = { committed: 'already_committed', fulfilled: 'already_committed', cancelled: 'reservation_cancelled' } as const;

function whyNotOpen(status: Exclude<Status, 'active' | 'pinned'>): string {
  if (status === 'released' || status === 'expired') return `reservation_${status}`;
  return ENDED[status];
}

function lacking(requested: number, available: number): Outcome {
  return { refused: 'insufficient_stock', requested, available };
}

export function moved(units: Units, from: keyof Units, to: keyof Units, quantity: number): Units {
  return { ...units, [from]: units[from] - quantity, [to]: units[to] + quantity };
}
