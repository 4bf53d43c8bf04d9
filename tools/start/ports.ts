import { createServer } from 'node:net';
import { StartRefused } from './start-refused.ts';

/** Says early and plainly that a port is taken; 0 asks for any free one. */
export async function choosePort(flag: string, port: number): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const server = createServer();
  server.once('error', (error: NodeJS.ErrnoException) => {
    const reason = error.code === 'EADDRINUSE' ? 'is in use by another program' : `cannot be used (${error.code})`;
    reject(new StartRefused(`Port ${port} ${reason}. Choose another with ${flag}, or stop that program.`));
  });
  server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
    const address = server.address();
    const chosen = typeof address === 'object' && address ? address.port : port;
    server.close(() => resolve(chosen));
  });
  return promise;
}
