import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';

export const ROOT = path.join(import.meta.dirname, '..');

export interface SourceFile {
  readonly name: string;
  readonly text: string;
}

/** Every TypeScript file we wrote, under its path from the root. */
export function sourceFiles(pattern = '**/*.ts'): readonly SourceFile[] {
  const names = globSync(pattern, { cwd: ROOT, exclude: (name) => name === 'node_modules' || name.startsWith('.') });
  return names.sort().map((name) => ({ name, text: readFileSync(path.join(ROOT, name), 'utf8') }));
}
