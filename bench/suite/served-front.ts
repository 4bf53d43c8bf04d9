import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { bundleWorker } from '../../tools/start/bundle.ts';
import { prepareDatabases } from '../../tools/start/databases.ts';
import { devKeys, type DevKeys } from '../../tools/start/dev-keys.ts';
import { choosePort } from '../../tools/start/ports.ts';
import { startServers, type Servers } from '../../tools/start/servers.ts';
import { openState } from '../../tools/start/state.ts';
import { forgetWithUs } from '../../tools/start/with-us.ts';
import { ERP, FRONT } from '../../tools/start/workers.ts';

export interface ServedFront extends Servers {
  readonly keys: DevKeys;
  readonly inspectorPort: number | null;
}

/** What stands in the front's place: another Worker, or the front with other variables; and whether its memory may be looked into. */
export interface Instead {
  readonly entry?: string;
  readonly vars?: Readonly<Record<string, string>>;
  readonly inspected?: true;
}

/**
 * The front as `npm start` runs it, bundled as it is deployed, on free ports with an empty state in a folder of its own below that
 * one. What stands in its place has the same settings, the same bindings and the same kind of process.
 */
export async function serveFront(below: string, { entry, vars = {}, inspected }: Instead = {}): Promise<ServedFront> {
  const folder = await mkdtemp(path.join(below, 'holdfast-bench-'));
  forgetWithUs(folder);
  const forget = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const state = await openState(folder, false);
    const keys = await devKeys(state);
    const [port, erpPort] = [await choosePort('--port', 0), await choosePort('--erp-port', 0)];
    const inspectorPort = inspected === true ? await choosePort('the inspector', 0) : null;
    const [front, referenceErp] = await Promise.all([
      bundleWorker(FRONT.config, entry),
      bundleWorker(ERP.config),
      prepareDatabases(state, keys),
    ]);
    const servers = await startServers({
      port,
      erpPort,
      front,
      referenceErp,
      state,
      seed: 'none',
      fresh: false,
      issueAt: 'commit',
      erpFaults: false,
      erp: null,
      vars,
      ...(inspectorPort === null ? {} : { inspectorPort }),
      onRestart: () => Promise.reject(new Error('the runtime went down in the middle of a measurement')),
    });
    return { ...servers, keys, inspectorPort, stop: () => servers.stop().then(forget) };
  } catch (error) {
    await forget();
    throw error;
  }
}
