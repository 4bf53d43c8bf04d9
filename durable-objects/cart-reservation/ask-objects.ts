import type { Ask } from '../../domain/cart/progress.ts';
import type { Heard } from '../../domain/cart/rejection.ts';
import type { ReservationId, Sku } from '../../domain/ids.ts';
import type { Network } from '../../domain/network.ts';
import type { CallResult, Reply, SkuStockStub } from '../sku-stock/protocol.ts';
import { ANSWER_WAIT_MS, OBJECTS_AT_ONCE_MAX } from './limits.ts';

/** Whoever is not in the answer did not answer: unknown, never no (R9). */
export type AskObjects = (asks: readonly Ask[], told: Told) => Promise<ReadonlyMap<Sku, Heard>>;

export type AskedStub = Pick<SkuStockStub, 'execute' | 'reservation'>;

export interface Told {
  /** null: each decides with the network that it knows. */
  readonly network: Network | null;
  readonly correlationId: string;
}

/** Asks many objects, so many at once; none of them keeps the others waiting for ever. */
export function objectAsker(stubOf: (sku: Sku) => AskedStub): AskObjects {
  return async (asks, told) => {
    const answers = new Map<Sku, Heard>();
    const rest = asks.values();
    const askOn = async (): Promise<void> => {
      for (const ask of rest) {
        const heard = await inTime(answerTo(ask, told, stubOf));
        if (heard !== null) answers.set(ask.sku, heard);
      }
    };
    await Promise.all(Array.from({ length: Math.min(OBJECTS_AT_ONCE_MAX, asks.length) }, askOn));
    return answers;
  };
}

async function inTime<Answer>(answer: Promise<Answer>): Promise<Answer | null> {
  const late = Promise.withResolvers<null>();
  const timer = setTimeout(() => late.resolve(null), ANSWER_WAIT_MS);
  try {
    return await Promise.race([answer, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

async function answerTo(ask: Ask, told: Told, stubOf: (sku: Sku) => AskedStub): Promise<Heard | null> {
  try {
    const { sku, command, reservation, key, onlyCheck } = ask;
    if (command === null) return await heldBy(stubOf(sku), reservation);
    const asked = [{ command, key, correlationId: told.correlationId, ...(onlyCheck ? { onlyCheck: true as const } : {}) }];
    const version = told.network?.version ?? null;
    let result = await stubOf(sku).execute({ networkVersion: version, network: null, asked });
    // An object that knows a newer network decides with that one; an older one is told ours.
    if (result.outcome === 'network_needed') {
      result = await stubOf(sku).execute({ networkVersion: version, network: told.network, asked });
    }
    if (result.outcome === 'network_stale') result = await stubOf(sku).execute({ networkVersion: null, network: null, asked });
    return knewOrder(result) ? await heldBy(stubOf(sku), reservation) : heardIn(result, ask);
  } catch (error) {
    console.error(JSON.stringify({ sku: ask.sku, reservationId: ask.reservation, unanswered: String(error) }));
    return null;
  }
}

async function heldBy(stub: AskedStub, reservation: ReservationId): Promise<Heard> {
  const seen = await stub.reservation(reservation);
  if (seen === null) return NOTHING_HELD;
  const { value, promisedAtMs = null, sequence, asOfMs } = seen;
  return { accepted: true, reservation: value, promisedAtMs, sequence, asOfMs };
}

/** A fact that was booked before says so, and not what it holds (R30c). */
function knewOrder(result: CallResult): boolean {
  return result.outcome === 'done' && result.replies[0]?.outcome === 'duplicate';
}

const NOTHING_HELD: Heard = { accepted: true, reservation: null, promisedAtMs: null, sequence: 0, asOfMs: 0 };

function heardIn(result: CallResult, ask: Ask): Heard | null {
  // Facts are not refused: an object that has not heard of its item yet is asked until it has.
  if (result.outcome === 'sku_unknown' && ask.command?.type !== 'take_order')
    return { accepted: false, rejection: { code: 'sku_unknown' }, sequence: 0, asOfMs: 0 };
  if (result.outcome !== 'done') return null;
  const [reply] = result.replies;
  const heard = reply === undefined ? null : answerIn(reply);
  if (heard === null) console.error(JSON.stringify({ sku: ask.sku, reservationId: ask.reservation, unanswered: reply?.outcome }));
  return heard;
}

function answerIn(reply: Reply): Heard | null {
  switch (reply.outcome) {
    case 'answered': {
      const { answer, sequence, asOfMs } = reply;
      return answer.accepted
        ? { accepted: true, reservation: answer.reservation, promisedAtMs: answer.promisedAtMs ?? null, sequence, asOfMs }
        : { accepted: false, rejection: answer.rejection, sequence, asOfMs };
    }
    // The key under which we ask is of this life of the cart; the object knows one of an earlier life.
    case 'key_reused':
      return { accepted: false, rejection: { code: 'id_used' }, sequence: 0, asOfMs: 0 };
    case 'too_many_operations':
    case 'duplicate':
    case 'failed':
      return null;
  }
}
