import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { readApiKeys, readErpToken, type ApiKeys } from '../../tools/replay/keys.ts';
import { spawnServer, type SpawnedServer } from '../../tools/start/spawned-server.ts';

export interface Server extends SpawnedServer {
  readonly keys: ApiKeys;
  readonly erpToken: string;
}

/** The reference ERP's fault switches are open. */
export async function startServer(): Promise<Server> {
  const server = await spawnServer('--erp-faults');
  const keys = await readApiKeys(path.join(server.state, 'dev-keys.json'));
  return { ...server, keys, erpToken: await readErpToken(path.join(server.state, 'secrets.json')) };
}

export function logOf(state: string): Promise<string> {
  return readFile(path.join(state, 'log.ndjson'), 'utf8');
}
