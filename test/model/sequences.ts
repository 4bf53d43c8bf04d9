import fc from 'fast-check';
import { actions, type Action } from './actions.ts';
import { SideBySide } from './side-by-side.ts';

/** What sequences must have met, or they tested less than they seem to. */
export const RARE = [
  'reserve: insufficient_stock',
  'resize: insufficient_stock',
  'reserve: buyer_cap_exceeded',
  'resize: buyer_cap_exceeded',
  'pin: buyer_cap_exceeded',
  'resize: reservation_pinned',
  'extend: reservation_expired',
  'pin: insufficient_stock',
  'commit: insufficient_stock',
  'commit: reservation_expired',
  'commit: already_committed',
  'commit: exceeds_reservation',
  'fulfill: already_fulfilled',
  'fulfill: not_committed',
  'fulfill: accepted',
  'cancel: accepted',
  'count: applied',
  'reconcile: applied',
  'reconcile: changed',
  'reconcile: stale',
  'take_order: applied',
  'hand_over: accepted',
  'hand_over: buyer_cap_exceeded',
  'hand_over: already_fulfilled',
  'set_item: cap_below_consumption',
  'set_item: protected_above_stock',
  'reserve: reservation_expired',
  'resolve_case: accepted',
  'resolve_case: case_still_true',
  'pin: reservation_expired',
  'count: stale',
  'placed',
  'reallocated',
  'backordered',
  'released',
];

export interface Tried {
  readonly sequences: number;
  readonly commands: number;
  /** How often which answer was met. */
  readonly met: ReadonlyMap<string, number>;
  readonly failure: { readonly what: string; readonly again: string } | null;
}

/** Random sequences of commands, to the core and to the naive model. With a `path`, the one that failed there. */
export function trySequences({ seed, sequences, path }: { seed: number; sequences: number; path?: string }): Tried {
  const met = new Map<string, number>();
  let commands = 0;
  const property = fc.property(actions, (sequence) => {
    const run = new SideBySide();
    for (const action of sequence) run.step(action);
    commands += sequence.length;
    for (const [what, times] of run.met) met.set(what, (met.get(what) ?? 0) + times);
  });
  const found = fc.check(property, { seed, numRuns: sequences, ...(path === undefined ? {} : { path, endOnFailure: true }) });
  const [shortest] = found.counterexample ?? [];
  const failure = shortest === undefined ? null : { what: retold(shortest), again: again(seed, found.counterexamplePath) };
  return { sequences: found.numRuns, commands, met, failure };
}

/** What happened in the sequence that failed, once more and in full, and what was wrong in the end. */
function retold(sequence: readonly Action[]): string {
  let run: SideBySide | null = null;
  try {
    run = new SideBySide();
    for (const action of sequence) run.step(action);
    return 'it did not fail again';
  } catch (error) {
    return [...(run?.told() ?? []), String(error instanceof Error ? error.message : error)].join('\n');
  }
}

function again(seed: number, path: string | null): string {
  return `npm run models -- --seed ${seed}${path === null ? '' : ` --path ${path}`}`;
}
