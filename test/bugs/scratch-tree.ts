import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ROOT } from '../source-files.ts';
import type { Bug } from './bug.ts';

/** What is not ours, or belongs to a run and not to the tree. */
const LEFT_OUT = new Set(['node_modules', '.git', '.holdfast', '.wrangler', 'dist', 'coverage']);

/** A copy of the tree, to be broken. */
export class ScratchTree {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async copied(): Promise<ScratchTree> {
    const folder = await mkdtemp(path.join(tmpdir(), 'holdfast-bugs-'));
    await cp(ROOT, folder, { recursive: true, filter: (from) => !LEFT_OUT.has(path.relative(ROOT, from)) });
    await symlink(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'));
    return new ScratchTree(folder);
  }

  /** The bug is in the tree as long as `work` goes on. */
  async with<T>(bug: Bug | null, work: (tree: ScratchTree) => Promise<T>): Promise<T> {
    if (bug === null) return work(this);
    const file = path.join(this.folder, bug.file);
    const right = await readFile(file, 'utf8');
    await writeFile(file, broken(right, bug));
    try {
      return await work(this);
    } finally {
      await writeFile(file, right);
    }
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true });
  }
}

/** The text with the bug in it. A bug that the text has outgrown is none any more, and must be written anew. */
export function broken(text: string, { id, file, find, replace }: Bug): string {
  const [before, after, ...more] = text.split(find);
  if (before === undefined || after === undefined || more.length > 0)
    throw new Error(`${id}: what it replaces stands ${after === undefined ? 'nowhere' : `${more.length + 1} times`} in ${file}`);
  return before + replace + after;
}
