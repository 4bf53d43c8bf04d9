import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare';
import { ERP_PATHS, type erpFaults } from '../contracts/generic-erp.ts';
import type * as z from 'zod';
import { bundleWorker } from '../tools/start/bundle.ts';
import { applyMigrations } from '../tools/start/migrate.ts';

export const ERP_TOKEN = 'test-erp-token';

export interface ReferenceErp {
  readonly url: string;
  readonly database: Awaited<ReturnType<Miniflare['getD1Database']>>;
  /** Asks as an ERP's own user would. */
  ask(
    path: string,
    init?: { readonly method?: string; readonly body?: unknown; readonly headers?: Record<string, string> },
  ): Promise<Response>;
  /** Faults not named are healed. */
  suffer(faults: z.input<typeof erpFaults>): Promise<void>;
  stop(): Promise<void>;
}

/** The real Worker in the real runtime, with empty books, on a free port of the loopback. */
export async function startReferenceErp(vars: { readonly FAULTS: 'on' | 'off' } = { FAULTS: 'on' }): Promise<ReferenceErp> {
  const { modules } = await bundleWorker('reference-erp/wrangler.toml');
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      workers: [
        {
          name: 'reference-erp',
          modules: [...modules],
          compatibilityDate: '2026-10-15',
          bindings: { ERP_TOKEN, ...vars },
          d1Databases: { DB: 'reference-erp' },
        },
      ],
      host: '127.0.0.1',
      port: 0,
      log: new Log(LogLevel.ERROR),
      logRequests: false,
      telemetry: { enabled: false },
      cf: false,
    }),
  );
  const url = (await miniflare.ready).origin;
  const database = await miniflare.getD1Database('DB', 'reference-erp');
  await applyMigrations(database, 'migrations/reference-erp');

  const ask: ReferenceErp['ask'] = (path, { method = 'GET', body, headers = {} } = {}) =>
    fetch(`${url}${path}`, {
      method,
      headers: { Authorization: `Bearer ${ERP_TOKEN}`, 'Content-Type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  return {
    url,
    database,
    ask,
    suffer: async (faults) => {
      const answer = await ask(ERP_PATHS.faults, { method: 'PUT', body: faults });
      if (!answer.ok) throw new Error(`faults: ${answer.status} ${await answer.text()}`);
    },
    stop: () => miniflare.dispose(),
  };
}
