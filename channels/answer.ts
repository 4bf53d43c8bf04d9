import type * as z from 'zod';
import { shortened } from '../exchange/reply-text.ts';
import { ChannelUnavailable, type SetOutcome } from './port.ts';

/** What became of one call of a channel's server, before anybody says what it means to a level. */
export type Answer<Body> =
  | { readonly kind: 'answered'; readonly body: Body }
  /** It understood the call and says no. */
  | { readonly kind: 'refused'; readonly status: number; readonly code: string; readonly detail: string }
  | { readonly kind: 'throttled'; readonly retryAfterMs: number }
  | { readonly kind: 'unknown'; readonly detail: string };

/** Gives the answer its type; one of another shape is no answer. */
export function typed<Body>(answer: Answer<unknown>, reply: z.ZodType<Body>, whom: string): Answer<Body> {
  if (answer.kind !== 'answered') return answer;
  const parsed = reply.safeParse(answer.body);
  if (parsed.success) return { kind: 'answered', body: parsed.data };
  const where = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
  return { kind: 'unknown', detail: shortened(`${whom} answered something else: ${where}`) };
}

/** What it means to every level of the call that it was not answered as we hoped. */
export function outcomeOf(answer: Exclude<Answer<unknown>, { kind: 'answered' }>): SetOutcome {
  switch (answer.kind) {
    case 'refused':
      return { outcome: 'refused', code: answer.code, detail: answer.detail };
    case 'throttled':
      return { outcome: 'throttled', retryAfterMs: answer.retryAfterMs };
    case 'unknown':
      return { outcome: 'unknown', detail: answer.detail };
  }
}

/** For questions: whoever gets no answer cannot go on. */
export function unavailable(answer: Exclude<Answer<unknown>, { kind: 'answered' }>, whom: string): ChannelUnavailable {
  return answer.kind === 'throttled'
    ? new ChannelUnavailable(`${whom} asks for patience.`, answer.retryAfterMs)
    : new ChannelUnavailable(answer.detail);
}
