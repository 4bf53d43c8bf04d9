import { spawn } from 'node:child_process';
import path from 'node:path';

export interface Step {
  readonly name: string;
  readonly command: readonly string[];
  /** What to type when it fails. */
  readonly remedy?: string;
  /** Shows the output while it comes, for a step that takes long. */
  readonly live?: boolean;
}

const ROOT = path.join(import.meta.dirname, '../..');

/** Runs one tool of the project and says whether it was content; a quiet tool is heard only when it is not. */
export function runStep(step: Step): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const startedAtMs = performance.now();
  const [tool = '', ...args] = step.command;
  const child = spawn(path.join(ROOT, 'node_modules/.bin', tool), args, {
    cwd: ROOT,
    env: { ...process.env, WRANGLER_SEND_METRICS: 'false', CLOUDFLARE_CF_FETCH_ENABLED: 'false' },
    stdio: ['ignore', step.live ? 'inherit' : 'pipe', step.live ? 'inherit' : 'pipe'],
  });

  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.on('error', (error) => (output += `${error.message}\n`));
  child.on('close', (code) => {
    const seconds = ((performance.now() - startedAtMs) / 1_000).toFixed(1);
    console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${step.name} (${seconds} s)`);
    if (code !== 0) console.log(output + (step.remedy ? `Try: ${step.remedy}\n` : ''));
    resolve(code === 0);
  });
  return promise;
}
