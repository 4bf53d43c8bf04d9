import type { Availability } from '../../contracts/availability.ts';
import type { ChannelId } from '../../domain/ids.ts';
import type { Network } from '../../domain/network.ts';
import { freshForMs } from '../cache/port.ts';
import { ReadyReplies } from '../cache/ready-replies.ts';
import { openToBrowsers } from '../middleware/around.ts';
import { availabilityReply, etagOf, keptFor } from '../replies/availability-reply.ts';
import type { Seen } from '../stock/see-item.ts';

/** The answer but for its age, which is another at each moment. */
export interface ReadyReply {
  readonly numbers: string;
  readonly sequence: number;
  /** Only of an item that is asked for alone. */
  alone: { readonly etag: string; readonly headers: Headers } | null;
  readonly reply: Availability;
  readonly networkVersion: number;
}

export type ReadyReplyOf = (seen: Seen, network: Network, channel: ChannelId) => ReadyReply;

/** What is said of a plain item, made once for each snapshot, network and channel. */
export function readyReplies(): ReadyReplyOf {
  const replies = new ReadyReplies<ReadyReply>();
  return (seen, network, channel) => replies.of(seen.snapshot, network, channel, () => made(seen, network, channel));
}

// The reply itself, seven names and values of headers, and what the runtime keeps beside them.
const BYTES_BESIDE_TEXT = 2_000;

function made(seen: Seen, network: Network, channel: ChannelId): { readonly reply: ReadyReply; readonly bytes: number } {
  const item = { sku: seen.snapshot.sku, kit: null, parts: [{ units: 1, seen }] };
  const reply = availabilityReply(item, { network, channel, locations: null, nowMs: seen.askedAtMs });
  const { age_ms: _, fresh_for_ms: __, source: ___, ...lasting } = reply;
  const numbers = JSON.stringify(lasting).slice(0, -1);
  const ready = { numbers, sequence: reply.sequence, alone: null, reply, networkVersion: network.version };
  return { reply: ready, bytes: 2 * numbers.length + BYTES_BESIDE_TEXT };
}

/** What goes with an answer about this item alone, as if nothing of it were fresh. */
export function aloneOf(ready: ReadyReply): NonNullable<ReadyReply['alone']> {
  if (ready.alone !== null) return ready.alone;
  const etag = etagOf(ready.reply, ready.networkVersion);
  const headers = new Headers({ 'content-type': 'application/json', etag, ...keptFor(0) });
  openToBrowsers(headers);
  ready.alone = { etag, headers };
  return ready.alone;
}

/** How long it may be shown from now on: a row of the projection not at all. */
export function freshNowMs(seen: Seen, nowMs: number): number {
  return seen.source === 'projection' ? 0 : freshForMs(seen, nowMs);
}

export function textOf({ numbers }: ReadyReply, seen: Seen, nowMs: number): string {
  const ageMs = Math.max(0, nowMs - seen.askedAtMs);
  return `${numbers},"age_ms":${ageMs},"fresh_for_ms":${freshNowMs(seen, nowMs)},"source":"${seen.source}"}`;
}
