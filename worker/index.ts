export { SkuStock } from '../durable-objects/sku-stock/sku-stock.ts';

export default {
  fetch(request) {
    const healthy = new URL(request.url).pathname === '/healthz';
    return healthy ? Response.json({ status: 'ok' }) : new Response('Not found', { status: 404 });
  },
} satisfies ExportedHandler<Env>;
