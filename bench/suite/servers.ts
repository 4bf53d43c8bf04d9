import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import * as z from 'zod';

const SERVE = path.join(import.meta.dirname, 'serve.ts');
const TMPFS = '/dev/shm';
// Characters; the last lines of a stack trace tell why a server did not start.
const COMPLAINT_MAX = 2_000;

const said = z.object({
  url: z.string(),
  pid: z.number(),
  inspectorPort: z.number().nullable(),
  keys: z.object({ admin: z.string(), sales_web: z.string() }),
});

/** The front as it is deployed, the floor in its place, the front with a side door to its objects, or one that remembers no numbers. */
export type ServerKind = 'front' | 'floor' | 'objects' | 'never-fresh';
/** Where the objects keep their files: on the disk an answer waits for the disk, in memory it need not. */
export type Medium = 'disk' | 'tmpfs';

export interface Server extends z.infer<typeof said> {
  /** Of the runtime, whose time is measured; what the tool beside it takes, such as writing its log to a file, is not. */
  pids(): readonly number[];
  /** Whatever else of ours runs beside it. */
  readonly helperPids: readonly number[];
  stop(): Promise<void>;
}

/** The servers that are up, each started when it is first asked for, so that parts can share them. */
export class ServersUp {
  readonly #up = new Map<string, Promise<Server>>();

  /** `whose`: a part that needs one in which nobody has done anything yet. */
  serve(kind: ServerKind, medium: Medium = 'disk', whose = 'everybody'): Promise<Server> {
    const name = `${kind} ${medium} ${whose}`;
    const server = this.#up.get(name) ?? startServer(kind, folderOn(medium));
    this.#up.set(name, server);
    return server;
  }

  async stop(): Promise<void> {
    await Promise.allSettled([...this.#up.values()].map(async (server) => (await server).stop()));
    this.#up.clear();
  }
}

export const hasTmpfs = existsSync(TMPFS);

function folderOn(medium: Medium): string {
  return medium === 'tmpfs' ? TMPFS : tmpdir();
}

async function startServer(kind: ServerKind, folder: string): Promise<Server> {
  const child = spawn(process.execPath, [SERVE, kind, folder], { stdio: ['pipe', 'pipe', 'pipe'] });
  let complained = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    process.stderr.write(text);
    complained = (complained + text).slice(-COMPLAINT_MAX);
  });
  const ended = once(child, 'exit');
  const lines = createInterface({ input: child.stdout });
  const line = await Promise.race([once(lines, 'line').then(String), ended.then(() => null)]);
  if (line === null) throw new Error(`the ${kind} of the benchmarks did not start: ${complained.trim()}`);
  const served = said.parse(JSON.parse(line));
  const stop = async (): Promise<void> => {
    child.stdin.end();
    await ended;
  };
  return { ...served, pids: () => [served.pid], helperPids: child.pid === undefined ? [] : [child.pid], stop };
}
