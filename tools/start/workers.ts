import path from 'node:path';
import { unstable_getMiniflareWorkerOptions } from 'wrangler';

export const ROOT = path.join(import.meta.dirname, '../..');

export interface LocalWorker {
  readonly name: string;
  readonly config: string;
  readonly migrations: string;
  /** What its wrangler file says, in the runtime's terms. */
  readonly options: () => WorkerOptions;
}

interface WorkerOptions {
  readonly compatibilityDate: string;
  readonly d1Databases: Record<string, string>;
  readonly r2Buckets: Record<string, string>;
  readonly queueProducers: Record<string, string>;
  readonly durableObjects: Record<string, { readonly className: string }>;
  readonly bindings?: Record<string, string>;
}

export const FRONT = localWorker('holdfast', 'wrangler.toml', 'migrations/d1');
export const ERP = localWorker('holdfast-reference-erp', 'reference-erp/wrangler.toml', 'migrations/reference-erp');

function localWorker(name: string, configFile: string, migrations: string): LocalWorker {
  const config = path.join(ROOT, configFile);
  return { name, config, migrations, options: () => definedOptions(config) };
}

// Wrangler would warn that the secrets are missing; they are bound later, from the state.
process.env['WRANGLER_LOG'] ??= 'error';

/**
 * The options are plain data, so a round through JSON drops the keys that are set to undefined, which the runtime refuses.
 * It refuses two more, which the bundle has applied already.
 */
function definedOptions(config: string): WorkerOptions {
  const { modulesRules: _, rootPath: __, ...options } = unstable_getMiniflareWorkerOptions(config).workerOptions;
  return JSON.parse(JSON.stringify(options));
}
