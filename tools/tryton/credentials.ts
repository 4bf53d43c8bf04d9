import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';

/** How to get at a Tryton that `npm run tryton` started: as the front does, and as its administrator. */
const credentials = z.object({
  url: z.url(),
  user: z.string(),
  password: z.string(),
  adminPassword: z.string(),
});

export type Credentials = z.output<typeof credentials>;

export async function readCredentials(file: string): Promise<Credentials> {
  return credentials.parse(JSON.parse(await readFile(file, 'utf8')));
}

export async function writeCredentials(folder: string, { url, user, password, adminPassword }: Credentials): Promise<string> {
  const file = path.join(folder, 'credentials.json');
  await writeFile(file, `${JSON.stringify({ url, user, password, adminPassword }, null, 2)}\n`, { mode: 0o600 });
  return file;
}
