import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { Redis } from 'ioredis';
import { programOf } from '../installed.ts';
import { startDatabase, type Database } from '../processes.ts';
import type { RivalStock } from '../rival.ts';
import { stockOf } from './lua-shelf.ts';

// What an address of a socket may take on Linux.
const SOCKET_LENGTH_MAX = 107;

export interface RedisServer extends Database {
  readonly socket: string;
}

/** A Redis of its own in an empty folder, which writes each change into its log and never rewrites that. */
export async function startRedis(folder: string, appendfsync: string, stock: readonly RivalStock[]): Promise<RedisServer> {
  const socket = path.join(folder, 'redis.sock');
  if (socket.length > SOCKET_LENGTH_MAX) throw new Error(`Redis cannot have its socket in a folder as deep as ${folder}`);
  mkdirSync(folder, { recursive: true });
  const settings = {
    port: '0',
    unixsocket: socket,
    dir: folder,
    save: '',
    appendonly: 'yes',
    appendfsync,
    'auto-aof-rewrite-percentage': '0',
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  const database = await startDatabase(
    folder,
    [programOf('redis-server') ?? 'redis-server', ...flags],
    'ready to accept connections',
  );
  try {
    const redis = new Redis({ path: socket });
    await redis.mset(stock.flatMap(({ sku, quantity }) => [stockOf(sku), quantity]));
    await redis.quit();
  } catch (error) {
    await database.stop();
    throw error;
  }
  return { ...database, socket };
}

export function redisMissing(): string | null {
  return programOf('redis-server') === null ? 'apt install redis-server' : null;
}
