import type { ChannelId, Sku } from '../../domain/ids.ts';
import { channelOf, type Network } from '../../domain/network.ts';
import { tellCaller } from '../middleware/around.ts';
import { channelFor } from '../middleware/principal.ts';
import { traceOf } from '../middleware/trace.ts';
import { Refused } from '../refused.ts';
import { keptFor } from '../replies/availability-reply.ts';
import { isKnown } from '../request/preconditions.ts';
import { inPath } from '../routes/availability.ts';
import type { Seen } from '../stock/see-item.ts';
import { callerIn, pathStart, refuseWith, type AnswerAtOnce, type AtOnceDeps, type Counted } from './asking.ts';
import { aloneOf, freshNowMs, textOf, type ReadyReplyOf } from './ready-reply.ts';

/** One plain item: from this isolate's memory without waiting, or, asked strongly, from its object. */
export function readOneWith(deps: AtOnceDeps, readyReply: ReadyReplyOf): AnswerAtOnce {
  const { keys, directories, names, limits, snapshots, log, now } = deps;
  const refuse = refuseWith(deps);
  const answer = (asked: Asked, seen: Seen): Response => {
    const { request, network, channel, standing } = asked;
    const nowMs = now();
    const ready = readyReply(seen, network, channel);
    const { etag, headers } = aloneOf(ready);
    const freshMs = freshNowMs(seen, nowMs);
    const known = isKnown(request.headers.get('if-none-match') ?? undefined, etag);
    const response = known ? new Response(null, { status: 304, headers }) : new Response(textOf(ready, seen, nowMs), { headers });
    if (known) response.headers.delete('content-type');
    if (freshMs >= 1_000) response.headers.set('cache-control', keptFor(freshMs)['cache-control']);
    const trace = traceOf(request.headers.get('traceparent') ?? undefined);
    tellCaller(response.headers, trace, standing ?? undefined);
    log({
      method: 'GET',
      path: asked.path,
      status: response.status,
      correlationId: trace.traceId,
      keyId: asked.principal.keyId,
      sku: seen.snapshot.sku,
      channel,
      sequence: ready.sequence,
      source: seen.source,
      durationMs: nowMs - asked.startedAtMs,
    });
    return response;
  };

  const answerStrongly = async (asked: Asked, sku: Sku): Promise<Response> => {
    try {
      const seen = await snapshots.strong(sku);
      if (seen instanceof Refused) return refuse(asked, inPath(seen));
      // That may have taken seconds, in which a channel may have closed.
      const { network } = directories.atHand() ?? (await directories.current());
      return answer({ ...asked, network }, seen);
    } catch (error) {
      return refuse(asked, error);
    }
  };

  return (request) => {
    const question = questionIn(request.url);
    const principal = question === null ? null : callerIn(request.headers, keys, 'availability:read');
    const directory = principal === null ? null : directories.atHand();
    if (question === null || principal === null || directory === null) return null;
    const { network } = directory;
    const channel = channelFor(principal, question.channel);
    if (channel instanceof Refused || channelOf(network, channel) === undefined) return null;
    const item = names.itemAtHand(question.sku, directory);
    if (item === null || item.kit !== null) return null;
    const here = question.strong ? null : snapshots.atHand(item.sku);
    if (here === null && !question.strong) return null;
    const standing = limits.limitWithin(principal, network);
    if (standing !== null && standing.refused !== null) return null;

    const asked: Asked = { request, path: question.path, principal, network, channel, standing, startedAtMs: now() };
    if (here !== null) return answer(asked, here);
    return answerStrongly(asked, item.sku);
  };
}

interface Asked extends Counted {
  readonly network: Network;
  readonly channel: ChannelId;
}

interface Question {
  readonly path: string;
  readonly sku: Sku;
  readonly channel: ChannelId | undefined;
  readonly strong: boolean;
}

const PREFIX = '/v1/availability/';
// Names that look the same encoded and plain; all others are decoded by the routes.
const PLAIN = /^(\/v1\/availability\/([\w.~-]+))(?:\?(?:channel=([\w.~-]+)(&consistency=strong)?|(consistency=strong)))?$/;

/** No question but which item, for which channel or how surely. What is known under a name is spelled like that, so no schema is asked again. */
function questionIn(url: string): Question | null {
  const from = pathStart(url);
  if (!url.startsWith(PREFIX, from)) return null;
  const [, path, sku, channel, alsoStrong, strong = alsoStrong] = PLAIN.exec(url.slice(from)) ?? [];
  if (path === undefined || sku === undefined) return null;
  return { path, sku: sku as Sku, channel: channel as ChannelId | undefined, strong: strong !== undefined };
}
