import { QUERY_SKUS_MAX } from '../../contracts/limits.ts';
import type { ChannelId, Sku } from '../../domain/ids.ts';
import { channelOf, type Network } from '../../domain/network.ts';
import { openToBrowsers, READ_BY_POST, tellCaller } from '../middleware/around.ts';
import { channelFor, type Principal } from '../middleware/principal.ts';
import { traceOf } from '../middleware/trace.ts';
import { Refused } from '../refused.ts';
import { slowest } from '../replies/availability-reply.ts';
import { parsed, textIn } from '../request/body.ts';
import type { Seen } from '../stock/see-item.ts';
import { callerIn, isAt, refuseWith, type AnswerAtOnce, type AtOnceDeps, type Counted } from './asking.ts';
import { textOf, type ReadyReplyOf } from './ready-reply.ts';

// Five hundred names of 64 characters, and the words around them; a longer body is measured by the routes.
const PLAIN_BODY_BYTES_MAX = 65_536;

/** A page of a shop: plain items by their SKU, wherever the channel sells from. */
export function readManyWith(deps: AtOnceDeps, readyReply: ReadyReplyOf): AnswerAtOnce {
  const { keys, directories, names, limits, many, log, now } = deps;
  const refuse = refuseWith(deps);
  const head = new Headers({ 'content-type': 'application/json', 'cache-control': 'no-store' });
  openToBrowsers(head);

  const understood = (request: Request, principal: Principal, bytes: ArrayBuffer, startedAtMs: number): Asked | null => {
    const directory = directories.atHand();
    const question = directory === null ? null : questionIn(bytes);
    if (directory === null || question === null) return null;
    const channel = channelFor(principal, question.channel);
    if (channel instanceof Refused || channelOf(directory.network, channel) === undefined) return null;
    const skus = new Set<Sku>();
    for (const name of question.skus) {
      const item = names.itemAtHand(name as Sku, directory);
      if (item === null || item.kit !== null) return null;
      skus.add(item.sku);
    }
    const standing = limits.limitWithin(principal, directory.network);
    if (standing !== null && standing.refused !== null) return null;
    return { request, path: READ_BY_POST, principal, channel, skus: [...skus], standing, startedAtMs };
  };

  const answer = (
    { request, path, principal, channel, skus, standing, startedAtMs }: Asked,
    network: Network,
    seen: ReadonlyMap<Sku, Seen>,
  ): Response => {
    const nowMs = now();
    const items: string[] = [];
    const missing: Sku[] = [];
    const sources = new Set<Seen['source']>();
    for (const sku of skus) {
      const one = seen.get(sku);
      if (one === undefined) missing.push(sku);
      else {
        items.push(textOf(readyReply(one, network, channel), one, nowMs));
        sources.add(one.source);
      }
    }
    const response = new Response(`{"items":[${items.join(',')}],"missing":${JSON.stringify(missing)}}`, { headers: head });
    const trace = traceOf(request.headers.get('traceparent') ?? undefined);
    tellCaller(response.headers, trace, standing ?? undefined);
    log({
      method: request.method,
      path,
      status: 200,
      correlationId: trace.traceId,
      keyId: principal.keyId,
      channel,
      items: items.length,
      source: slowest([...sources]),
      durationMs: nowMs - startedAtMs,
    });
    return response;
  };

  const answerAll = async (asked: Asked): Promise<Response> => {
    try {
      const seen = await many.cached(asked.skus);
      if (seen instanceof Refused) return refuse(asked, seen);
      const { network } = directories.atHand() ?? (await directories.current());
      return answer(asked, network, seen);
    } catch (error) {
      return refuse(asked, error);
    }
  };

  return (request) => {
    if (request.method !== 'POST' || !isAt(READ_BY_POST, request.url)) return null;
    // NaN, where nobody says how long it is, is no more than anything.
    if (!(Number(request.headers.get('content-length') ?? Number.NaN) <= PLAIN_BODY_BYTES_MAX)) return null;
    const principal = callerIn(request.headers, keys, 'availability:read');
    if (principal === null || directories.atHand() === null) return null;
    const startedAtMs = now();

    return request.arrayBuffer().then(
      async (bytes) => {
        const asked = understood(request, principal, bytes, startedAtMs);
        return asked === null ? new Request(request, { method: 'POST', body: bytes }) : answerAll(asked);
      },
      // Half a body; the routes find that too, and log it.
      () => request,
    );
  };
}

interface Asked extends Counted {
  readonly channel: ChannelId;
  /** Each once. */
  readonly skus: readonly Sku[];
}

interface Question {
  readonly skus: readonly string[];
  readonly channel: ChannelId | undefined;
}

/** Nothing but names of items, and for which channel. */
function questionIn(bytes: ArrayBuffer): Question | null {
  const text = textIn(new Uint8Array(bytes));
  const sent = text instanceof Refused ? text : parsed(text);
  if (sent instanceof Refused || typeof sent !== 'object' || sent === null) return null;
  if (!Object.keys(sent).every((word) => word === 'skus' || word === 'channel')) return null;
  const { skus, channel } = sent as { readonly skus?: unknown; readonly channel?: unknown };
  if (channel !== undefined && typeof channel !== 'string') return null;
  if (!Array.isArray(skus) || skus.length > QUERY_SKUS_MAX || !skus.every((name) => typeof name === 'string')) return null;
  return { skus, channel: channel as ChannelId | undefined };
}
