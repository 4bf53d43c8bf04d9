import { nextAttemptMs } from '../retry.ts';
import { type Believed, type Entry, type OnTheWay } from './entry.ts';
import { GRACE_MS, RECEIPT_MS_MAX } from './limits.ts';
import { areSame, isAbove, ofOurPlaces, type Numbers, type Shown } from './numbers.ts';

/** What was sent of an entry in one call. */
export interface SentLevel extends Numbers {
  readonly version: number;
  readonly low: boolean;
  readonly way: string;
  readonly sentAtMs: number;
}

export type Outcome =
  | { readonly outcome: 'applied' }
  | { readonly outcome: 'accepted'; readonly receipt: string; readonly askAfterMs: number }
  | { readonly outcome: 'stale'; readonly shown: Shown | null }
  | { readonly outcome: 'refused'; readonly code: string; readonly detail: string }
  | { readonly outcome: 'unknown' }
  | { readonly outcome: 'throttled' };

export interface Moment {
  readonly nowMs: number;
  /** In [0, 1). */
  readonly random: number;
  /** So long after it was given up a call of this way may still come into force. */
  readonly lateMs: number;
}

/** What the channel answered to a call; at most one is under way per listing, so nothing newer was answered meanwhile. */
export function afterCall(entry: Entry, sent: SentLevel, said: Outcome, moment: Moment): Entry {
  return onceMore(answered(entry, sent, said, moment), moment.nowMs);
}

/** The same of a call whose sender was given up meanwhile, so that newer ones may have come before it. */
export function afterLateCall(entry: Entry, sent: SentLevel, said: Outcome, moment: Moment, busy: boolean): Entry {
  const overtook = busy || (entry.shown !== null && entry.shown.version >= sent.version);
  if (!overtook) return afterCall(entry, sent, said, moment);
  if (said.outcome === 'throttled' || said.outcome === 'refused' || said.outcome === 'stale') return entry;
  const waits = said.outcome === 'accepted' ? answered(entry, sent, said, moment) : entry;
  const overtaken = { ...waits, overtaken: true };
  return busy ? overtaken : onceMore(overtaken, moment.nowMs);
}

function answered(entry: Entry, sent: SentLevel, said: Outcome, moment: Moment): Entry {
  const { nowMs } = moment;
  switch (said.outcome) {
    case 'applied':
      return applied(entry, sent, nowMs);
    case 'accepted': {
      const waits = { ...onTheWay(sent), receipt: said.receipt, untilMs: nowMs + said.askAfterMs };
      return { ...entry, onTheWay: [...withoutDoubtOf(entry, sent), waits], attempts: 0, retryAtMs: 0 };
    }
    case 'stale':
      return stale(entry, sent, said.shown && ofOurPlaces(said.shown, sent, entry.wanted), moment);
    case 'refused': {
      const { code, detail } = said;
      return { ...entry, refused: { version: sent.version, code, detail, atMs: nowMs } };
    }
    case 'unknown':
      return inDoubt(entry, sent, moment);
    case 'throttled':
      return entry;
  }
}

/** What became of something on the way: the channel said so, or nobody waits for it any more. */
export type Result =
  | { readonly result: 'applied' | 'failed' | 'lost' | 'too_late' }
  | { readonly result: 'refused'; readonly code: string; readonly detail: string };

/** `busy`: the newest is under way in a call, and so may come before this one or after it. */
export function afterResult(entry: Entry, one: OnTheWay, said: Result, moment: Moment, busy: boolean): Entry {
  const onTheWay = entry.onTheWay.filter((other) => other !== one);
  const newest = entry.shown !== null && entry.shown.version > one.version;
  const newerUnderWay = busy || onTheWay.some(({ version }) => version > one.version);
  const rest = { ...entry, onTheWay };
  const next = resolved(rest, one, said, moment, newest, newerUnderWay);
  return busy ? next : onceMore(next, moment.nowMs);
}

function resolved(entry: Entry, one: OnTheWay, said: Result, moment: Moment, newest: boolean, newerUnderWay: boolean): Entry {
  const { nowMs } = moment;
  const overtaken = entry.overtaken || newest || newerUnderWay;
  switch (said.result) {
    case 'applied':
      return newest ? { ...entry, overtaken } : { ...applied(entry, one, nowMs), overtaken };
    case 'too_late':
      // It may have been carried out, or not: before what was set after it, or after.
      return { ...entry, overtaken, shown: newest ? entry.shown : null };
    case 'lost':
      return { ...inDoubt(entry, one, moment), overtaken };
    case 'failed':
      return one.version === entry.wanted.version ? backedOff(entry, moment) : entry;
    case 'refused':
      return one.version === entry.wanted.version
        ? { ...entry, refused: { version: one.version, code: said.code, detail: said.detail, atMs: nowMs } }
        : entry;
  }
}

/** When what is on the way is to be looked at again; a receipt that is asked about in vain for long is lost. */
export function isGivenUp({ receipt, sentAtMs, untilMs }: OnTheWay, nowMs: number): boolean {
  return receipt === null ? untilMs <= nowMs : sentAtMs + RECEIPT_MS_MAX <= nowMs;
}

function applied(entry: Entry, sent: SentLevel, nowMs: number): Entry {
  const shown: Believed = { ...numbersOf(sent), version: sent.version, low: sent.low, atMs: nowMs, sentAtMs: sent.sentAtMs };
  const { shown: before } = entry;
  return {
    ...entry,
    shown,
    previous: before === null || areSame(before, shown) ? entry.previous : { quantity: before.quantity, places: before.places },
    onTheWay: withoutDoubtOf(entry, sent),
    attempts: 0,
    retryAtMs: 0,
    graceUntilMs: 0,
    refused: entry.refused !== null && entry.refused.version <= sent.version ? null : entry.refused,
  };
}

/**
 * It shows something else than we believed, and knows nothing of what we wanted. More than is wanted is overwritten at once; less may
 * be an order of its own that we have not heard of, and gets time to arrive.
 */
function stale(entry: Entry, sent: SentLevel, shown: Shown | null, moment: Moment): Entry {
  const { nowMs } = moment;
  if (shown !== null && areSame(shown, sent)) return applied(entry, sent, nowMs);
  const { wanted } = entry;
  const seen: Entry = {
    ...entry,
    shown: shown === null ? null : { ...shown, version: 0, low: false, atMs: nowMs },
    // Whoever asks the channel to compare sends another request from now on, and so another decision.
    wanted: wanted.version === sent.version ? { ...wanted, version: wanted.version + 1 } : wanted,
    onTheWay: withoutDoubtOf(entry, sent),
  };
  const below = shown !== null && !isAbove(shown, wanted);
  const patient = below && entry.graceUntilMs === 0 ? { ...seen, graceUntilMs: nowMs + GRACE_MS } : seen;
  // A channel that says so again and again is not asked in one breath.
  return entry.attempts > 0 || shown === null ? backedOff(patient, moment) : { ...patient, attempts: 1, retryAtMs: 0 };
}

/** It may be set, or may still be. */
function inDoubt(entry: Entry, sent: SentLevel, moment: Moment): Entry {
  const doubt = { ...onTheWay(sent), receipt: null, untilMs: moment.nowMs + moment.lateMs };
  return backedOff({ ...entry, onTheWay: [...withoutDoubtOf(entry, sent), doubt] }, moment);
}

function backedOff(entry: Entry, { nowMs, random }: Moment): Entry {
  const attempts = entry.attempts + 1;
  return { ...entry, attempts, retryAtMs: nextAttemptMs({ attempt: attempts, nowMs, random, retryAfterMs: null }) };
}

/** An older value that may come late does no harm where it is the same one. */
function withoutDoubtOf({ onTheWay: all }: Entry, sent: SentLevel): readonly OnTheWay[] {
  return all.filter(
    ({ receipt, version, ...numbers }) => receipt !== null || (version !== sent.version && !areSame(numbers, sent)),
  );
}

/** When nothing is on the way any more, and an older value may have come after the newest, that one is set once more. */
function onceMore(entry: Entry, nowMs: number): Entry {
  if (!entry.overtaken || entry.onTheWay.length > 0) return entry;
  const { wanted, shown } = entry;
  const unsure = { ...entry, overtaken: false, shown: null };
  // What waits to be sent is newer than all that was sent.
  if (shown?.version !== wanted.version) return unsure;
  return { ...unsure, wanted: { ...wanted, version: wanted.version + 1, sinceMs: nowMs } };
}

function onTheWay({ way, version, low, sentAtMs, ...numbers }: SentLevel): Omit<OnTheWay, 'receipt' | 'untilMs'> {
  return { ...numbersOf(numbers), way, version, low, sentAtMs };
}

function numbersOf({ quantity, places }: Numbers): Numbers {
  return { quantity, places };
}
