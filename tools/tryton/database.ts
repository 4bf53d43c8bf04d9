import { createHash, randomBytes } from 'node:crypto';
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { PYTHON, TRYTOND_ADMIN } from './packages.ts';

export const DATABASE = 'holdfast';

const MODULES = ['stock'];
// Activating modules takes half a minute on a machine that has nothing else to do.
const CREATE_MS_MAX = 180_000;

/** A folder with a database of Tryton's that knows its modules and nothing else; made once per machine, then copied. */
export async function copyEmptyDatabase(folder: string): Promise<{ readonly adminPassword: string }> {
  const template = path.join(os.tmpdir(), `holdfast-tryton-${process.getuid?.() ?? 0}-${await fingerprint()}`);
  if (!(await exists(template))) await createTemplate(template);
  await mkdir(folder, { recursive: true });
  await cp(template, folder, { recursive: true });
  return { adminPassword: (await readFile(path.join(folder, 'admin-password'), 'utf8')).trim() };
}

export async function writeConfig(folder: string, port: number): Promise<string> {
  const file = path.join(folder, 'trytond.conf');
  const lines = [
    '[database]',
    'uri = sqlite://',
    `path = ${folder}`,
    '[web]',
    `listen = 127.0.0.1:${port}`,
    // Tests log in more often than people do.
    '[session]',
    'max_attempt = 10000',
    'max_attempt_ip_network = 10000',
    // A random password may hold a character twice.
    '[password]',
    'entropy = 0',
  ];
  await writeFile(file, `${lines.join('\n')}\n`);
  return file;
}

async function createTemplate(template: string): Promise<void> {
  const folder = await mkdtemp(`${template}-`);
  const password = randomBytes(18).toString('base64url');
  const passwordFile = path.join(folder, 'admin-password');
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  // Tryton fills an empty file; it does not make one.
  await writeFile(path.join(folder, `${DATABASE}.sqlite`), '');
  const config = await writeConfig(folder, 0);
  const modules = MODULES.flatMap((name) => ['-u', name]);
  await promisify(execFile)(
    PYTHON,
    [TRYTOND_ADMIN, '-c', config, '-d', DATABASE, '--email', 'admin@example.com', ...modules, '--activate-dependencies'],
    { env: { ...process.env, TRYTONPASSFILE: passwordFile, PYTHONWARNINGS: 'ignore' }, timeout: CREATE_MS_MAX },
  );
  // Whole or not at all; somebody who was quicker has made the same.
  await rename(folder, template).catch(() => rm(folder, { recursive: true, force: true }));
}

/** Another way of making it, or another Tryton, makes another template. */
async function fingerprint(): Promise<string> {
  const hash = createHash('sha256');
  hash.update(await readFile(import.meta.filename));
  hash.update(await readFile('/usr/lib/python3/dist-packages/trytond/__init__.py'));
  return hash.digest('hex').slice(0, 12);
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
