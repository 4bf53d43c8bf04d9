import { QUERY_SKUS_MAX } from '../../contracts/limits.ts';
import type { ChannelId, Sku } from '../../domain/ids.ts';
import { channelOf } from '../../domain/network.ts';
import type { Directory } from '../catalogue/directory.ts';
import { openToBrowsers, READ_BY_POST, tellCaller } from '../middleware/around.ts';
import { channelFor, type Principal } from '../middleware/principal.ts';
import { traceOf } from '../middleware/trace.ts';
import type { Standing } from '../rate-limit/rate-limits.ts';
import { Refused } from '../refused.ts';
import { slowest } from '../replies/availability-reply.ts';
import { parsed, textIn } from '../request/body.ts';
import type { Seen } from '../stock/see-item.ts';
import { pathStart, readerIn, type AnswerAtOnce, type AtOnceDeps } from './asking.ts';
import { textOf, type ReadyReplyOf } from './ready-reply.ts';

// Five hundred names of 64 characters, and the words around them; a longer body is measured by the routes.
const PLAIN_BODY_BYTES_MAX = 65_536;

/** A page of a shop: plain items by their SKU, wherever the channel sells from. */
export function readManyWith(
  { keys, directories, names, limits, many, log, now }: AtOnceDeps,
  readyReply: ReadyReplyOf,
): AnswerAtOnce {
  const head = new Headers({ 'content-type': 'application/json', 'cache-control': 'no-store' });
  openToBrowsers(head);

  const understood = (principal: Principal, bytes: ArrayBuffer): Asked | null => {
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
    return standing !== null && standing.refused !== null ? null : { principal, directory, channel, skus: [...skus], standing };
  };

  const answer = (request: Request, asked: Asked, seen: ReadonlyMap<Sku, Seen>, startedAtMs: number): Response => {
    const nowMs = now();
    const { channel, directory, skus } = asked;
    const items: string[] = [];
    const missing: Sku[] = [];
    const sources = new Set<Seen['source']>();
    for (const sku of skus) {
      const one = seen.get(sku);
      if (one === undefined) missing.push(sku);
      else {
        items.push(textOf(readyReply(one, directory.network, channel), one, nowMs));
        sources.add(one.source);
      }
    }
    const response = new Response(`{"items":[${items.join(',')}],"missing":${JSON.stringify(missing)}}`, { headers: head });
    const trace = traceOf(request.headers.get('traceparent') ?? undefined);
    tellCaller(response.headers, trace, asked.standing ?? undefined);
    log({
      method: request.method,
      path: READ_BY_POST,
      status: 200,
      correlationId: trace.traceId,
      keyId: asked.principal.keyId,
      channel,
      items: items.length,
      source: slowest([...sources]),
      durationMs: nowMs - startedAtMs,
    });
    return response;
  };

  return (request) => {
    if (request.method !== 'POST' || !request.url.endsWith(READ_BY_POST)) return null;
    if (request.url.length !== pathStart(request.url) + READ_BY_POST.length) return null;
    // NaN, where nobody says how long it is, is no more than anything.
    if (!(Number(request.headers.get('content-length') ?? Number.NaN) <= PLAIN_BODY_BYTES_MAX)) return null;
    const principal = readerIn(request.headers, keys);
    if (principal === null || directories.atHand() === null) return null;
    const startedAtMs = now();

    return request.arrayBuffer().then(async (bytes) => {
      const asNew = (): Request => new Request(request, { method: 'POST', body: bytes });
      const asked = understood(principal, bytes);
      if (asked === null) return asNew();
      try {
        const seen = await many.cached(asked.skus);
        return seen instanceof Refused ? asNew() : answer(request, asked, seen, startedAtMs);
      } catch {
        return asNew();
      }
    });
  };
}

interface Asked {
  readonly principal: Principal;
  readonly directory: Directory;
  readonly channel: ChannelId;
  /** Each once. */
  readonly skus: readonly Sku[];
  readonly standing: Standing | null;
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
