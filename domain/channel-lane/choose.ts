import { urgencyOf, type Entry } from './entry.ts';

/** A kind of call that a channel offers, as far as the choice among them goes; the quickest is first. */
export interface WayOpen {
  readonly name: string;
  readonly levelsMax: number;
  readonly worthFrom: number;
}

export interface Chosen {
  readonly way: string;
  readonly entries: readonly Entry[];
}

/**
 * Which of those that may go are sent now, and how: sold out first, then crossings, then the rest by age; the urgent by the
 * quickest way that has room, many by a way for which it pays. While a sold-out has to wait, nothing else leaves. `mayGo`
 * answers whether one more call may go that way, and takes its place.
 */
export function choose(due: readonly Entry[], ways: readonly WayOpen[], mayGo: (way: string) => boolean): readonly Chosen[] {
  const waiting = inOrder(due, Math.max(0, ...ways.map(({ levelsMax }) => levelsMax)) + HEAD);
  const chosen: Chosen[] = [];
  let left = due.length;
  const take = (way: WayOpen, most = way.levelsMax): boolean => {
    if (waiting.length === 0 || left < way.worthFrom || !mayGo(way.name)) return false;
    const entries = waiting.splice(0, Math.min(most, way.levelsMax));
    left -= entries.length;
    chosen.push({ way: way.name, entries });
    return true;
  };
  const first = (): 0 | 1 | 2 | null => (waiting[0] === undefined ? null : urgencyOf(waiting[0]));

  for (const way of ways) while (isUrgent(first()) && take(way));
  // What is urgent found no room at all: a sold-out waits for it, and all else behind.
  if (first() === 0) return chosen;
  for (const way of [...ways].reverse()) while (take(way));
  return chosen;
}

/** More than one turn sends by the quickest way. */
const HEAD = 2_000;

function isUrgent(urgency: 0 | 1 | 2 | null): boolean {
  return urgency === 0 || urgency === 1;
}

/** The first of them, in order; all would be sorted anew with every call. */
function inOrder(due: readonly Entry[], most: number): Entry[] {
  const classes: [Entry[], Entry[], Entry[]] = [[], [], []];
  for (const entry of due) classes[urgencyOf(entry)].push(entry);
  const ordered: Entry[] = [];
  for (const entries of classes) {
    if (ordered.length >= most) break;
    ordered.push(...entries.sort(byAge));
  }
  return ordered.slice(0, most);
}

function byAge(a: Entry, b: Entry): number {
  return a.wanted.sinceMs - b.wanted.sinceMs || (a.listing < b.listing ? -1 : 1);
}
