import type { Context } from 'hono';
import type { PlainRefusal, Rejection } from '../../domain/command.ts';
import type { ReservationId, Sku } from '../../domain/ids.ts';
import type { Reply } from '../../durable-objects/sku-stock/protocol.ts';
import type { AppEnv } from '../app-env.ts';
import { problem } from '../problem.ts';
import { Refused } from '../refused.ts';
import { reservationReply } from './reservation-reply.ts';
import { written } from './written.ts';

type Answered = Extract<Reply, { outcome: 'answered' }>;

/** What the object said to one plan, in HTTP: the reservation, or why not. */
export function answerPlan(c: Context<AppEnv>, sku: Sku, replies: readonly Reply[] | Refused, status: 200 | 201): Response {
  if (replies instanceof Refused) return problem(c, replies);
  const [reply] = replies;
  switch (reply?.outcome) {
    case 'answered':
      return answered(c, sku, reply, status);
    case 'key_reused':
      return problem(c, new Refused('key_reused', 'this Idempotency-Key was used for another content; take a new one'));
    case 'too_many_operations':
      return problem(c, new Refused('too_many_operations', 'this reservation has seen as many operations as one may'));
    case 'failed':
      throw new Error(reply.message);
    case 'duplicate':
    case undefined:
      throw new Error('a plan is answered, and is no fact');
  }
}

function answered(c: Context<AppEnv>, sku: Sku, reply: Answered, status: 200 | 201): Response {
  const { answer, replay, sequence, asOfMs } = reply;
  const headers: Record<string, string> = replay === null ? {} : { 'Idempotent-Replayed': 'true' };
  const present = replay === null ? {} : { present_status: replay.presentStatus };
  Object.assign(c.var.noted, { sequence, replayed: replay !== null });
  if (!answer.accepted) {
    const refused = refusalOf(sku, answer.rejection, reply);
    const extra = { ...refused.extra, ...present };
    return problem(c, new Refused(refused.code, refused.detail, { extra }), { headers, correlationId: reply.correlationId });
  }
  if (answer.reservation === null) throw new Error('an accepted plan has a reservation');
  const body = { ...reservationReply(sku, answer.reservation, { sequence, asOfMs }), ...present };
  c.var.noted.decision = body.status;
  return c.json(body, status, headers);
}

/** Why the core refused, in a sentence and with the numbers of that moment. */
export function refusalOf(sku: Sku, rejection: Rejection, { sequence, asOfMs }: Pick<Answered, 'sequence' | 'asOfMs'>): Refused {
  if (rejection.code === 'cap_below_consumption') {
    const { code, channel, cap, consumed } = rejection;
    return new Refused(code, `${channel} has consumed ${consumed}, so its cap cannot be ${cap}`);
  }
  if (rejection.code === 'protected_above_stock') {
    const { code, unused, stock } = rejection;
    return new Refused(code, `${unused} units would be protected and not sold yet, and there are ${stock}`);
  }
  if (!('lines' in rejection)) return new Refused(rejection.code, DETAILS[rejection.code]);
  const lines = rejection.lines.map((line) => ({ ...line, sku, sequence }));
  const short = lines.map(({ line, requested, available }) => `line ${line}: ${requested} asked, ${available} available`);
  return new Refused(rejection.code, `${sku}: ${short.join('; ')}`, { extra: { as_of: written(asOfMs), lines } });
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
