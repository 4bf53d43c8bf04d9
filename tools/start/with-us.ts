import { spawn, spawnSync } from 'node:child_process';
import { Socket } from 'node:net';

/** Such a command ends when we do, however we end: whoever is killed would leave behind what nobody knows of. `setpriv` is on every Debian. */
export function dyingWithUs(command: readonly string[], signal = 'INT'): readonly string[] {
  const offered = spawnSync('setpriv', ['--help'], { encoding: 'utf8' }).stdout ?? '';
  return offered.includes('--pdeathsig') ? ['setpriv', '--pdeathsig', signal, ...command] : command;
}

/** Takes a folder away once we have ended, also where we were killed and could not. Databases that die with us need a moment before. */
export function forgetWithUs(folder: string): void {
  const waits = spawn('sh', ['-c', 'cat; sleep 1; rm -rf "$1"; sleep 2; rm -rf "$1"', 'sh', folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  // Its input ends when we do; until then neither of them keeps us from ending.
  waits.unref();
  if (waits.stdin instanceof Socket) waits.stdin.unref();
}
