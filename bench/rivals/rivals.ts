import path from 'node:path';
import { RESERVATIONS } from './fastify-server.ts';
import type { PostgresWay } from './fastify-postgres.ts';
import { postgresMissing, startPostgres, type Settings } from './postgres/postgres-server.ts';
import { familyOf, startHttpServer, type Database, type HttpServer } from './processes.ts';
import { redisMissing, startRedis } from './redis/redis-server.ts';
import type { Rival, RivalStock, RunningRival } from './rival.ts';

// What a team would set on a machine like ours; the rest is as Debian delivers it.
const TUNED: Settings = {
  shared_buffers: '512MB',
  wal_buffers: '16MB',
  min_wal_size: '1GB',
  max_wal_size: '4GB',
  checkpoint_timeout: '15min',
  jit: 'off',
};
const UNSAFE: Settings = { ...TUNED, synchronous_commit: 'off' };

/** Which number of connections is best for the same transaction depends on the machine, so the suite looks for it. */
export function tunedTransaction(connections: number): Rival {
  return postgres('pg-tx-tuned', `transaction, pool of ${connections}, tuned`, 'transaction', connections, TUNED);
}

export const RIVALS = {
  transaction: postgres('pg-tx', 'transaction, pool of 16, settings as delivered', 'transaction', 16, {}),
  tunedTransaction: tunedTransaction(4),
  flownTransaction: postgres('pg-tx-flown', 'transaction in one flight, pool of 8, tuned', 'pipelined-transaction', 8, TUNED),
  statementOfFew: postgres('pg-cte-small', 'single statement, 4 connections, pipelined, tuned', 'pipelined-statement', 4, TUNED),
  statementOfMany: postgres('pg-cte-large', 'single statement, pool of 32, tuned', 'single-statement', 32, TUNED),
  unsafeTransaction: postgres('pg-tx-unsafe', 'transaction, pool of 4, synchronous_commit=off', 'transaction', 4, UNSAFE),
  unsafeStatement: postgres(
    'pg-cte-unsafe',
    'single statement, 4 connections, pipelined, synchronous_commit=off',
    'pipelined-statement',
    4,
    UNSAFE,
  ),
  redisAlways: redis('redis-always', 'Lua script, appendfsync always', 'always'),
  redisEverySecond: redis('redis-everysec', 'Lua script, appendfsync everysec', 'everysec'),
} as const;

function postgres(name: string, about: string, way: PostgresWay, connections: number, settings: Settings): Rival {
  const start = async (folder: string, stock: readonly RivalStock[]): Promise<RunningRival> => {
    const database = await startPostgres(folder, settings, stock);
    return running(database, 'fastify-postgres.ts', { host: database.host, way, connections });
  };
  const unsafe = settings['synchronous_commit'] === 'off';
  return {
    name,
    about: `Fastify + PostgreSQL, ${about}`,
    durability: unsafe ? 'fsync up to a second after the answer' : 'fsync before the answer',
    missing: postgresMissing,
    start,
  };
}

function redis(name: string, about: string, appendfsync: 'always' | 'everysec'): Rival {
  const start = async (folder: string, stock: readonly RivalStock[]): Promise<RunningRival> => {
    const database = await startRedis(folder, appendfsync, stock);
    return running(database, 'fastify-redis.ts', { socket: database.socket });
  };
  return {
    name,
    about: `Fastify + Redis, ${about}`,
    durability: appendfsync === 'always' ? 'fsync before the answer' : 'fsync up to a second after the answer',
    missing: redisMissing,
    start,
  };
}

async function running(database: Database, entry: string, settings: object): Promise<RunningRival> {
  const server = await serverOf(database, path.join(import.meta.dirname, entry), settings);
  return {
    url: server.url,
    path: RESERVATIONS,
    pids: () => [...familyOf(server.pid), ...familyOf(database.pid)],
    stop: async () => {
      await server.stop();
      await database.stop();
    },
  };
}

async function serverOf(database: Database, entry: string, settings: object): Promise<HttpServer> {
  try {
    return await startHttpServer(entry, settings);
  } catch (error) {
    await database.stop();
    throw error;
  }
}
