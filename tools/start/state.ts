import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';

const run = z.object({ runtimePid: z.int().min(2), parentPid: z.int().min(2), port: z.int(), erpPort: z.int() });
const aSecret = z.string().min(16);
const secrets = z.object({ ERP_TOKEN: aSecret, BUYER_HASH_SECRET: aSecret, SECRETS_KEY: aSecret });
// A state of an older version lacks the newer ones and keeps those it has: buyers are known by a hash under theirs.
const olderSecrets = secrets.partial();

export type Run = z.infer<typeof run>;

export interface State {
  readonly dir: string;
  readonly dataDir: string;
  readonly runFile: string;
  readonly keysFile: string;
  readonly seededFile: string;
  /** One structured line per request, alarm and job of the running servers. */
  readonly logFile: string;
  readonly secrets: z.infer<typeof secrets>;
}

// Only what we made ourselves is forgotten: somebody may point --state at a folder with other things in it.
const OURS = ['data', 'run.json', 'secrets.json', 'dev-keys.json', 'seeded.json', 'log.ndjson', 'log.ndjson.previous'];

export async function openState(dir: string, fresh: boolean): Promise<State> {
  if (fresh) await Promise.all(OURS.map((name) => rm(path.join(dir, name), { recursive: true, force: true })));
  await mkdir(path.join(dir, 'data'), { recursive: true });
  return {
    dir,
    dataDir: path.join(dir, 'data'),
    runFile: path.join(dir, 'run.json'),
    keysFile: path.join(dir, 'dev-keys.json'),
    seededFile: path.join(dir, 'seeded.json'),
    logFile: path.join(dir, 'log.ndjson'),
    secrets: await secretsIn(path.join(dir, 'secrets.json')),
  };
}

export async function readRun(dir: string): Promise<Run | undefined> {
  return readJson(path.join(dir, 'run.json'), run);
}

export async function recordRun(state: State, thisRun: Run): Promise<void> {
  await writeJson(state.runFile, { ...thisRun, startedAt: new Date().toISOString() });
}

async function secretsIn(file: string): Promise<z.infer<typeof secrets>> {
  const older = await readJson(file, olderSecrets);
  return keptOrMade(file, secrets, () => ({
    ERP_TOKEN: older?.ERP_TOKEN ?? secret(),
    BUYER_HASH_SECRET: older?.BUYER_HASH_SECRET ?? secret(),
    SECRETS_KEY: older?.SECRETS_KEY ?? secret(),
  }));
}

/** What the file holds, or what is made now and kept in it. */
export async function keptOrMade<T>(file: string, schema: z.ZodType<T>, make: () => T): Promise<T> {
  const kept = await readJson(file, schema);
  if (kept !== undefined) return kept;

  const made = make();
  await writeJson(file, made);
  return made;
}

export function secret(): string {
  return randomBytes(24).toString('base64url');
}

/** Nobody else on the machine may read it, and a crash leaves the old file or the new one, never half of either. */
export async function writeJson(file: string, value: unknown): Promise<void> {
  await writeFile(`${file}.new`, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
}

/** A file that is missing or was cut short by a crash counts as not there. */
export async function readJson<T>(file: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '');
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
