import { eq, sql } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import { CATALOGUE_CACHED_MS_MAX } from '../../contracts/limits.ts';
import type { ChannelId, SourceId } from '../../domain/ids.ts';
import { EMPTY_NETWORK, type Network, type Trouble } from '../../domain/network.ts';
import { connectionWatch } from '../connection/schema.ts';
import { ERP_CONNECTION } from '../erp/connection.ts';
import { Singleflight, type KeepAlive } from '../cache/singleflight.ts';
import { isYounger } from '../is-younger.ts';
import { channel, kits, location, networkVersion, source } from './schema.ts';

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
  /** At most one second old. */
  current(): Promise<Directory>;
  /** The same without waiting; null: ours is older. */
  atHand(): Directory | null;
  /** Read now, because somebody knows that ours is old. */
  renewed(): Promise<Directory>;
}

export function cachedDirectories(db: DrizzleD1Database, keepAlive: KeepAlive, now: () => number): Directories {
  const flights = new Singleflight<Directory>(keepAlive);
  let known: Directory = { network: EMPTY_NETWORK, sources: new Map(), soldOutHints: new Set(), kitsVersion: 0 };
  let readAtMs = -Infinity;

  const renewed = (): Promise<Directory> =>
    flights.ask('directory', async () => {
      const askedAtMs = now();
      const [row] = await db
        .select({ network: networkVersion.version, kits: kits.version })
        .from(networkVersion)
        .innerJoin(kits, sql`true`);
      const read = row?.network === known.network.version ? known : await directoryIn(db);
      if (read.network.version >= known.network.version) {
        known = { ...read, kitsVersion: Math.max(known.kitsVersion, row?.kits ?? 0) };
        readAtMs = askedAtMs;
      }
      return known;
    });
  const atHand = (): Directory | null => (isYounger(readAtMs, now(), CATALOGUE_CACHED_MS_MAX) ? known : null);
  return { renewed, atHand, current: async () => atHand() ?? renewed() };
}

/** One transaction, so that the version fits what was read. */
async function directoryIn(db: DrizzleD1Database): Promise<Omit<Directory, 'kitsVersion'>> {
  const [versions, locations, channels, hinted, sources, [watch]] = await db.batch([
    db.select().from(networkVersion),
    db.select({ id: location.id, priority: location.priority, stopSell: location.stopSell }).from(location),
    db
      .select({
        id: channel.id,
        locations: channel.locations,
        buffer: channel.buffer,
        class: channel.class,
        stopSell: channel.stopSell,
        confidence: channel.confidence,
        shows: channel.shows,
      })
      .from(channel),
    db.select({ id: channel.id }).from(channel).where(eq(channel.soldOutHint, true)),
    db.select({ id: source.id, books: source.books }).from(source),
    db
      .select({ feedSinceMs: connectionWatch.feedSinceMs, laneSinceMs: connectionWatch.laneSinceMs })
      .from(connectionWatch)
      .where(eq(connectionWatch.connection, ERP_CONNECTION)),
  ]);
  return {
    network: { version: versions[0]?.version ?? 0, locations, channels, trouble: isTrouble(watch) ? watch : null },
    sources: new Map(sources.map(({ id, books }) => [id, books])),
    soldOutHints: new Set(hinted.map(({ id }) => id)),
  };
}

function isTrouble(watch: Trouble | undefined): watch is Trouble {
  return watch !== undefined && (watch.feedSinceMs !== null || watch.laneSinceMs !== null);
}
