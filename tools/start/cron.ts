import { isRunning } from './processes.ts';
import type { Servers } from './servers.ts';

// A real cron rings once a minute; here nobody wants to wait that long for a sweep.
const EVERY_MS = 2_000;
// A runtime that was killed comes back within a second; one that has not by then never will.
const RINGS_WITHOUT_RUNTIME_MAX = 5;

/** Rings the cron for ever, one ring at a time. Tells when the runtime has gone for good, which nobody else would notice. */
export function startCron(servers: Servers, onRuntimeGone: () => void): () => void {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  // Of one and the same runtime: another one that died meanwhile had come back before.
  let missing = { runtimePid: 0, rings: 0 };

  const ring = async (): Promise<void> => {
    try {
      await servers.ringCron();
    } catch (error) {
      if (stopped) return;
      const runtimePid = servers.runtimePid();
      const running = await isRunning(runtimePid, 'workerd');
      if (running) console.error('cron:', error);
      else missing = { runtimePid, rings: runtimePid === missing.runtimePid ? missing.rings + 1 : 1 };
      if (!running && missing.rings >= RINGS_WITHOUT_RUNTIME_MAX) return onRuntimeGone();
    }
    if (!stopped) timer = setTimeout(() => void ring(), EVERY_MS);
  };

  timer = setTimeout(() => void ring(), EVERY_MS);
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
