import { spawn } from 'node:child_process';

/**
 * Ends the runtime when we are killed without a chance to do it ourselves: alone it would go on taking orders while its
 * queues stand still, since the local queues report every batch to us. The guard notices because nobody holds the other
 * end of its input any more. Says how to dismiss it.
 */
export function guardRuntime(runtimePid: number): () => void {
  const guard = spawn('/bin/sh', ['-c', 'read -r _; kill -9 "$1"', 'holdfast-guard', String(runtimePid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // Without a shell there is no guard; the next start ends what was left behind.
  guard.on('error', () => undefined);
  return () => guard.kill('SIGKILL');
}
