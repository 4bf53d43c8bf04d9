import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from './source-files.ts';

const FOLDER = path.join(ROOT, 'docs/adr');

test('decisions are numbered 1, 2, 3 …, each number once, and each bears its own in its title', () => {
  const names = globSync('*.md', { cwd: FOLDER }).sort();
  const titles = names.map((name) => /^# (\d+)\. /.exec(readFileSync(path.join(FOLDER, name), 'utf8'))?.[1]);
  expect(titles.map(Number)).toEqual(names.map((_, index) => index + 1));
  expect(names.map((name) => Number(name.slice(0, 4)))).toEqual(names.map((_, index) => index + 1));
});
