import type { AnswerAtOnce } from './asking.ts';
import { readManyWith } from './read-many.ts';
import { readOneWith } from './read-one.ts';
import { readyReplies } from './ready-reply.ts';
import { reserveOneWith, type ReserveAtOnceDeps } from './reserve-one.ts';

/**
 * What shops ask most, by callers who asked a moment ago, of items that this isolate knows. It stands in front of the
 * routes, says what they would say by the same functions, and leaves to them whatever is not at hand or not plain.
 */
export function atOnceWith(deps: ReserveAtOnceDeps): AnswerAtOnce {
  const readyReply = readyReplies();
  const one = readOneWith(deps, readyReply);
  const many = readManyWith(deps, readyReply);
  const reserve = reserveOneWith(deps);
  return (request) => {
    try {
      return request.method === 'GET' ? one(request) : (reserve(request) ?? many(request));
    } catch {
      // A mistake of ours has its words and its line in the log where the routes make it.
      return null;
    }
  };
}
