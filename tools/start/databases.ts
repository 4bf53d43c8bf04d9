import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare';
import { admitDevKeys, type DevKeys } from './dev-keys.ts';
import { applyMigrations } from './migrate.ts';
import type { State } from './state.ts';
import { ERP, FRONT, type LocalWorker } from './workers.ts';

export type Database = Awaited<ReturnType<Miniflare['getD1Database']>>;

/**
 * Brings both databases up to date while no port is open yet, so the first answer anybody gets comes from a complete server.
 * A runtime of its own does it, beside the bundling, and ends before the real one opens the same files.
 */
export async function prepareDatabases(state: State, keys: DevKeys): Promise<void> {
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      workers: [FRONT, ERP].map(databaseOnly),
      resourcePersistencePath: state.dataDir,
      log: new Log(LogLevel.WARN),
      telemetry: { enabled: false },
      cf: false,
    }),
  );
  try {
    const front = await miniflare.getD1Database('DB', FRONT.name);
    const erp = await miniflare.getD1Database('DB', ERP.name);
    await Promise.all([applyMigrations(front, FRONT.migrations), applyMigrations(erp, ERP.migrations)]);
    await admitDevKeys(front, keys);
  } finally {
    await miniflare.dispose();
  }
}

function databaseOnly({ name, options }: LocalWorker) {
  const { compatibilityDate, d1Databases } = options();
  return { name, modules: true, script: 'export default {};', compatibilityDate, d1Databases };
}
