import { DurableObject } from 'cloudflare:workers';

/** Holds the place of the object until the real one is written. */
export class SkuStock extends DurableObject<Env> {}

export default {
  fetch(request) {
    const healthy = new URL(request.url).pathname === '/healthz';
    return healthy ? Response.json({ status: 'ok' }) : new Response('Not found', { status: 404 });
  },
} satisfies ExportedHandler<Env>;
