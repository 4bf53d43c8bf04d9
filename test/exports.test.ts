import path from 'node:path';
import { expect, test } from 'vitest';
import { sourceFiles } from './source-files.ts';

const files = sourceFiles().filter(({ name }) => !name.endsWith('.d.ts'));

// Read by somebody else under their names: the runtime takes its classes from scripts that export a default, drizzle-kit all tables,
// and the simulation stands in for modules of the runtime.
const isReadByOthers = ({ name, text }: { readonly name: string; readonly text: string }): boolean =>
  /^export default /m.test(text) || name.endsWith('/schema.ts') || name.startsWith('test/simulation/runtime/');

test('what a file exports is imported somewhere, or it is nobody’s business', () => {
  const imported = new Set(files.flatMap(importsOf));
  const unused = files
    .filter((file) => !isReadByOthers(file) && !imported.has(`${file.name} *`))
    .flatMap(({ name, text }) => exportsOf(text).map((exported) => `${name} ${exported}`))
    .filter((one) => !imported.has(one));
  expect(unused).toEqual([]);
});

/** Functions, classes and constants; a type may be exported because something that is exported speaks of it. */
function exportsOf(text: string): string[] {
  return [...text.matchAll(/^export (?:async )?(?:function\*?|const|class) (\w+)/gm)].map(([, name = '']) => name);
}

/** As `file name`, or `file *` where all of it is taken. */
function importsOf({ name, text }: { readonly name: string; readonly text: string }): string[] {
  const of = (target: string, what: string): string => `${path.posix.join(path.posix.dirname(name), target)} ${what}`;
  const named = [...text.matchAll(/(?:import|export)\s+(?:type\s+)?\{([^}]*)\}\s*from\s*'(\.[^']+)'/g)];
  const whole = [...text.matchAll(/(?:\*(?: as \w+)? from\s*|import\()'(\.[^']+)'/g)];
  return [
    ...named.flatMap(([, list = '', target = '']) => list.split(',').map((one) => of(target, importedName(one)))),
    ...whole.map(([, target = '']) => of(target, '*')),
  ];
}

function importedName(written: string): string {
  return /^\s*(?:type\s+)?(\w+)/.exec(written)?.[1] ?? '';
}
