import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { tmpdir } from 'node:os';
import { createRequire } from 'node:module';
import * as z from 'zod';
import type { WorkerBundle } from '../../../tools/start/bundle.ts';
import { choosePort } from '../../../tools/start/ports.ts';
import { startConfig } from './start-config.ts';

/** The runtime's own program, by the package that knows where it lies. */
const { default: runtimePath } = z.object({ default: z.string() }).parse(createRequire(import.meta.url)('workerd'));
const ASK_AGAIN_MS = 10;
const START_MS_MAX = 20_000;

/** A Worker that does nothing: what a start costs whatever the script is. */
export const EMPTY: WorkerBundle = {
  modules: [{ type: 'ESModule', path: 'index.js', contents: "export default { fetch: () => new Response('ok') };" }],
};

/**
 * The processor's time of the main thread of a fresh runtime until it has given its first answer. V8's helpers collect garbage beside
 * it and are left out, as they are where a start is limited.
 */
export async function startCpuMs(bundle: WorkerBundle): Promise<number> {
  const folder = await mkdtemp(path.join(tmpdir(), 'holdfast-start-'));
  try {
    const port = await choosePort('--port', 0);
    const config = path.join(folder, 'start.capnp');
    await Promise.all(bundle.modules.map(({ path: name, contents }) => writeFile(path.join(folder, name), contents)));
    await writeFile(config, startConfig(bundle, bundle === EMPTY, port));
    const runtime = spawn(runtimePath, ['serve', '--experimental', config], { stdio: ['ignore', 'ignore', 'inherit'] });
    const ended = once(runtime, 'exit');
    try {
      await firstAnswer(`http://127.0.0.1:${port}/healthz`);
      return await mainThreadMs(runtime.pid);
    } finally {
      runtime.kill('SIGKILL');
      await ended;
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function firstAnswer(url: string): Promise<void> {
  for (let waitedMs = 0; waitedMs < START_MS_MAX; waitedMs += ASK_AGAIN_MS) {
    const answer = await fetch(url).catch(() => null);
    if (answer?.ok === true) return;
    if (answer !== null) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
  }
  throw new Error('the runtime did not start');
}

async function mainThreadMs(pid: number | undefined): Promise<number> {
  const told = await readFile(`/proc/${pid}/task/${pid}/schedstat`, 'utf8');
  return Number(told.split(' ')[0]) / 1_000_000;
}
