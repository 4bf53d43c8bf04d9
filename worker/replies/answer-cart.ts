import type { Context } from 'hono';
import type { CartRejection } from '../../domain/cart/cart.ts';
import type { CartResult } from '../../durable-objects/cart-reservation/protocol.ts';
import type { AppEnv } from '../app-env.ts';
import { problem } from '../problem.ts';
import { Refused } from '../refused.ts';
import { answerOnce, KEY_DETAILS, ruleOf, shortOf } from './answer-plan.ts';
import { cartReply } from './reservation-reply.ts';

/** What a cart's coordinator said, in the same HTTP as what one item's object says. */
export function answerCart(c: Context<AppEnv>, result: CartResult | Refused, status: 200 | 201): Response {
  if (result instanceof Refused) return problem(c, result);
  switch (result.outcome) {
    case 'answered': {
      const { answer } = result;
      return answerOnce(c.var, answer.accepted ? cartReply(answer.cart) : cartRefusal(answer.rejection), result, status);
    }
    case 'key_reused':
    case 'too_many_operations':
      return problem(c, new Refused(result.outcome, KEY_DETAILS[result.outcome]));
    case 'key_in_progress':
      return later(c, new Refused('key_in_progress', 'ask again in a moment, with the same key'), result.retryAfterMs);
    case 'overloaded':
      return later(c, new Refused('overloaded', 'other operations on this cart come first'), result.retryAfterMs);
    case 'unknown':
      return later(c, new Refused('overloaded', 'the outcome is unknown: ask again, with the same key'), result.retryAfterMs);
  }
}

function cartRefusal(rejection: CartRejection): Refused {
  if ('lines' in rejection) return shortOf(rejection.code, rejection.lines, rejection.asOfMs);
  if (rejection.code === 'sku_unknown') return new Refused('sku_unknown', `there is no item ${rejection.sku}`);
  return ruleOf(rejection);
}

function later(c: Context<AppEnv>, refused: Refused, retryAfterMs: number): Response {
  return problem(c, refused, { headers: { 'retry-after': String(Math.ceil(retryAfterMs / 1_000)) } });
}
