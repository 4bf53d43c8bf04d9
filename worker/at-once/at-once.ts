import type { AnswerAtOnce, AtOnceDeps } from './asking.ts';
import { readManyWith } from './read-many.ts';
import { readOneWith } from './read-one.ts';
import { readyReplies } from './ready-reply.ts';

/**
 * The reads that shops ask most, by callers who asked a moment ago, of items that this isolate knows. It stands in front of the
 * routes, says what they would say by the same functions, and leaves to them whatever is not at hand or not plain.
 */
export function atOnceWith(deps: AtOnceDeps): AnswerAtOnce {
  const readyReply = readyReplies();
  const one = readOneWith(deps, readyReply);
  const many = readManyWith(deps, readyReply);
  return (request) => {
    try {
      return request.method === 'GET' ? one(request) : many(request);
    } catch {
      // A mistake of ours has its words and its line in the log where the routes make it.
      return null;
    }
  };
}
