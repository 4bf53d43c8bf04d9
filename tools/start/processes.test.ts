import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { endProcess, isRunning } from './processes.ts';

const IDLE = 'setInterval(() => undefined, 1000) // idle-of-ours';

test('a process is ended only if its command line is the one we remember', async () => {
  const child = spawn(process.execPath, ['-e', IDLE], { stdio: 'ignore' });
  await once(child, 'spawn');
  const pid = child.pid ?? 0;

  expect(await endProcess(pid, 'workerd')).toBe(false);
  expect(await isRunning(pid, 'idle-of-ours')).toBe(true);
  expect(await endProcess(pid, 'idle-of-ours')).toBe(true);
  expect(await isRunning(pid, 'idle-of-ours')).toBe(false);
});
