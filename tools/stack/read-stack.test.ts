import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { bundleWithMap } from '../start/bundle.ts';
import { FRONT, ROOT } from '../start/workers.ts';
import { withOurLines } from './read-stack.ts';

const SAID = 'the body is not UTF-8';
const BY = 'worker/request/body.ts';

test('a stack of the log, which names a place in the script, leads to our line', async () => {
  const bundle = await bundleWithMap(FRONT.config);
  const script = bundle.modules.find(({ path: name }) => name === 'index.js')?.contents ?? '';
  const before = script.slice(0, script.indexOf(SAID)).split('\n');
  const column = (before.at(-1)?.length ?? 0) + 1;
  const own = (await readFile(path.join(ROOT, BY), 'utf8')).split('\n').findIndex((line) => line.includes(SAID)) + 1;

  const stack = `Error: no\n    at Xe (index.js:${before.length}:${column})\n    at node:internal:1:2`;
  expect(withOurLines(stack, bundle)).toBe(`Error: no\n    at Xe (${BY}:${own})\n    at node:internal:1:2`);
});
