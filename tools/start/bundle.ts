import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { StartRefused } from './start-refused.ts';
import { ROOT } from './workers.ts';

export interface WorkerBundle {
  readonly modules: readonly { readonly type: 'ESModule' | 'Text'; readonly path: string; readonly contents: string }[];
}

/** Bundles a Worker exactly as a deployment would, without deploying it; with `entry`, another one than it names itself. */
export async function bundleWorker(config: string, entry?: string): Promise<WorkerBundle> {
  return bundled([...(entry === undefined ? [] : [entry]), '-c', config], async (outdir) => ({
    modules: await readModules(outdir),
  }));
}

/** The same with the map from its script back to our files, whose names are as from `root`. */
export async function bundleWithMap(config: string): Promise<WorkerBundle & { readonly map: string; readonly root: string }> {
  return bundled(['-c', config], async (outdir) => ({
    modules: await readModules(outdir),
    map: await readFile(path.join(outdir, 'index.js.map'), 'utf8'),
    root: path.relative(outdir, ROOT),
  }));
}

async function bundled<Read>(what: readonly string[], read: (outdir: string) => Promise<Read>): Promise<Read> {
  const outdir = await mkdtemp(path.join(tmpdir(), 'holdfast-bundle-'));
  try {
    await deployDry(what, outdir);
    return await read(outdir);
  } finally {
    await rm(outdir, { recursive: true, force: true });
  }
}

async function deployDry(what: readonly string[], outdir: string): Promise<void> {
  const wrangler = path.join(ROOT, 'node_modules/wrangler/bin/wrangler.js');
  const env = { ...process.env, CI: 'true', WRANGLER_SEND_METRICS: 'false' };
  try {
    await promisify(execFile)(process.execPath, [wrangler, 'deploy', '--dry-run', '--outdir', outdir, ...what], {
      env,
      cwd: ROOT,
    });
  } catch (error) {
    const output = error instanceof Error && 'stderr' in error ? String(error.stderr) : '';
    throw new StartRefused(`${what.join(' ')} does not bundle:\n${output || String(error)}`);
  }
}

async function readModules(outdir: string): Promise<WorkerBundle['modules']> {
  const names = (await readdir(outdir)).filter((name) => /\.(js|sql)$/.test(name));
  // The runtime takes the first module as the entry; all others are texts.
  names.sort((a, b) => Number(b.endsWith('.js')) - Number(a.endsWith('.js')));
  return Promise.all(
    names.map(async (name) => ({
      type: name.endsWith('.js') ? ('ESModule' as const) : ('Text' as const),
      path: name,
      contents: await readFile(path.join(outdir, name), 'utf8'),
    })),
  );
}
