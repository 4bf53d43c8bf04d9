// One item with one place and one channel, for whoever checks its history. It shares no code with the core, and knows only
// what clients were told.
import { CLASSES, type Operation, type Said } from './history.ts';
import { moved, outcomeOf, type Held, type Outcome } from './item-rules.ts';
import type { SequentialModel } from './linearizable.ts';
import { BLANK, xor, type Print } from './print.ts';

export interface ItemState {
  /** Units that nobody was promised. */
  readonly free: number;
  readonly reservations: ReadonlyMap<string, Kept>;
  /** Time has come so far at least: a deadline that has passed. */
  readonly sinceMs: number;
  /** Of all reservations together, in whatever order. */
  readonly print: Print;
}

interface Kept extends Held {
  readonly id: string;
  /** Infinity: it has none, or nobody knows it. */
  readonly endsAtMs: number;
  /** Operations of the history that are still to come; then it is forgotten. */
  readonly left: number;
  readonly print: Print;
}

export interface ItemModel extends SequentialModel<ItemState, Operation> {
  /** As `step`, and whether anything but time changed the state. */
  answer(state: ItemState, operation: Operation): { readonly state: ItemState; readonly changed: boolean } | null;
}

/**
 * When exactly a deadline passed for an operation is not known, only that it was within its window. Time moves as little
 * as its answer allows: that leaves the most for those after it, so no other choice has to be tried.
 * Reservations that the history names no more are forgotten unless their units may lapse, which keeps states small;
 * those in `kept` are not.
 */
export function itemModel(opening: number, history: readonly Operation[], kept: ReadonlySet<string> = new Set()): ItemModel {
  const mentions = new Map<string, number>();
  for (const { asked } of history) {
    if ('reservation' in asked) mentions.set(asked.reservation, (mentions.get(asked.reservation) ?? 0) + 1);
  }
  const leftOf = (id: string): number => (kept.has(id) ? Infinity : (mentions.get(id) ?? 0));
  const answer: ItemModel['answer'] = (before, operation) => {
    if (operation.untilMs < before.sinceMs) return null;
    for (let now: ItemState | null = lapsedUntil(before, operation.fromMs); now !== null;) {
      const after = answered(now, operation, leftOf);
      if (after !== null) return { state: after, changed: after.free !== now.free || unlike(after, now, operation) };
      now = lapsedNext(now, operation.untilMs);
    }
    return null;
  };
  return {
    init: { free: opening, reservations: new Map(), sinceMs: -Infinity, print: BLANK },
    answer,
    step: (state, operation) => answer(state, operation)?.state ?? null,
    key: ({ free, sinceMs, print }) => `${free} ${sinceMs} ${print[0]} ${print[1]}`,
  };
}

/** What this operation would answer at the earliest moment of its window, for people. */
export function wouldAnswer(before: ItemState, { asked, fromMs }: Operation): string {
  const state = lapsedUntil(before, fromMs);
  const kept = 'reservation' in asked ? state.reservations.get(asked.reservation) : undefined;
  if (asked.what === 'read') return `${state.free} available`;
  if (asked.what === 'receive') return 'done';
  if ('reservation' in asked && kept === undefined) return 'there is no such reservation';
  return `${JSON.stringify(outcomeOf(state.free, kept, asked))}, with ${state.free} free`;
}

function answered(state: ItemState, operation: Operation, leftOf: (id: string) => number): ItemState | null {
  const { asked, said } = operation;
  if (asked.what === 'read') return said === null || (said.kind === 'number' && said.available === state.free) ? state : null;
  if (asked.what === 'receive') {
    return said === null || said.kind === 'received' ? { ...state, free: state.free + asked.quantity } : null;
  }
  const kept = 'reservation' in asked ? state.reservations.get(asked.reservation) : undefined;
  if ('reservation' in asked && kept === undefined) return null;
  const outcome = outcomeOf(state.free, kept, asked);
  if ('refused' in outcome) {
    if (said !== null && !(said.kind === 'refused' && saysSo(said, outcome))) return null;
    return kept === undefined ? state : withKept(state, kept, { ...kept, left: kept.left - 1 }, 0);
  }
  if (said !== null && !(said.kind === 'reservation' && leavesSo(said, outcome))) return null;
  const endsAtMs = endOf(operation, kept, outcome);
  if (endsAtMs === null) return null;
  const id = kept?.id ?? (said?.kind === 'reservation' ? said.id : operation.id);
  const left = kept === undefined ? leftOf(id) : kept.left - 1;
  return withKept(state, kept, { id, units: outcome.units, pinned: outcome.pinned, endsAtMs, left }, outcome.takes);
}

function saysSo(said: Extract<Said, { kind: 'refused' }>, outcome: Extract<Outcome, { refused: string }>): boolean {
  const same = (told: number | null, is: number | undefined): boolean => told === null || told === is;
  return said.code === outcome.refused && same(said.requested, outcome.requested) && same(said.available, outcome.available);
}

function leavesSo(said: Extract<Said, { kind: 'reservation' }>, outcome: Extract<Outcome, Held>): boolean {
  return said.pinned === outcome.pinned && CLASSES.every((one) => said.units[one] === outcome.units[one]);
}

/** [R10] [R13] The deadline after it, which only a reserve and an extension choose; null: not the one that was told. */
function endOf(operation: Operation, kept: Kept | undefined, { units, pinned }: Held): number | null {
  const { asked, said, fromMs, untilMs } = operation;
  if (pinned || units.open === 0) return Infinity;
  const told = said?.kind === 'reservation' ? said.endsAtMs : null;
  if (told === null) return kept?.endsAtMs ?? Infinity;
  if (asked.what !== 'reserve' && asked.what !== 'extend') return kept === undefined || kept.endsAtMs === told ? told : null;
  const before = kept?.endsAtMs ?? -Infinity;
  const chosen = (nowMs: number): number => Math.max(before, nowMs + asked.ttlMs);
  return told >= chosen(fromMs) && told <= chosen(untilMs) ? told : null;
}

/** [R10] At its deadline an active one has lapsed. */
function lapsedUntil(state: ItemState, nowMs: number): ItemState {
  let now = state;
  for (const kept of state.reservations.values()) if (kept.endsAtMs <= nowMs) now = lapsed(now, kept);
  return now;
}

/** The next deadline passes, if it does so in time. */
function lapsedNext(state: ItemState, untilMs: number): ItemState | null {
  const nextMs = Math.min(...[...state.reservations.values()].map(({ endsAtMs }) => endsAtMs));
  return nextMs <= untilMs ? lapsedUntil(state, nextMs) : null;
}

function lapsed(state: ItemState, kept: Kept): ItemState {
  const { open } = kept.units;
  const after = { ...kept, units: moved(kept.units, 'open', 'expired', open), endsAtMs: Infinity };
  return { ...withKept(state, kept, after, -open), sinceMs: Math.max(state.sinceMs, kept.endsAtMs) };
}

function withKept(state: ItemState, before: Kept | undefined, after: Omit<Kept, 'print'>, takes: number): ItemState {
  const reservations = new Map(state.reservations);
  const { id, units, pinned, endsAtMs, left } = after;
  const kept = { ...after, print: printOf(`${id} ${CLASSES.map((one) => units[one]).join(' ')} ${pinned} ${endsAtMs}`) };
  const print = xor(xor(state.print, before?.print ?? BLANK), kept.print);
  // Whatever it still has stays taken, and nobody will ask. Its print stays, so that to forget it changes nothing.
  if (left === 0 && endsAtMs === Infinity) reservations.delete(id);
  else reservations.set(id, kept);
  return { ...state, free: state.free - takes, reservations, print };
}

function unlike(after: ItemState, before: ItemState, { asked, said }: Operation): boolean {
  const id = 'reservation' in asked ? asked.reservation : said?.kind === 'reservation' ? said.id : '';
  const [was, is] = [before.reservations.get(id), after.reservations.get(id)];
  if (was === undefined || is === undefined) return was !== undefined && said?.kind === 'reservation' && isNews(was, said);
  return was.pinned !== is.pinned || was.endsAtMs !== is.endsAtMs || CLASSES.some((one) => was.units[one] !== is.units[one]);
}

/** It was forgotten right after, so only its answer says what it did. */
function isNews(was: Kept, said: Extract<Said, { kind: 'reservation' }>): boolean {
  return was.pinned !== said.pinned || CLASSES.some((one) => was.units[one] !== said.units[one]);
}

/** FNV-1a, twice from different beginnings. */
function printOf(text: string): Print {
  let [one, two] = [0x811c9dc5, 0x1b873593];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    one = Math.imul(one ^ code, 0x01000193);
    two = Math.imul(two ^ code, 0x85ebca6b) ^ (two >>> 13);
  }
  return [one, two];
}
