import path from 'node:path';
import { expect, test } from 'vitest';
import { sourceFiles } from './source-files.ts';

const OFFICE =
  /^(?:channels|exchange|erp|worker\/(?:audit|feeds|imports|inbound|jobs|listings|orders|proof|reconciliation|replay|webhooks|wire-office|office-\w+))\b/;
// Settings are read at the start, and among them what an ERP's adapter is to be told.
const SETTINGS = ['erp/odoo/options.ts', 'erp/tryton/options.ts', 'worker/reconciliation/settings.ts'];

test('an isolate evaluates at its start what sells, and leaves the office until somebody needs it', () => {
  const texts = new Map(sourceFiles().map(({ name, text }) => [name, text]));
  const reached = new Set(['worker/index.ts']);
  for (const file of reached) {
    for (const target of importedAtOnce(file, texts.get(file) ?? '')) reached.add(target);
  }
  const office = [...reached].filter((file) => OFFICE.test(file));
  expect(office.toSorted()).toEqual(SETTINGS);
  expect([...texts.keys()].filter((file) => OFFICE.test(file)).length).toBeGreaterThan(150);
  // Tables and queries are made by the hundred, and what sells asks six statements.
  expect([...reached].filter((file) => /^import (?!type\b).*'drizzle-orm/m.test(texts.get(file) ?? ''))).toEqual([]);
});

/** Neither types, which are gone, nor what is brought by `import()`. */
function importedAtOnce(file: string, text: string): string[] {
  const found = text.matchAll(/^\s*(?:import|export)\b(?!\s*type\b)[^'";]*\bfrom\s*'(\.[^']+\.ts)'/gm);
  return Array.from(found, ([, target = '']) => path.posix.join(path.posix.dirname(file), target));
}
