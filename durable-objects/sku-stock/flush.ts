import { nextAttemptMs } from '../../domain/retry.ts';
import { ACKNOWLEDGE_WAIT_MAX_MS, ACKNOWLEDGE_WAIT_MS } from './limits.ts';
import type { PostingOutcome } from './protocol.ts';

/** What became of one posting of a flush. `sent` means that nobody knows yet. */
export interface Fate {
  readonly sequence: number;
  readonly state: 'sent' | 'posted' | 'refused';
  readonly mark: number | null;
  readonly answeredAtMs: number | null;
  /** When somebody asked that it goes out again, until that is answered. A refused one that has it waits to be sent. */
  readonly againAtMs?: number;
}

export interface Flush {
  readonly attempt: number;
  /** How often it was sent since anybody answered. */
  readonly silent: number;
  readonly sentAtMs: number;
  /** When it is sent again if it is not answered. */
  readonly nextAtMs: number;
  readonly fates: readonly Fate[];
}

export function newFlush(sequences: readonly number[], nowMs: number): Flush {
  const fates = sequences.map((sequence): Fate => ({ sequence, state: 'sent', mark: null, answeredAtMs: null }));
  return { attempt: 1, silent: 1, sentAtMs: nowMs, nextAtMs: nowMs + patienceMs(1), fates };
}

export function sentAgain(flush: Flush, nowMs: number): Flush {
  const silent = flush.silent + 1;
  return { ...flush, attempt: flush.attempt + 1, silent, sentAtMs: nowMs, nextAtMs: nowMs + patienceMs(silent) };
}

/**
 * A queue that is slow gets no more to do because it is slow. Only silence counts: an ERP that said no for an hour is
 * no reason to wait long for a message that got lost thereafter.
 */
function patienceMs(silent: number): number {
  return Math.min(ACKNOWLEDGE_WAIT_MS * 2 ** (silent - 1), ACKNOWLEDGE_WAIT_MAX_MS);
}

/** The flush after these answers; the same object where they say nothing new. */
export function answered(flush: Flush, outcomes: readonly PostingOutcome[], nowMs: number, random: number): Flush {
  const about = outcomes.filter(({ sequence }) => flush.fates.some((fate) => fate.sequence === sequence));
  const fates = flush.fates.map((fate) => {
    const outcome = about.find(({ sequence }) => sequence === fate.sequence);
    return outcome === undefined ? fate : fateAfter(fate, outcome, nowMs);
  });
  const unknown = about.filter((outcome) => outcome.outcome === 'unknown');
  if (unknown.length === 0)
    return fates.every((fate, index) => fate === flush.fates[index]) ? flush : { ...flush, silent: 0, fates };
  const retryAfterMs = unknown.find((outcome) => outcome.retryAfterMs !== null)?.retryAfterMs ?? null;
  const attempt = unknown.every(({ ofTheErp }) => ofTheErp === true) ? 1 : flush.attempt;
  return { ...flush, silent: 0, fates, nextAtMs: nextAttemptMs({ attempt, nowMs, random, retryAfterMs }) };
}

/** Posted is final, though its mark may be heard of later; refused may turn out to have been posted. */
function fateAfter(fate: Fate, outcome: PostingOutcome, nowMs: number): Fate {
  switch (outcome.outcome) {
    case 'posted':
      if (fate.state === 'posted' && (fate.mark !== null || outcome.mark === null)) return fate;
      return { ...bare(fate), state: 'posted', mark: outcome.mark, answeredAtMs: fate.answeredAtMs ?? nowMs };
    case 'refused':
      return fate.state === 'sent' ? { ...bare(fate), state: 'refused', answeredAtMs: nowMs } : fate;
    case 'unknown':
      return fate;
  }
}

export function has(flush: Flush, state: Fate['state']): boolean {
  return flush.fates.some((fate) => fate.state === state);
}

/** Refused for good, and nobody asked for another try. */
export function isRefused({ state, againAtMs }: Fate): boolean {
  return state === 'refused' && againAtMs === undefined;
}

export function goesAgain({ state, againAtMs }: Fate): boolean {
  return state === 'refused' && againAtMs !== undefined;
}

/** A posting that the ERP does not have, though it may have had it: from here on it waits to be sent as on its first day. */
export function toGoAgain(sequence: number, nowMs: number): Fate {
  return { sequence, state: 'refused', mark: null, answeredAtMs: null, againAtMs: nowMs };
}

/** A flush of postings of which nobody kept what became of them. Whoever sends it asks by key first, as of a second try (R31). */
export function flushAnew(sequences: readonly number[], nowMs: number): Flush {
  const fates = sequences.map((sequence) => toGoAgain(sequence, nowMs));
  return { attempt: 1, silent: 0, sentAtMs: nowMs, nextAtMs: nowMs, fates };
}

/** The flush with these sent; others of it that wait to go again, and are not among them, wait for the next message. */
export function sentOnceMore(flush: Flush, sequences: ReadonlySet<number>, nowMs: number): Flush {
  const fates = flush.fates.map((fate): Fate =>
    goesAgain(fate) && sequences.has(fate.sequence) ? { ...fate, state: 'sent' } : fate,
  );
  return { ...flush, attempt: flush.attempt + 1, silent: 1, sentAtMs: nowMs, nextAtMs: nowMs + patienceMs(1), fates };
}

/** What was asked to go again and cannot: nobody knows its entry any more, or the ERP wants to hear other things now. */
export function givenUp(flush: Flush, sequences: ReadonlySet<number>): Flush {
  return { ...flush, fates: flush.fates.map((fate) => (sequences.has(fate.sequence) && goesAgain(fate) ? bare(fate) : fate)) };
}

function bare({ sequence, state, mark, answeredAtMs }: Fate): Fate {
  return { sequence, state, mark, answeredAtMs };
}
