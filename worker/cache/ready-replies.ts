import { REPLIES_READY_BYTES_MAX, REPLIES_READY_MAX } from '../../contracts/limits.ts';
import type { ChannelId, Sku } from '../../domain/ids.ts';
import type { Network } from '../../domain/network.ts';
import type { Snapshot } from '../../domain/snapshot.ts';
import { LeastRecentlyUsed } from './least-recently-used.ts';
import { bytesOf } from './memory-cache.ts';

/** All that is said of one snapshot, by channel. */
interface OfOne<Reply> {
  readonly snapshot: Snapshot;
  readonly byChannel: Map<ChannelId, Reply>;
  bytes: number;
}

interface Made<Reply> {
  readonly reply: Reply;
  readonly bytes: number;
}

/** What was made of a snapshot for a channel, so that the next request need not make it again; of another snapshot it is made anew. */
export class ReadyReplies<Reply> {
  #network: Network | null = null;
  #ready = nothingReady<Reply>();

  of(snapshot: Snapshot, network: Network, channel: ChannelId, make: () => Made<Reply>): Reply {
    // Under another network nothing of it will be said again, and each that were kept would keep its network in memory.
    if (network !== this.#network) this.#ready = nothingReady();
    this.#network = network;
    const kept = this.#ready.find(snapshot.sku);
    const known = kept?.snapshot === snapshot ? kept : undefined;
    const ready = known?.byChannel.get(channel);
    if (ready !== undefined) return ready;
    const { reply, bytes } = make();
    // The snapshot may be remembered nowhere else any more, however much larger it is than what is said of it.
    const all = known ?? { snapshot, byChannel: new Map<ChannelId, Reply>(), bytes: bytesOf(snapshot) };
    all.byChannel.set(channel, reply);
    all.bytes += bytes;
    this.#ready.keep(snapshot.sku, all, all.bytes);
    return reply;
  }
}

function nothingReady<Reply>(): LeastRecentlyUsed<Sku, OfOne<Reply>> {
  return new LeastRecentlyUsed({ entriesMax: REPLIES_READY_MAX, bytesMax: REPLIES_READY_BYTES_MAX });
}
