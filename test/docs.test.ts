import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { ROOT } from './source-files.ts';

const DOCUMENTS = globSync(['*.md', 'docs/**/*.md', 'bench/*.md'], { cwd: ROOT })
  .sort()
  .map((name) => ({ name, text: readFileSync(path.join(ROOT, name), 'utf8') }));
const FOLDERS = 'bench|channels|contracts|domain|durable-objects|erp|exchange|migrations|reference-erp|test|tools|worker';

test('a link between documents leads somewhere', () => {
  const broken = found(/\]\(((?!https?:)[^)#\s]+)(?:#[^)]*)?\)/g, (target, { name }) =>
    existsSync(path.join(ROOT, path.dirname(name), target)),
  );
  expect(broken).toEqual([]);
});

test('a file or a folder that a document names is there, unless the document is a decision of its time', () => {
  const gone = found(new RegExp(`\`((?:${FOLDERS})/[\\w./-]*)\``, 'g'), (target, { name }) => {
    return name.startsWith('docs/adr/') || existsSync(path.join(ROOT, target));
  });
  expect(gone).toEqual([]);
});

test('a command that a document names can be run', () => {
  const { scripts } = z
    .object({ scripts: z.record(z.string(), z.string()) })
    .parse(JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')));
  expect(found(/npm run ([\w:-]+)/g, (script) => script in scripts)).toEqual([]);
});

test('the README leads to every document', () => {
  const readme = DOCUMENTS.find(({ name }) => name === 'README.md')?.text ?? '';
  const lonely = DOCUMENTS.filter(({ name }) => /^docs\/[^/]+$/.test(name) && !readme.includes(`(${name})`));
  expect(lonely.map(({ name }) => name)).toEqual([]);
});

type Document = (typeof DOCUMENTS)[number];

/** What documents name that is not so, each with who names it. */
function found(names: RegExp, isThere: (named: string, by: Document) => boolean): string[] {
  return DOCUMENTS.flatMap((document) =>
    [...document.text.matchAll(names)]
      .map(([, named = '']) => named)
      .filter((named) => !isThere(named, document))
      .map((named) => `${document.name}: ${named}`),
  );
}
