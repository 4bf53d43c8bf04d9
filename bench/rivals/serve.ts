import { fastifyServer } from './fastify-server.ts';
import type { Shelf } from './shelf.ts';

/** Listens on a free port, tells it to the process that forked this one, and ends with that process. */
export async function serve(shelf: Shelf): Promise<void> {
  process.on('disconnect', () => process.exit());
  const url = await fastifyServer(shelf).listen({ host: '127.0.0.1', port: 0 });
  process.send?.({ url });
}
