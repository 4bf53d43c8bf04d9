import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bundleWorker } from '../../tools/start/bundle.ts';
import { prepareDatabases } from '../../tools/start/databases.ts';
import { devKeys, type DevKeys } from '../../tools/start/dev-keys.ts';
import { choosePort } from '../../tools/start/ports.ts';
import { startServers } from '../../tools/start/servers.ts';
import { openState } from '../../tools/start/state.ts';
import { ERP, FRONT } from '../../tools/start/workers.ts';

const ENTRY = path.join(import.meta.dirname, 'front/counted-front.ts');

export interface CountedServer {
  readonly url: string;
  readonly keys: DevKeys;
  runtimePid(): number;
  ringCron(): Promise<void>;
  /** Ends it and forgets what it held. */
  stop(): Promise<void>;
}

/** The front with its counters and the reference ERP, as `npm start` runs them, on free ports with an empty state. */
export async function startCountedServer(): Promise<CountedServer> {
  const folder = await mkdtemp(path.join(tmpdir(), 'holdfast-cost-'));
  try {
    const state = await openState(folder, false);
    const keys = await devKeys(state);
    const [port, erpPort] = [await choosePort('--port', 0), await choosePort('--erp-port', 0)];
    const [front, referenceErp] = await Promise.all([
      bundleWorker(FRONT.config, ENTRY),
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
      onRestart: () => Promise.reject(new Error('the runtime went down in the middle of the count')),
    });
    const stop = async (): Promise<void> => {
      await servers.stop();
      await rm(folder, { recursive: true, force: true });
    };
    return { url: servers.url, keys, runtimePid: () => servers.runtimePid(), ringCron: () => servers.ringCron(), stop };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}
