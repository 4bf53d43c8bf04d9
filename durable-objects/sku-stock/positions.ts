/**
 * Where something stands in what an object tells the read models: behind its journal entry, in parts where an entry has too
 * much to tell at once, and behind those whatever time alone brought about while no entry followed.
 */
const PLACES_PER_ENTRY = 1_024;
const FIRST_BESIDE = 512;

/** A part of what an entry has to tell, the first is 0. */
export function positionOf(sequence: number, part = 0): number {
  return sequence * PLACES_PER_ENTRY + Math.min(part, FIRST_BESIDE - 2);
}

/** All that the entry itself had to tell lies up to here. */
export function behind(sequence: number): number {
  return sequence * PLACES_PER_ENTRY + FIRST_BESIDE - 1;
}

/** For what no entry says, told after the entry and after `last`; never so far that it would hide the next entry. */
export function positionBeside(sequence: number, last: number): number {
  return Math.min(Math.max(behind(sequence), last) + 1, positionOf(sequence + 1) - 1);
}

/** The last entry all of which lies up to this position. */
export function entryThrough(position: number): number {
  return Math.floor((position + 1 - FIRST_BESIDE) / PLACES_PER_ENTRY);
}
