import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { Client } from 'pg';
import { programOf } from '../installed.ts';
import { startDatabase, type Database, type User } from '../processes.ts';
import type { RivalStock } from '../rival.ts';

// What an address of a socket may take on Linux, less the name that PostgreSQL puts at its end.
const SOCKET_FOLDER_LENGTH_MAX = 107 - '/.s.PGSQL.5432'.length;

export type Settings = Readonly<Record<string, string>>;

export interface PostgresServer extends Database {
  /** Where its socket is, which is also where `pg` finds it. */
  readonly host: string;
}

export const DATABASE = { user: 'holdfast', database: 'postgres' } as const;

/** A database of its own in an empty folder, reached by a socket in it: nearer than any port. */
export async function startPostgres(folder: string, settings: Settings, stock: readonly RivalStock[]): Promise<PostgresServer> {
  if (folder.length > SOCKET_FOLDER_LENGTH_MAX)
    throw new Error(`PostgreSQL cannot have its socket in a folder as deep as ${folder}`);
  const user = otherUser();
  const data = path.join(folder, 'data');
  mkdirSync(data, { recursive: true });
  if (user) open(folder, data, user);

  const made = spawnSync(
    programOf('initdb') ?? 'initdb',
    ['-D', data, '-U', DATABASE.user, '-A', 'trust', '--no-locale', '-E', 'UTF8', '--no-sync', '--no-instructions'],
    { cwd: folder, encoding: 'utf8', ...user },
  );
  if (made.status !== 0) {
    const why = (made.stderr || String(made.error)).trim().split('\n').at(-1);
    throw new Error(`${why} (TMPDIR must be a folder that the user of PostgreSQL may enter)`);
  }

  const all = {
    listen_addresses: '',
    unix_socket_directories: folder,
    fsync: 'on',
    log_min_error_statement: 'panic',
    ...settings,
  };
  const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const database = await startDatabase(
    folder,
    [programOf('postgres') ?? 'postgres', '-D', data, ...flags],
    'ready to accept connections',
    user,
  );
  try {
    await fill(folder, stock);
  } catch (error) {
    await database.stop();
    throw error;
  }
  return { ...database, host: folder };
}

/** Null, or why a database cannot be run here and what would help. */
export function postgresMissing(): string | null {
  if (programOf('postgres') === null || programOf('initdb') === null) return 'apt install postgresql';
  try {
    otherUser();
    return null;
  } catch (error) {
    return String(error);
  }
}

/** PostgreSQL does not run as root, so root runs it as the user whom Debian makes for it, or as nobody. */
function otherUser(): User | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = ['-u', '-g'].map((flag) => spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout?.trim());
    if (uid && gid) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error('PostgreSQL does not run as root and there is no user postgres or nobody: run the suite as another user');
}

/** The folder is often one that only we may enter. */
function open(folder: string, data: string, { uid, gid }: User): void {
  chmodSync(folder, 0o755);
  for (const one of [folder, data]) chownSync(one, uid, gid);
}

// Half of each page stays free, so that a row that changes all the time finds room for its next version beside the last.
const TABLES = `
  CREATE TABLE stock (
    sku text PRIMARY KEY,
    available integer NOT NULL CHECK (available >= 0)
  ) WITH (fillfactor = 50);
  CREATE TABLE reservations (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key text NOT NULL UNIQUE,
    sku text NOT NULL,
    quantity integer NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL
  );`;

async function fill(host: string, stock: readonly RivalStock[]): Promise<void> {
  const client = new Client({ host, ...DATABASE });
  await client.connect();
  await client.query(TABLES);
  await client.query('INSERT INTO stock SELECT * FROM unnest($1::text[], $2::integer[])', [
    stock.map(({ sku }) => sku),
    stock.map(({ quantity }) => quantity),
  ]);
  await client.query('VACUUM ANALYZE');
  await client.query('CHECKPOINT');
  await client.end();
}
