import { QUERY_SKUS_MAX } from '../../contracts/limits.ts';
import type { ChannelId, Sku } from '../../domain/ids.ts';
import { channelOf } from '../../domain/network.ts';
import type { Directory } from '../catalogue/directory.ts';
import { openToBrowsers, READ_BY_POST, tellCaller } from '../middleware/around.ts';
import { channelFor, type Principal } from '../middleware/principal.ts';
import { traceOf } from '../middleware/trace.ts';
import { Refused } from '../refused.ts';
import { parsed, textIn } from '../request/body.ts';
import { postedWith, refuseWith, type AnswerAtOnce, type AtOnceDeps, type Counted } from './asking.ts';
import { KnownPages, type KnownPage, type Meant } from './known-pages.ts';
import { pageOf, type Page } from './page.ts';
import type { ReadyReplyOf } from './ready-reply.ts';

// Five hundred names of 64 characters, and the words around them; a longer body is measured by the routes.
const PLAIN_BODY_BYTES_MAX = 65_536;

/** A page of a shop: plain items by their SKU, wherever the channel sells from. */
export function readManyWith(deps: AtOnceDeps, readyReply: ReadyReplyOf): AnswerAtOnce {
  const { directories, names, limits, many, log, now } = deps;
  const refuse = refuseWith(deps);
  const pages = new KnownPages(many, readyReply);
  const head = new Headers({ 'content-type': 'application/json', 'cache-control': 'no-store' });
  openToBrowsers(head);

  const meaningOf = (text: string, principal: Principal, directory: Directory): Meant | null => {
    const question = questionIn(text);
    const channel = question === null ? null : channelFor(principal, question.channel);
    if (question === null || channel === null || channel instanceof Refused) return null;
    if (channelOf(directory.network, channel) === undefined) return null;
    const skus = new Set<Sku>();
    for (const name of question.skus) {
      const item = names.itemAtHand(name as Sku, directory);
      if (item === null || item.kit !== null) return null;
      skus.add(item.sku);
    }
    return { channel, skus: [...skus] };
  };

  const understood = (request: Request, principal: Principal, bytes: ArrayBuffer, startedAtMs: number): Asked | null => {
    const directory = directories.atHand();
    const text = textIn(new Uint8Array(bytes));
    if (directory === null || text instanceof Refused) return null;
    const known = pages.of(text, principal, directory, () => meaningOf(text, principal, directory));
    if (known === null) return null;
    const standing = limits.limitWithin(principal, directory.network);
    if (standing !== null && standing.refused !== null) return null;
    return { request, path: READ_BY_POST, principal, known, standing, startedAtMs };
  };

  const answer = ({ request, path, principal, known, standing, startedAtMs }: Asked, page: Page): Response => {
    const nowMs = now();
    const response = new Response(page.textAt(nowMs), { headers: head });
    const trace = traceOf(request.headers.get('traceparent') ?? undefined);
    tellCaller(response.headers, trace, standing ?? undefined);
    log({
      method: request.method,
      path,
      status: 200,
      correlationId: trace.traceId,
      keyId: principal.keyId,
      channel: known.channel,
      items: page.items,
      source: page.source,
      durationMs: nowMs - startedAtMs,
    });
    return response;
  };

  const answerLater = async (asked: Asked): Promise<Response> => {
    const { channel, skus } = asked.known;
    try {
      const seen = await many.cached(skus);
      if (seen instanceof Refused) return refuse(asked, seen);
      // That may have taken seconds, in which a channel may have closed.
      const { network } = directories.atHand() ?? (await directories.current());
      const missing = skus.filter((sku) => !seen.has(sku));
      const inOrder = skus.flatMap((sku) => seen.get(sku) ?? []);
      return answer(asked, pageOf({ seen: inOrder, missing, network, channel }, readyReply));
    } catch (error) {
      return refuse(asked, error);
    }
  };

  const answerAll = (asked: Asked): Response | Promise<Response> => {
    try {
      const page = pages.shownNow(asked.known, now());
      return page === null ? answerLater(asked) : answer(asked, page);
    } catch (error) {
      return refuse(asked, error);
    }
  };

  const asked = { path: READ_BY_POST, scope: 'availability:read', bodyBytesMax: PLAIN_BODY_BYTES_MAX } as const;
  return postedWith(asked, deps, (request, principal, bytes, startedAtMs) => {
    const page = understood(request, principal, bytes, startedAtMs);
    return page === null ? null : answerAll(page);
  });
}

interface Asked extends Counted {
  readonly known: KnownPage;
}

interface Question {
  readonly skus: readonly string[];
  readonly channel: ChannelId | undefined;
}

/** Nothing but names of items, and for which channel. */
function questionIn(text: string): Question | null {
  const sent = parsed(text);
  if (sent instanceof Refused || typeof sent !== 'object' || sent === null) return null;
  if (!Object.keys(sent).every((word) => word === 'skus' || word === 'channel')) return null;
  const { skus, channel } = sent as { readonly skus?: unknown; readonly channel?: unknown };
  if (channel !== undefined && typeof channel !== 'string') return null;
  if (!Array.isArray(skus) || skus.length > QUERY_SKUS_MAX || !skus.every((name) => typeof name === 'string')) return null;
  return { skus, channel: channel as ChannelId | undefined };
}
