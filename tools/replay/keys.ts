import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { ReplayStopped } from './replay-stopped.ts';

const apiKeys = z.object({ admin: z.string(), stock: z.string() });
const secrets = z.object({ ERP_TOKEN: z.string() });

export type ApiKeys = z.output<typeof apiKeys>;

export async function readApiKeys(path: string): Promise<ApiKeys> {
  return readJson(path, apiKeys);
}

export async function readErpToken(path: string): Promise<string> {
  return (await readJson(path, secrets)).ERP_TOKEN;
}

/** Of a file that holds secrets; what is wrong with it is said without them. */
export async function readJson<T>(path: string, schema: z.ZodType<T>): Promise<T> {
  const text = await readFile(path, 'utf8').catch(() => {
    throw new ReplayStopped(`There is no ${path}. A front started by "npm start" writes it; --state and --keys say where.`);
  });
  const read = schema.safeParse(jsonOf(text));
  // The text itself stays out of the message: it holds secrets.
  if (!read.success) throw new ReplayStopped(`${path} does not hold what it should:\n${z.prettifyError(read.error)}`);
  return read.data;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
