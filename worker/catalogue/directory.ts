import { CATALOGUE_CACHED_MS_MAX, CATALOGUE_RENEWED_MS } from '../../contracts/limits.ts';
import type { ChannelId, SourceId } from '../../domain/ids.ts';
import { EMPTY_NETWORK, type Channel, type Location, type Network, type Trouble } from '../../domain/network.ts';
import { ERP_CONNECTION } from '../erp/connection.ts';
import { Singleflight, type KeepAlive } from '../cache/singleflight.ts';
import { isYounger } from '../is-younger.ts';
import { inJson } from './stored.ts';

/** Who sells from where, and who states facts: all of it at one version. */
export interface Directory {
  readonly network: Network;
  readonly sources: ReadonlyMap<SourceId, 'erp' | 'front'>;
  /** Channels whose buyers may be told at the edge that all is sold (R91). */
  readonly soldOutHints: ReadonlySet<ChannelId>;
  /** Rises when any kit changes. */
  readonly kitsVersion: number;
}

export interface Directories {
  /** At most one second old, and read anew before that by whoever comes last in it, so that nobody has to wait. */
  current(): Promise<Directory>;
  /** The same without waiting; null: ours is older. */
  atHand(): Directory | null;
  /** Read now, because somebody knows that ours is old. */
  renewed(): Promise<Directory>;
}

export function cachedDirectories(db: D1Database, keepAlive: KeepAlive, now: () => number): Directories {
  const flights = new Singleflight<Directory>(keepAlive);
  let known: Directory = { network: EMPTY_NETWORK, sources: new Map(), soldOutHints: new Set(), kitsVersion: 0 };
  let readAtMs = -Infinity;
  let renewedAheadMs = -Infinity;

  const renewed = (): Promise<Directory> =>
    flights.ask('directory', async () => {
      const askedAtMs = now();
      const row = await db.prepare(VERSIONS).first<Versions>();
      const read = row?.network === known.network.version ? known : await directoryIn(db);
      if (read.network.version >= known.network.version) {
        known = { ...read, kitsVersion: Math.max(known.kitsVersion, row?.kits ?? 0) };
        readAtMs = askedAtMs;
      }
      return known;
    });
  const renewAhead = (): void => {
    if (renewedAheadMs === readAtMs) return;
    renewedAheadMs = readAtMs;
    // Who needs it and finds it too old hears of a failure; nobody waits for this.
    keepAlive(renewed().catch(() => undefined));
  };
  const atHand = (): Directory | null => {
    const nowMs = now();
    if (!isYounger(readAtMs, nowMs, CATALOGUE_CACHED_MS_MAX)) return null;
    if (!isYounger(readAtMs, nowMs, CATALOGUE_RENEWED_MS)) renewAhead();
    return known;
  };
  return { renewed, atHand, current: async () => atHand() ?? renewed() };
}

interface Versions {
  readonly network: number;
  readonly kits: number;
}

const VERSIONS = 'SELECT network_version.version AS network, kits.version AS kits FROM network_version JOIN kits';

type StoredFlag = 0 | 1;
type StoredLocation = Omit<Location, 'stopSell'> & { readonly stopSell: StoredFlag };
type StoredChannel = Pick<Channel, 'id' | 'buffer' | 'class'> & {
  readonly stopSell: StoredFlag;
  readonly soldOutHint: StoredFlag;
  readonly locations: string | null;
  readonly confidence: string | null;
  readonly shows: string | null;
};
interface StoredSource {
  readonly id: SourceId;
  readonly books: 'erp' | 'front';
}

/** One transaction, so that the version fits what was read. */
async function directoryIn(db: D1Database): Promise<Omit<Directory, 'kitsVersion'>> {
  const read = await db.batch([
    db.prepare('SELECT version FROM network_version'),
    db.prepare('SELECT id, priority, stop_sell AS stopSell FROM location'),
    db.prepare(`
      SELECT id, locations, buffer, class, stop_sell AS stopSell, sold_out_hint AS soldOutHint, confidence, shows FROM channel`),
    db.prepare('SELECT id, books FROM source'),
    db
      .prepare('SELECT feed_since_ms AS feedSinceMs, lane_since_ms AS laneSinceMs FROM connection_watch WHERE connection = ?')
      .bind(ERP_CONNECTION),
  ]);
  const [[network], locations, channels, sources, [watch]] = read.map(({ results }) => results) as [
    [{ readonly version: number }?],
    StoredLocation[],
    StoredChannel[],
    StoredSource[],
    [Trouble?],
  ];
  return {
    network: {
      version: network?.version ?? 0,
      locations: locations.map((location) => ({ ...location, stopSell: location.stopSell === 1 })),
      channels: channels.map(channelIn),
      trouble: isTrouble(watch) ? watch : null,
    },
    sources: new Map(sources.map(({ id, books }) => [id, books])),
    soldOutHints: new Set(channels.flatMap(({ id, soldOutHint }) => (soldOutHint === 1 ? [id] : []))),
  };
}

function channelIn({ id, locations, buffer, class: ofClass, stopSell, confidence, shows }: StoredChannel): Channel {
  return {
    id,
    locations: inJson(locations),
    buffer,
    class: ofClass,
    stopSell: stopSell === 1,
    confidence: inJson(confidence),
    shows: inJson(shows),
  };
}

function isTrouble(watch: Trouble | undefined): watch is Trouble {
  return watch !== undefined && (watch.feedSinceMs !== null || watch.laneSinceMs !== null);
}
