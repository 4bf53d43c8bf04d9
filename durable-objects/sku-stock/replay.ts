import { flushAnew, goesAgain, isRefused, toGoAgain, type Fate, type Flush } from './flush.ts';
import type { FlushRows } from './flush-rows.ts';
import { FLUSH_POSTINGS_MAX } from './limits.ts';
import type { Replayed, WantedAgain } from './protocol.ts';

/** What is known of the entries that are wanted again. */
export interface Known {
  readonly rows: Pick<FlushRows, 'holding' | 'ranges'>;
  /** Entries whose posting was never sent. */
  readonly pending: ReadonlySet<number>;
  readonly kindOf: (sequence: number) => 'posting' | 'none' | 'forgotten';
}

/** What becomes of postings that are wanted again, and the flushes that hold it; none where nothing changes. */
export function wantedAgain(
  wanted: readonly WantedAgain[],
  { rows, pending, kindOf }: Known,
  nowMs: number,
): { readonly outcomes: readonly Replayed[]; readonly flushes: readonly Flush[] } {
  const held = new Map([...rows.holding(wanted.map(({ sequence }) => sequence))].flatMap(byOwnSequence));
  const outcomes = wanted.map((one): Replayed => {
    const fate = held.get(one.sequence)?.fate ?? null;
    return { sequence: one.sequence, outcome: pending.has(one.sequence) ? 'under_way' : outcomeOf(one, fate, kindOf) };
  });
  const again = outcomes.flatMap(({ sequence, outcome }) => (outcome === 'again' ? [sequence] : []));
  const perFlush = Map.groupBy(again, (sequence) => held.get(sequence)?.flush ?? null);
  const flushes = [...perFlush].flatMap(([flush, sequences]) =>
    flush === null ? flushesAnew(sequences, rows, nowMs) : [withAgain(flush, new Set(sequences), nowMs)],
  );
  return { outcomes, flushes };
}

function outcomeOf({ sequence, vanished }: WantedAgain, fate: Fate | null, kindOf: Known['kindOf']): Replayed['outcome'] {
  if (fate !== null && (fate.state === 'sent' || goesAgain(fate))) return 'under_way';
  const lost = vanished || (fate !== null && isRefused(fate));
  if (fate !== null && !lost) return 'posted';
  const kind = kindOf(sequence);
  if (kind !== 'posting') return kind;
  // Where nobody kept what became of it, it was settled, which means posted.
  return lost ? 'again' : 'posted';
}

function withAgain(flush: Flush, sequences: ReadonlySet<number>, nowMs: number): Flush {
  const fates = flush.fates.map((fate) => (sequences.has(fate.sequence) ? toGoAgain(fate.sequence, nowMs) : fate));
  return { ...flush, fates };
}

/** As few flushes as fit between those that are kept, which never overlap. */
function flushesAnew(sequences: readonly number[], rows: Known['rows'], nowMs: number): readonly Flush[] {
  const ranges = rows.ranges();
  const groups: number[][] = [];
  for (const sequence of sequences.toSorted((a, b) => a - b)) {
    const group = groups.at(-1);
    const before = group?.at(-1) ?? sequence;
    const parted = ranges.some(({ first }) => first > before && first < sequence);
    if (group === undefined || parted || group.length === FLUSH_POSTINGS_MAX) groups.push([sequence]);
    else group.push(sequence);
  }
  return groups.map((group) => flushAnew(group, nowMs));
}

function byOwnSequence(flush: Flush): readonly (readonly [number, { readonly fate: Fate; readonly flush: Flush }])[] {
  return flush.fates.map((fate) => [fate.sequence, { fate, flush }]);
}
