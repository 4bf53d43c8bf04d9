import { endProcess } from './processes.ts';
import { readRun } from './state.ts';

/**
 * One state, one server: whoever starts last takes over. Where no guard could end it, a killed `npm start` leaves its runtime serving,
 * and two runtimes over the same files would each believe to be the only one.
 */
export async function endEarlierRun(stateDir: string): Promise<void> {
  const run = await readRun(stateDir);
  if (!run) return;

  const starterEnded = await endProcess(run.parentPid, 'tools/start.ts');
  const runtimeEnded = await endProcess(run.runtimePid, 'workerd');
  if (starterEnded || runtimeEnded)
    console.log(`Ended an earlier run of this state (process ${run.runtimePid}, port ${run.port}).`);
}
