import { Pool, type PoolClient } from 'pg';
import * as z from 'zod';
import { pipelinedTransaction } from './postgres/pipelined-transaction.ts';
import { DATABASE } from './postgres/postgres-server.ts';
import { singleStatement } from './postgres/single-statement.ts';
import { transaction } from './postgres/transaction.ts';
import { serve } from './serve.ts';
import type { Shelf } from './shelf.ts';

const settings = z.strictObject({
  host: z.string(),
  way: z.enum(['transaction', 'pipelined-transaction', 'single-statement', 'pipelined-statement']),
  connections: z.int().min(1),
});
export type PostgresWay = z.infer<typeof settings>['way'];

// A process of its own: node bench/rivals/fastify-postgres.ts '{"host": …, "way": …, "connections": …}'
const { host, way, connections } = settings.parse(JSON.parse(process.argv[2] ?? ''));
await serve(await shelfOf(way));

async function shelfOf(which: PostgresWay): Promise<Shelf> {
  switch (which) {
    case 'transaction':
      return transaction((await connect(false)).pool);
    case 'pipelined-transaction':
      return pipelinedTransaction((await connect(true)).pool);
    case 'single-statement': {
      const { pool } = await connect(false);
      return singleStatement(() => pool);
    }
    case 'pipelined-statement': {
      const next = inTurn((await connect(true)).clients);
      return singleStatement(next);
    }
  }
}

/** All connections are there before the first request, and stay. */
async function connect(pipeline: boolean): Promise<{ pool: Pool; clients: readonly PoolClient[] }> {
  const pool = new Pool({ host, ...DATABASE, max: connections, idleTimeoutMillis: 0, pipeline });
  pool.on('error', end).on('connect', (client) => client.on('error', end));
  const clients = await Promise.all(Array.from({ length: connections }, () => pool.connect()));
  if (way !== 'pipelined-statement') for (const client of clients) client.release();
  return { pool, clients };
}

/** Without its database the server is no use to anybody. */
function end({ message }: Error): void {
  console.error(message);
  process.exit(1);
}

/** Each connection takes many statements at once, so they are dealt out like cards. */
function inTurn(clients: readonly PoolClient[]): () => PoolClient {
  let dealt = 0;
  return () => {
    const client = clients[dealt++ % clients.length];
    if (!client) throw new Error('there is no connection');
    return client;
  };
}
