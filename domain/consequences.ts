import type { Event } from './event.ts';
import type { Surroundings } from './placement.ts';
import type { Recording } from './reallocation.ts';
import { resolve } from './resolution.ts';
import { DEFAULT_POLICY, type Resolved, type Stock } from './stock.ts';
import { shortageNow } from './terms.ts';

/** What follows of itself, each step on what the former left: a shortage is dealt with, who waits gets what is free, and cases say what is wrong now. */
export function consequences(stock: Stock, context: Surroundings, record: Recording): void {
  const done: Record<keyof Resolved, number> = { reallocate: 0, release_unpinned: 0, backorder: 0 };
  resolve(stock, context, (events) => {
    record(events);
    for (const event of events) {
      if (event.type === 'reallocated') done.reallocate += event.at.quantity;
      if (event.type === 'backordered') done.backorder += event.from.quantity;
      if (event.type === 'released') done.release_unpinned += event.lines.reduce((total, { quantity }) => total + quantity, 0);
    }
  });
  record(shortageCase(stock, done));
  record(endedPins(stock));
}

/** While units are promised that nobody has, one case is open with that number (R28). */
function shortageCase(stock: Stock, doneNow: Resolved): readonly Event[] {
  const shortage = shortageNow(stock);
  const open = [...stock.cases.values()].find(({ about }) => about.kind === 'over_reservation');
  if (open === undefined && shortage === 0) return [];
  if (open !== undefined && shortage === 0) return [{ type: 'case_closed', case: { ...open, difference: 0 } }];

  const was = open?.about.kind === 'over_reservation' ? open.about : null;
  const allowed = (stock.item?.policy ?? DEFAULT_POLICY).overReservation;
  const done = sums(was?.done ?? {}, doneNow);
  const about = { kind: 'over_reservation', allowed, ...(Object.keys(done).length === 0 ? {} : { done }) } as const;
  if (open === undefined) return [{ type: 'case_opened', about, difference: shortage }];
  const same = open.difference === shortage && isSame(was?.allowed ?? allowed, allowed) && isSame(was?.done ?? {}, done);
  return same ? [] : [{ type: 'case_changed', case: { ...open, about, difference: shortage } }];
}

/** Only what is not 0, in one order, so that equal sums are written equally. */
function sums(a: Resolved, b: Resolved): Resolved {
  const steps = ['reallocate', 'release_unpinned', 'backorder'] as const;
  const total = steps.map((step) => [step, (a[step] ?? 0) + (b[step] ?? 0)] as const);
  return Object.fromEntries(total.filter(([, units]) => units > 0));
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function endedPins(stock: Stock): readonly Event[] {
  return [...stock.cases.values()].flatMap((open): readonly Event[] => {
    if (open.about.kind !== 'pin_without_outcome') return [];
    const pinned = stock.live.get(open.about.reservation)?.term.kind === 'pinned';
    return pinned ? [] : [{ type: 'case_closed', case: open }];
  });
}
