import { inboundMessage, type InboundFact, type InboundMessage } from '../../contracts/inbound-messages.ts';
import type { FactKind } from '../../contracts/inbound.ts';
import { text } from '../../contracts/names.ts';
import { bookAll, type Answer } from '../inbound/book-all.ts';
import type { StateAny } from '../inbound/state-any.ts';
import { caseOfRejected, rejectedCaseId } from '../inbound/rejected-case.ts';
import { closeBooked, keepRejected } from '../inbound/rejected-facts.ts';
import { openCases } from '../read-models/cases.ts';
import { INBOUND_PUT_OFF_MAX, INBOUND_PUT_OFF_SECONDS, INBOUND_PUT_OFF_SECONDS_MAX, RETRY_MESSAGE_SECONDS } from './limits.ts';
import type { JobReport } from './run-job.ts';

export interface BookInboundDeps {
  readonly db: D1Database;
  readonly stateAny: StateAny;
  readonly sendInbound: (messages: readonly InboundMessage[], delaySeconds?: number) => Promise<void>;
  readonly nowMs: () => number;
}

/**
 * Queue `inbound-facts`: books each fact as its own route would, then writes down who has to look at what was rejected. A
 * message is done with when all that is known; until then everything may be repeated.
 */
export async function bookInbound(batch: MessageBatch, deps: BookInboundDeps): Promise<JobReport> {
  const report = { messages: batch.messages.length, applied: 0, duplicate: 0, stale: 0, deferred: 0, rejected: 0, repeated: 0 };
  let trouble: string | null = null;
  for (const message of batch.messages) {
    try {
      const read = inboundMessage.parse(message.body);
      for (const { outcome } of await bookMessage(read, message.id, deps)) report[outcome] += 1;
      message.ack();
    } catch (error) {
      // The others go on. What cannot be booked at last becomes a dead letter.
      trouble ??= error instanceof Error ? error.message : String(error);
      report.repeated += 1;
      message.retry({ delaySeconds: RETRY_MESSAGE_SECONDS });
    }
  }
  return { ...report, trouble };
}

interface Booked extends InboundFact {
  readonly index: number;
  readonly answer: Answer;
}

// An order has to be told before the movements that name it (R30c).
const IN_ORDER: readonly FactKind[] = ['order', 'movement', 'count'];

async function bookMessage(message: InboundMessage, messageId: string, deps: BookInboundDeps): Promise<readonly Answer[]> {
  const { db, stateAny, sendInbound, nowMs } = deps;
  const booked: Booked[] = [];
  for (const kind of IN_ORDER) {
    const facts = message.facts.flatMap((one, index) => (one.kind === kind ? [{ ...one, index }] : []));
    const answers = await bookAll(
      kind,
      facts.map(({ fact }) => fact),
      message,
      stateAny,
    );
    booked.push(...facts.flatMap((fact, at) => (answers[at] === undefined ? [] : [{ ...fact, answer: answers[at] }])));
  }

  const late = booked.filter(({ answer }) => answer.outcome === 'deferred');
  const goesOn = late.length > 0 && message.putOff < INBOUND_PUT_OFF_MAX;
  const rejected = booked.flatMap(({ kind, fact, answer, index }) => {
    const waitedInVain = answer.outcome === 'deferred' && !goesOn;
    if (answer.outcome !== 'rejected' && !waitedInVain) return [];
    const why = waitedInVain
      ? { code: 'deferred', detail: 'a posting of its item was never answered' }
      : { code: answer.code ?? 'rejected', detail: answer.detail ?? null };
    return [{ kind, fact, source: message.source, known: knownAs(answer) ?? `${messageId}.${index}`, ...why }];
  });
  if (rejected.length > 0) {
    const cases = rejected.map((one) => caseOfRejected(one, { atMs: nowMs(), newsMs: message.receivedAtMs }));
    const kept = rejected.map((one) => ({ ...one, caseId: rejectedCaseId(one) }));
    await db.batch([...openCases(db, cases), ...keepRejected(db, kept, nowMs())]);
  }
  const settled = booked.filter(({ answer }) => answer.outcome !== 'rejected' && answer.outcome !== 'deferred');
  const ids = settled.flatMap(({ kind, answer: { id } }) =>
    id === null ? [] : [rejectedCaseId({ source: message.source, kind, known: id })],
  );
  await closeBooked(db, ids, nowMs());
  if (goesOn) {
    const delaySeconds = Math.min(INBOUND_PUT_OFF_SECONDS * 2 ** message.putOff, INBOUND_PUT_OFF_SECONDS_MAX);
    const facts = late.map(({ kind, fact }) => ({ kind, fact }));
    await sendInbound([{ ...message, facts, putOff: message.putOff + 1 }], delaySeconds);
  }
  return booked.map(({ answer }) => answer);
}

/** Its id, where that can be one: a case is asked for by it. */
function knownAs({ id }: Answer): string | null {
  return text.safeParse(id).data ?? null;
}
