import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { choosePort } from './ports.ts';

test('a port that somebody else uses is named together with the flag that helps', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const address = other.address();
  const taken = typeof address === 'object' && address ? address.port : 0;

  await expect(choosePort('--erp-port', taken)).rejects.toThrow(
    `Port ${taken} is in use by another program. Choose another with --erp-port`,
  );
  other.close();
});

test('zero asks for any free port below those that connections are given', async () => {
  const chosen = await choosePort('--port', 0);
  expect(chosen).toBeGreaterThanOrEqual(20_000);
  expect(chosen).toBeLessThan(32_768);
  const program = createServer();
  await new Promise<void>((resolve) => program.listen(chosen, '127.0.0.1', resolve));
  program.close();
});
