import { createWriteStream, type WriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare, type V4WorkerOptions } from 'miniflare';
import type { WorkerBundle } from './bundle.ts';
import { guardRuntime } from './guard.ts';
import type { StartOptions } from './options.ts';
import { childRuntime, endProcess } from './processes.ts';
import type { State } from './state.ts';
import { ERP, FRONT, type LocalWorker } from './workers.ts';

const HOST = '127.0.0.1';
// Whoever tries things out has their webhooks and channels on the same machine.
const OUTBOUND_ALLOWED = JSON.stringify([`${HOST}:*`]);
// Long enough for the object store to close its files.
const STOP_MS_MAX = 5_000;

export interface Servers {
  readonly url: string;
  readonly erpUrl: string;
  runtimePid(): number;
  /** Rings the front's cron once; the local runtime never does so by itself. */
  ringCron(): Promise<void>;
  stop(): Promise<void>;
}

interface ServersToStart extends Omit<StartOptions, 'state'> {
  readonly front: WorkerBundle;
  readonly referenceErp: WorkerBundle;
  readonly state: State;
  /** The runtime came back under another process id after somebody or something had ended it. */
  readonly onRestart: (runtimePid: number) => Promise<void>;
  /** Variables of the front that a measurement sets otherwise. */
  readonly vars?: Readonly<Record<string, string>>;
  /** Where a measurement looks into the Workers' memory. */
  readonly inspectorPort?: number;
}

/** Runs both Workers in one runtime process, each straight on its own port; the front alone where its ERP is elsewhere. */
export async function startServers({
  port,
  erpPort,
  front,
  referenceErp,
  state,
  issueAt,
  erpFaults,
  erp: other,
  onRestart,
  vars = {},
  inspectorPort,
}: ServersToStart): Promise<Servers> {
  const erpUrl = other?.url ?? `http://${HOST}:${erpPort}`;
  const { ERP_TOKEN, BUYER_HASH_SECRET, SECRETS_KEY } = state.secrets;
  const erpBindings: Record<string, string> =
    other === null
      ? { ERP_URL: erpUrl, ERP_TOKEN }
      : { ERP_ADAPTER: other.adapter, ERP_URL: other.url, ERP_OPTIONS: other.options, ERP_TOKEN: other.token };
  let runtimePid = 0;
  let dismissGuard = (): void => undefined;
  const log = await freshLog(state.logFile);
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      workers: [
        onPort(FRONT, front, port, {
          ...erpBindings,
          ERP_ISSUE_AT: issueAt,
          BUYER_HASH_SECRET,
          SECRETS_KEY,
          OUTBOUND_ALLOWED,
          ...vars,
        }),
        ...(other === null ? [onPort(ERP, referenceErp, erpPort, { ERP_TOKEN, FAULTS: erpFaults ? 'on' : 'off' })] : []),
      ],
      host: HOST,
      resourcePersistencePath: state.dataDir,
      log: new Log(LogLevel.WARN),
      logRequests: false,
      telemetry: { enabled: false },
      cf: false,
      ...(inspectorPort === undefined ? {} : { inspectorPort, inspectorHost: HOST }),
      unsafeTriggerHandlers: true,
      handleStructuredLogs: ({ level, message }) => {
        log.write(`${message}\n`);
        if (level === 'error' || level === 'warn') console.error(message);
      },
      unsafeHandleRuntimeRestart: async () => {
        dismissGuard();
        runtimePid = await childRuntime(process.pid);
        dismissGuard = guardRuntime(runtimePid);
        await onRestart(runtimePid);
      },
    }),
  );
  await miniflare.ready;
  runtimePid = await childRuntime(process.pid);
  dismissGuard = guardRuntime(runtimePid);

  return {
    url: `http://${HOST}:${port}`,
    erpUrl,
    runtimePid: () => runtimePid,
    ringCron: async () => {
      // By request, not by `getWorker().scheduled()`: that blocks this thread, which then drains no log of the runtime,
      // and a runtime whose log is full waits for us for ever.
      const rung = await miniflare.dispatchFetch('http://localhost/cdn-cgi/local/scheduled?cron=*+*+*+*+*');
      if (!rung.ok) throw new Error(`the cron answered ${rung.status}: ${await rung.text()}`);
    },
    stop: async () => {
      const patience = new Promise((resolve) => setTimeout(resolve, STOP_MS_MAX).unref());
      await Promise.race([miniflare.dispose(), patience]);
      dismissGuard();
      await endProcess(runtimePid, 'workerd');
    },
  };
}

/** A log of its own for each run; the one before is kept beside it, for whoever asks why that run ended. */
async function freshLog(file: string): Promise<WriteStream> {
  await rename(file, `${file}.previous`).catch(() => undefined);
  return createWriteStream(file);
}

function onPort(worker: LocalWorker, bundle: WorkerBundle, port: number, bindings: Record<string, string>): V4WorkerOptions {
  const options = worker.options();
  return {
    ...options,
    name: worker.name,
    modules: [...bundle.modules],
    bindings: { ...options.bindings, ...bindings },
    unsafeDirectSockets: [{ host: HOST, port }],
  };
}
