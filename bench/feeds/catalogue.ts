import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Server } from '../drain/server.ts';

export interface Living {
  readonly skus: readonly string[];
  /** A unit more of each, until the read models know. */
  change(): Promise<void>;
}

/** A catalogue of so many items, of which some live; the rest are copied into the database as the living ones stand there. */
export async function catalogueOf(server: Server, living: number, items: number): Promise<Living> {
  const skus = Array.from({ length: living }, (_, n) => `SKU-${String(n).padStart(6, '0')}`);
  await ask(server, 'PUT', '/v1/locations/dc', { type: 'dc', priority: 1 });
  await ask(server, 'PUT', '/v1/locations/store', { type: 'store', priority: 2 });
  await ask(server, 'PUT', '/v1/channels/web', {});
  await Promise.all(
    Array.from({ length: 8 }, async (_, first) => {
      for (let n = first; n < skus.length; n += 8) {
        await ask(server, 'PUT', `/v1/items/${skus[n]}`, { status: 'active', name: `Item number ${n}` });
      }
    }),
  );
  const database = await frontDatabase(server.state);
  let times = 0;
  const change = async (): Promise<void> => {
    times += 1;
    const occurred_at = new Date().toISOString();
    for (const location of times === 1 ? ['dc', 'store'] : ['dc']) {
      for (let at = 0; at < skus.length; at += 500) {
        const movements = skus.slice(at, at + 500).map((sku) => {
          return { id: `${sku} ${location} ${times}`, source: 'wms', kind: 'received', sku, location, quantity: 7, occurred_at };
        });
        await ask(server, 'POST', '/v1/movements', { movements });
      }
    }
    const sold = "snapshot->>'$.terms.places[0].sellable'";
    for (let look = 0; look < 1_200; look += 1) {
      const known = database.prepare(
        `SELECT count(*) AS n FROM availability WHERE sku IN (SELECT value FROM json_each(?)) AND ${sold} = ?`,
      );
      if (known.get(JSON.stringify(skus), 7 * times)?.['n'] === skus.length) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error('The read models do not learn of what came in.');
  };
  await change();
  // Until what follows a change has been written too.
  await new Promise((resolve) => setTimeout(resolve, 15_000));
  await copy(database, living, items);
  return { skus, change };
}

/** Rows in one transaction: the runtime, whose database it is, waits for nobody and would fail if it took longer. */
const COPIED_AT_ONCE = 250;

/** One row as another, under another name. */
async function copy(database: DatabaseSync, living: number, items: number): Promise<void> {
  const made = "printf('SKU-%06d', n)";
  const statements = ['item', 'availability'].map((table) => {
    const columns = database
      .prepare('SELECT name FROM pragma_table_info(?)')
      .all(table)
      .map(({ name }) => String(name));
    const own = columns.map((name) => {
      if (name === 'sku') return made;
      return name === 'snapshot' ? `json_set(snapshot, '$.sku', ${made})` : name;
    });
    return database.prepare(
      `WITH RECURSIVE numbers(n) AS (VALUES (?1) UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < ?2)
       INSERT INTO ${table} (${columns.join()}) SELECT ${own.join()} FROM numbers JOIN ${table} ON sku = 'SKU-000000'`,
    );
  });
  database.exec('PRAGMA busy_timeout = 20000');
  for (let from = living; from < items; from += COPIED_AT_ONCE) {
    for (const statement of statements) {
      statement.run(from, Math.min(items, from + COPIED_AT_ONCE));
      await new Promise((resolve) => setTimeout(resolve, 4));
    }
  }
}

/** The one file among the databases that has items and keys of ours. */
async function frontDatabase(state: string): Promise<DatabaseSync> {
  const files = await readdir(path.join(state, 'data'), { recursive: true });
  for (const file of files.filter((name) => name.endsWith('.sqlite'))) {
    const database = new DatabaseSync(path.join(state, 'data', file));
    const tables = database.prepare("SELECT name FROM sqlite_master WHERE name IN ('item', 'availability', 'api_key')").all();
    if (tables.length === 3) return database;
    database.close();
  }
  throw new Error('There is no database of the front.');
}

async function ask({ url, keys }: Server, method: string, where: string, body: object): Promise<void> {
  const authorization = `Bearer ${where === '/v1/movements' ? keys.stock : keys.admin}`;
  const reply = await fetch(`${url}${where}`, {
    method,
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await reply.text();
  if (!reply.ok || text.includes('"rejected"')) throw new Error(`${method} ${where}: ${reply.status} ${text.slice(0, 300)}`);
}
