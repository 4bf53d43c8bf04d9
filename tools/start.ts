// `npm start`: the front and the reference ERP on two ports of this machine, with state on disk and nothing to sign up for;
// or the front alone, before an ERP that runs already.
import { rm } from 'node:fs/promises';
import { bundleWorker } from './start/bundle.ts';
import { startCron } from './start/cron.ts';
import { prepareDatabases } from './start/databases.ts';
import { devKeys } from './start/dev-keys.ts';
import { greeting } from './start/greeting.ts';
import { endEarlierRun } from './start/leftover.ts';
import { startOptions } from './start/options.ts';
import { choosePort } from './start/ports.ts';
import { seedOnce } from './start/seed.ts';
import { startServers } from './start/servers.ts';
import { openState, recordRun } from './start/state.ts';
import { StartRefused } from './start/start-refused.ts';
import { ERP, FRONT } from './start/workers.ts';

try {
  await start();
} catch (error) {
  if (!(error instanceof StartRefused)) throw error;
  console.error(error.message);
  process.exit(1);
}

async function start(): Promise<void> {
  const options = startOptions(process.argv.slice(2));
  await endEarlierRun(options.state);
  const state = await openState(options.state, options.fresh);
  const port = await choosePort('--port', options.port);
  const erpPort = await choosePort('--erp-port', options.erpPort);

  const keys = await devKeys(state);
  const [front, referenceErp] = await Promise.all([
    bundleWorker(FRONT.config),
    bundleWorker(ERP.config),
    prepareDatabases(state, keys),
  ]);

  const record = (runtimePid: number) => recordRun(state, { runtimePid, parentPid: process.pid, port, erpPort });
  const servers = await startServers({ ...options, port, erpPort, front, referenceErp, state, onRestart: record });
  await record(servers.runtimePid());

  const stopCron = startCron(servers, () => {
    console.error('The runtime has gone and does not come back; stopping.');
    process.exit(1);
  });
  const stop = async (): Promise<void> => {
    stopCron();
    await servers.stop();
    await rm(state.runFile, { force: true });
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    // Miniflare's own listener would exit at once, before the files are closed and the record of this run is gone.
    process.removeAllListeners(signal).once(signal, () => void stop());
  }

  if (options.seed === 'demo') await seedOnce(state, servers.url, keys);
  console.log(greeting(servers, keys, state, options));
}
