import type { Availability } from '../contracts/availability.ts';
import type { ChannelId, Sku } from '../domain/ids.ts';
import { channelOf, type Network } from '../domain/network.ts';
import { freshForMs } from './cache/port.ts';
import { ReadyReplies } from './cache/ready-replies.ts';
import type { Found, Snapshots } from './cache/snapshots.ts';
import type { Directories } from './catalogue/directory.ts';
import type { KeyCache } from './catalogue/identify.ts';
import type { NamedItem, Names } from './catalogue/names.ts';
import { openToBrowsers, tellCaller, type Log } from './middleware/around.ts';
import { bearerIn } from './middleware/authenticate.ts';
import { channelFor, mayDo } from './middleware/principal.ts';
import { traceOf } from './middleware/trace.ts';
import type { RequestLimits } from './rate-limit/limit-requests.ts';
import { Refused } from './refused.ts';
import { availabilityReply, etagOf, keptFor } from './replies/availability-reply.ts';
import { isKnown } from './request/preconditions.ts';

/** Answers without waiting, or leaves the request to the routes. */
export type AnswerAtOnce = (request: Request) => Response | null;

export interface CachedReadDeps {
  readonly keys: Pick<KeyCache, 'recognise'>;
  readonly directories: Pick<Directories, 'atHand'>;
  readonly names: Pick<Names, 'itemAtHand'>;
  readonly limits: Pick<RequestLimits, 'limitWithin'>;
  readonly snapshots: Pick<Snapshots, 'atHand'>;
  readonly log: Log;
  readonly now: () => number;
}

/**
 * The read that shops ask most: one item, by a caller who asked a moment ago, of which this isolate has all that is needed.
 * It stands in front of the routes, says what they would say by the same functions, and leaves to them whatever is not at
 * hand or not plain: nothing is refused here.
 */
export function cachedReadWith({ keys, directories, names, limits, snapshots, log, now }: CachedReadDeps): AnswerAtOnce {
  const replies = new ReadyReplies<ReadyReply>();
  return (request) => {
    const asked = request.method === 'GET' ? askedIn(request.url) : null;
    if (asked === null) return null;
    const nowMs = now();
    const { headers } = request;
    const principal = keys.recognise(bearerIn(headers.get('authorization') ?? undefined) ?? '');
    if (principal === null || !mayDo(principal, 'availability:read')) return null;
    const directory = directories.atHand();
    const channel = channelFor(principal, asked.channel);
    if (directory === null || channel instanceof Refused) return null;
    const { network } = directory;
    const item = names.itemAtHand(asked.sku, directory);
    const found = item === null || item.kit !== null ? null : snapshots.atHand(item.sku);
    if (item === null || found === null || channelOf(network, channel) === undefined) return null;
    const standing = limits.limitWithin(principal, network) ?? undefined;
    if (standing !== undefined && standing.refused !== null) return null;

    const ready = replies.of(found.snapshot, network, channel, () => readyReply(item, found, network, channel));
    const trace = traceOf(headers.get('traceparent') ?? undefined);
    const response = answerWith(ready, found, nowMs, headers.get('if-none-match') ?? undefined);
    tellCaller(response.headers, trace, standing);
    log({
      method: 'GET',
      path: asked.path,
      status: response.status,
      correlationId: trace.traceId,
      keyId: principal.keyId,
      sku: item.sku,
      channel,
      sequence: ready.sequence,
      source: found.source,
      durationMs: now() - nowMs,
    });
    return response;
  };
}

interface AskedRead {
  readonly path: string;
  readonly sku: Sku;
  readonly channel: ChannelId | undefined;
}

const PREFIX = '/v1/availability/';
// Names that look the same encoded and plain; all others are decoded by the routes.
const PLAIN = /^\/v1\/availability\/([\w.~-]+)(?:\?channel=([\w.~-]+))?$/;

/** No question but which item and which channel. What is known under a name has been spelled like that, so no schema is asked again. */
function askedIn(url: string): AskedRead | null {
  const from = url.indexOf('/', url.indexOf(':') + 4);
  if (!url.startsWith(PREFIX, from)) return null;
  const [path, sku, channel] = PLAIN.exec(url.slice(from)) ?? [];
  if (path === undefined || sku === undefined) return null;
  const end = path.indexOf('?');
  return {
    path: end < 0 ? path : path.slice(0, end),
    sku: sku as Sku,
    channel: channel as ChannelId | undefined,
  };
}

/** The answer but for its age, which is another at each moment. */
interface ReadyReply {
  readonly numbers: string;
  readonly sequence: number;
  readonly etag: string;
  readonly headers: Headers;
}

function readyReply(
  { sku, kit }: NamedItem,
  found: Found,
  network: Network,
  channel: ChannelId,
): { reply: ReadyReply; bytes: number } {
  const seen = { sku, kit, parts: [{ units: 1, seen: found }] };
  const reply = availabilityReply(seen, { network, channel, locations: null, nowMs: found.askedAtMs });
  const { age_ms: _, fresh_for_ms: __, source: ___, ...numbers } = reply;
  const text = JSON.stringify(numbers).slice(0, -1);
  const etag = etagOf(reply, network.version);
  const headers = new Headers({ 'content-type': 'application/json', etag, ...keptFor(0) });
  openToBrowsers(headers);
  return { reply: { numbers: text, sequence: reply.sequence, etag, headers }, bytes: text.length + BYTES_OF_HEADERS };
}

// Seven names and values, and what the runtime keeps beside them.
const BYTES_OF_HEADERS = 1_000;

function answerWith(ready: ReadyReply, found: Found, nowMs: number, ifNoneMatch: string | undefined): Response {
  const freshMs = freshForMs(found, nowMs);
  const known = isKnown(ifNoneMatch, ready.etag);
  const response = known
    ? new Response(null, { status: 304, headers: ready.headers })
    : new Response(textOf(ready, { age_ms: Math.max(0, nowMs - found.askedAtMs), fresh_for_ms: freshMs, source: found.source }), {
        headers: ready.headers,
      });
  if (known) response.headers.delete('content-type');
  if (freshMs >= 1_000) response.headers.set('cache-control', keptFor(freshMs)['cache-control']);
  return response;
}

function textOf(
  { numbers }: ReadyReply,
  { age_ms, fresh_for_ms, source }: Pick<Availability, 'age_ms' | 'fresh_for_ms' | 'source'>,
) {
  return `${numbers},"age_ms":${age_ms},"fresh_for_ms":${fresh_for_ms},"source":"${source}"}`;
}
