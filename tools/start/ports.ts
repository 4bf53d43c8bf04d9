import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { StartRefused } from './start-refused.ts';

// Below those that systems give to connections by themselves (from 32,768 on Linux, from 49,152 elsewhere): such a port would often be
// taken again before our program listens on it, or while it starts anew.
const FIRST = 20_000;
const LAST = 32_767;
const TRIES_MAX = 100;

/** Says early and plainly that a port is taken; 0 asks for any free one. */
export async function choosePort(flag: string, port: number): Promise<number> {
  if (port === 0) return freePort(flag);
  const refused = await whyNot(port);
  if (refused === null) return port;
  const reason = refused === 'EADDRINUSE' ? 'is in use by another program' : `cannot be used (${refused})`;
  throw new StartRefused(`Port ${port} ${reason}. Choose another with ${flag}, or stop that program.`);
}

async function freePort(flag: string): Promise<number> {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const port = randomInt(FIRST, LAST + 1);
    if ((await whyNot(port)) === null) return port;
  }
  throw new StartRefused(`None of ${TRIES_MAX} ports from ${FIRST} to ${LAST} is free. Name one with ${flag}.`);
}

/** null: a program may listen there. */
function whyNot(port: number): Promise<string | null> {
  const { promise, resolve } = Promise.withResolvers<string | null>();
  const server = createServer();
  server.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code ?? 'unknown'));
  server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(null)));
  return promise;
}
