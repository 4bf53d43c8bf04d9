import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';

const DEBIANS_POSTGRES = '/usr/lib/postgresql';

/** Where a program is; null where it is not. Debian keeps PostgreSQL's servers, a folder for each version, out of everybody's way. */
export function programOf(name: string): string | null {
  const versions = existsSync(DEBIANS_POSTGRES)
    ? readdirSync(DEBIANS_POSTGRES).toSorted((one, other) => Number(other) - Number(one))
    : [];
  const folders = [
    ...versions.map((version) => path.join(DEBIANS_POSTGRES, version, 'bin')),
    ...(process.env['PATH'] ?? '').split(':'),
  ];
  return folders.map((folder) => path.join(folder, name)).find((file) => existsSync(file)) ?? null;
}

export function versionOf(name: string): string | null {
  const program = programOf(name);
  return program === null ? null : spawnSync(program, ['--version'], { encoding: 'utf8' }).stdout.trim();
}
