import { REPLIES_READY_BYTES_MAX, REPLIES_READY_MAX } from '../../contracts/limits.ts';
import type { ChannelId, Sku } from '../../domain/ids.ts';
import type { Network } from '../../domain/network.ts';
import type { Snapshot } from '../../domain/snapshot.ts';
import { LeastRecentlyUsed } from './least-recently-used.ts';

/** All that is said of one snapshot under one network, by channel. */
interface OfOne<Reply> {
  readonly snapshot: Snapshot;
  readonly network: Network;
  readonly byChannel: Map<ChannelId, Reply>;
  bytes: number;
}

interface Made<Reply> {
  readonly reply: Reply;
  readonly bytes: number;
}

/** What was made of a snapshot for a channel, so that the next request need not make it again; of another snapshot it is made anew. */
export class ReadyReplies<Reply> {
  readonly #ready = new LeastRecentlyUsed<Sku, OfOne<Reply>>({
    entriesMax: REPLIES_READY_MAX,
    bytesMax: REPLIES_READY_BYTES_MAX,
  });

  of(snapshot: Snapshot, network: Network, channel: ChannelId, make: () => Made<Reply>): Reply {
    const kept = this.#ready.find(snapshot.sku);
    const known = kept?.snapshot === snapshot && kept.network === network ? kept : undefined;
    const ready = known?.byChannel.get(channel);
    if (ready !== undefined) return ready;
    const { reply, bytes } = make();
    const all = known ?? { snapshot, network, byChannel: new Map<ChannelId, Reply>(), bytes: 0 };
    all.byChannel.set(channel, reply);
    all.bytes += bytes;
    this.#ready.keep(snapshot.sku, all, all.bytes);
    return reply;
  }
}
