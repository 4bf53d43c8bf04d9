import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { leaksIn } from './leaks.ts';

/** [I25] Secrets in the log of a server of `npm start`, by the folder of its state. */
export async function leaksOfState(state: string): Promise<readonly string[]> {
  const read = (name: string): Promise<string> => readFile(path.join(state, name), 'utf8').catch(() => '');
  const [keys, secrets] = await Promise.all(['dev-keys.json', 'secrets.json'].map(read));
  const known = { ...recordIn(keys), ...recordIn(secrets) };
  const logs = ['log.ndjson.previous', 'log.ndjson'];
  return (await Promise.all(logs.map(async (name) => leaksIn(await read(name), known).map((leak) => `${name}: ${leak}`)))).flat();
}

function recordIn(text: string | undefined): Readonly<Record<string, string>> {
  return text === undefined || text === '' ? {} : (JSON.parse(text) as Readonly<Record<string, string>>);
}
