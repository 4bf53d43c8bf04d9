import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT, sourceFiles, type SourceFile } from './source-files.ts';

// Each folder may also import itself. Tests may import anything.
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  contracts: ['domain'],
  console: ['contracts'],
  exchange: [],
  erp: ['contracts', 'domain', 'exchange'],
  channels: ['contracts', 'domain', 'exchange'],
  'durable-objects': ['contracts', 'domain', 'migrations'],
  worker: ['contracts', 'domain', 'erp', 'channels', 'exchange', 'durable-objects', 'migrations'],
  'reference-erp': ['contracts', 'migrations'],
  tools: ['contracts', 'domain'],
  // A measurement may put counters around the deployed parts.
  bench: ['contracts', 'domain', 'erp', 'tools', 'worker', 'durable-objects'],
};

const files = sourceFiles().filter(({ name }) => name.includes('/') && !name.endsWith('.d.ts'));
const sources = files.filter(({ name }) => !name.endsWith('.test.ts'));

describe('imports point inwards', () => {
  test.each(Object.entries(MAY_IMPORT))('%s imports only %j', (folder, allowed) => {
    const outward = sources
      .filter(({ name }) => name.startsWith(`${folder}/`))
      .flatMap((file) => relativeImports(file).map((target) => ({ from: file.name, target })))
      .filter(({ target }) => ![folder, ...allowed].includes(topFolder(target)));
    expect(outward).toEqual([]);
  });

  test('the core stands on nothing but itself', () => {
    const packages = sources
      .filter(({ name }) => name.startsWith('domain/'))
      .flatMap((file) => imports(file).filter((target) => !target.startsWith('.')));
    expect(packages).toEqual([]);
  });

  test('every folder of code has its place in the table', () => {
    const folders = new Set(sources.map(({ name }) => topFolder(name)));
    const unplaced = [...folders].filter((folder) => !(folder in MAY_IMPORT) && !['test', 'migrations'].includes(folder));
    expect(unplaced).toEqual([]);
  });

  test('a relative import names its file in full', () => {
    const vague = files.flatMap((file) => relativeImports(file).filter((target) => !existsSync(path.join(ROOT, target))));
    expect(vague).toEqual([]);
  });

  test('zod comes as a namespace, or all of it lands in the bundle', () => {
    const named = files.filter(({ text }) => /import \{[^}]*\} from 'zod'/.test(text)).map(({ name }) => name);
    expect(named).toEqual([]);
  });
});

/** Paths from the root of what a file imports from beside it. */
function relativeImports(file: SourceFile): string[] {
  const folder = path.posix.dirname(file.name);
  return imports(file)
    .filter((target) => target.startsWith('.'))
    .map((target) => path.posix.join(folder, target));
}

function imports({ text }: SourceFile): string[] {
  const found = [
    ...text.matchAll(/^\s*(?:import|export)\b[^'";]*\bfrom\s*['"]([^'"]+)['"]/gm),
    ...text.matchAll(/^\s*import\s*['"]([^'"]+)['"]/gm),
    ...text.matchAll(/\bimport\(\s*['"]([^'"]+)['"]/g),
  ];
  return found.map(([, target = '']) => target);
}

function topFolder(name: string): string {
  return name.split('/')[0] ?? name;
}
