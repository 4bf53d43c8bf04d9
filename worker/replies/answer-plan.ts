import type { ReservationReply } from '../../contracts/reservations.ts';
import type { CartShortLine } from '../../domain/cart/cart.ts';
import type { PlainRefusal, Rejection, ShortOf } from '../../domain/command.ts';
import type { ReservationId, Sku } from '../../domain/ids.ts';
import type { Reply } from '../../durable-objects/sku-stock/protocol.ts';
import { problemTo, type Asking } from '../problem.ts';
import { Refused } from '../refused.ts';
import { reservationReply } from './reservation-reply.ts';
import { written } from './written.ts';

type Answered = Extract<Reply, { outcome: 'answered' }>;

/** What the object said to one plan, in HTTP: the reservation, or why not. */
export function answerPlan(asking: Asking, sku: Sku, replies: readonly Reply[] | Refused, status: 200 | 201): Response {
  if (replies instanceof Refused) return problemTo(asking, replies);
  const [reply] = replies;
  switch (reply?.outcome) {
    case 'answered':
      asking.noted.sequence = reply.sequence;
      return answerOnce(asking, bodyOf(sku, reply), reply, status);
    case 'key_reused':
    case 'too_many_operations':
      return problemTo(asking, new Refused(reply.outcome, KEY_DETAILS[reply.outcome]));
    case 'failed':
      throw new Error(reply.message);
    case 'duplicate':
    case undefined:
      throw new Error('a plan is answered, and is no fact');
  }
}

export const KEY_DETAILS = {
  key_reused: 'this Idempotency-Key was used for another content; take a new one',
  too_many_operations: 'this reservation has seen as many operations as one may',
} as const;

/** The first answer, or the same again: then it says so, and what has become of the reservation since (R5). */
export function answerOnce(
  asking: Asking,
  said: ReservationReply | Refused,
  { replay, correlationId }: Pick<Answered, 'replay' | 'correlationId'>,
  status: 200 | 201,
): Response {
  const headers: Record<string, string> = replay === null ? {} : { 'Idempotent-Replayed': 'true' };
  const present = replay === null ? {} : { present_status: replay.presentStatus };
  asking.noted.replayed = replay !== null;
  if (said instanceof Refused) {
    const extra = { ...said.extra, ...present };
    return problemTo(asking, new Refused(said.code, said.detail, { extra }), { headers, correlationId });
  }
  asking.noted.decision = said.status;
  return Response.json({ ...said, ...present }, { status, headers });
}

function bodyOf(sku: Sku, reply: Answered): ReservationReply | Refused {
  const { answer } = reply;
  if (!answer.accepted) return refusalOf(sku, answer.rejection, reply);
  if (answer.reservation === null) throw new Error('an accepted plan has a reservation');
  return reservationReply(sku, answer.reservation, { ...reply, promisedAtMs: answer.promisedAtMs ?? null });
}

/** Why the core refused, in a sentence and with the numbers of that moment. */
export function refusalOf(sku: Sku, rejection: Rejection, { sequence, asOfMs }: Pick<Answered, 'sequence' | 'asOfMs'>): Refused {
  if (!('lines' in rejection)) return ruleOf(rejection);
  return shortOf(
    rejection.code,
    rejection.lines.map((line) => ({ ...line, sku, sequence })),
    asOfMs,
  );
}

/** A rule forbids it, whatever stock there is. */
export function ruleOf(rejection: Exclude<Rejection, { readonly code: ShortOf }>): Refused {
  if (rejection.code === 'cap_below_consumption') {
    const { code, channel, cap, consumed } = rejection;
    return new Refused(code, `${channel} has consumed ${consumed}, so its cap cannot be ${cap}`);
  }
  if (rejection.code === 'protected_above_stock') {
    const { code, unused, stock } = rejection;
    return new Refused(code, `${unused} units would be protected and not sold yet, and there are ${stock}`);
  }
  return new Refused(rejection.code, DETAILS[rejection.code]);
}

/** Every line that is short, with what there is of it (R22). */
export function shortOf(code: ShortOf, lines: readonly CartShortLine[], asOfMs: number): Refused {
  const short = lines.map(
    ({ line, sku, requested, available }) => `line ${line}, ${sku}: ${requested} asked, ${available} available`,
  );
  const extra = { as_of: written(asOfMs), lines: lines.map((line) => ({ ...line })) };
  return new Refused(code, short.join('; '), { extra });
}

const DETAILS: Readonly<Record<PlainRefusal, string>> = {
  reservation_not_found: 'no reservation has this id',
  reservation_pinned: 'its deadline stands still: commit or release it',
  reservation_expired: 'its deadline has passed: reserve anew, or commit with reacquire',
  reservation_released: 'its units went back: reserve anew',
  reservation_cancelled: 'its order was cancelled',
  already_committed: 'its units belong to an order',
  already_fulfilled: 'its goods have left',
  not_committed: 'no order has taken units of it',
  exceeds_reservation: 'more was asked than the line holds, or the line does not exist',
  case_not_found: 'no case has this number',
  case_still_true: 'it closes by itself when that ends',
};

export function reservationUnknown(id: ReservationId | string): Refused {
  return new Refused('reservation_not_found', `${DETAILS.reservation_not_found}: ${id}`);
}
