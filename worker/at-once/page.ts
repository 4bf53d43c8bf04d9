import type { ChannelId, Sku } from '../../domain/ids.ts';
import type { Network } from '../../domain/network.ts';
import { bytesOf } from '../cache/memory-cache.ts';
import { slowest } from '../replies/availability-reply.ts';
import type { Seen } from '../stock/see-item.ts';
import { textOf, type ReadyReplyOf } from './ready-reply.ts';

/** What is said of many items, of which the ages are others at each moment. */
export interface Page {
  readonly items: number;
  readonly source: Seen['source'];
  /** About what it keeps in memory. */
  readonly bytes: number;
  textAt(nowMs: number): string;
}

export interface PageParts {
  readonly seen: readonly Seen[];
  /** Of these there is nothing to see. */
  readonly missing: readonly Sku[];
  readonly network: Network;
  readonly channel: ChannelId;
}

export function pageOf({ seen, missing, network, channel }: PageParts, readyReply: ReadyReplyOf): Page {
  const items = seen.map((one) => ({ one, ready: readyReply(one, network, channel) }));
  const end = `],"missing":${JSON.stringify(missing)}}`;
  let [text, atMs] = ['', Number.NaN];
  return {
    items: items.length,
    source: slowest([...new Set(seen.map(({ source }) => source))]),
    bytes: items.reduce((total, { one, ready }) => total + bytesOf(one.snapshot) + 4 * ready.numbers.length, 0),
    textAt: (nowMs) => {
      // Ages are told in milliseconds, so whoever asks within the same one is told the same; a busy isolate answers several in each.
      if (nowMs !== atMs) {
        text = `{"items":[${items.map(({ one, ready }) => textOf(ready, one, nowMs)).join(',')}${end}`;
        atMs = nowMs;
      }
      return text;
    },
  };
}
