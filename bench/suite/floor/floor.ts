// The least that the runtime can do: a Worker that returns a constant, and one that parses a reserve and asks an object that does
// nothing. It stands in the front's place, with its settings and its bindings.
import { DurableObject, WorkerEntrypoint } from 'cloudflare:workers';

export class SkuStock extends DurableObject {
  empty(sku: string, quantity: number): { readonly sku: string; readonly quantity: number } {
    return { sku, quantity };
  }

  /** The least that an object which keeps anything has: one table with one row. */
  keep(): void {
    this.ctx.storage.sql.exec('CREATE TABLE IF NOT EXISTS kept (id INTEGER PRIMARY KEY) STRICT');
    this.ctx.storage.sql.exec('INSERT OR REPLACE INTO kept (id) VALUES (1)');
  }
}
export class CartReservation extends DurableObject {}
export class ErpLane extends DurableObject {}
export class WebhookLane extends DurableObject {}
export class ChannelLane extends DurableObject {}
export class WebhookDelivery extends WorkerEntrypoint {}
export class ChannelTelling extends WorkerEntrypoint {}

interface EmptyEnv {
  readonly SKU_STOCK: DurableObjectNamespace<SkuStock>;
}

const CONSTANT =
  '{"sku":"HOT","channel":"web","available_to_sell":1000,"status":"in_stock","locations":[{"location":"dc","available_to_sell":1000}],"sequence":1}';
const JSON_HEADERS = { 'content-type': 'application/json' };

export default {
  async fetch(request, env): Promise<Response> {
    if (request.url.includes('/bench/open?')) return opened(new URL(request.url).searchParams, env);
    if (request.method === 'GET') return new Response(CONSTANT, { headers: JSON_HEADERS });
    const line = lineOf(JSON.parse(await request.text()));
    if (line === null) return new Response(null, { status: 400 });
    return Response.json(await env.SKU_STOCK.getByName(line.sku).empty(line.sku, line.quantity), { status: 201 });
  },
} satisfies ExportedHandler<EmptyEnv>;

async function opened(query: URLSearchParams, env: EmptyEnv): Promise<Response> {
  const [from, count] = [Number(query.get('from')), Number(query.get('count'))];
  for (let n = from; n < from + count; n += 1) await env.SKU_STOCK.getByName(`${query.get('sku')}${n}`).keep();
  return new Response(null, { status: 204 });
}

interface Line {
  readonly sku: string;
  readonly quantity: number;
}

/** Checked by hand, as a hot path would. */
function lineOf(body: unknown): Line | null {
  if (typeof body !== 'object' || body === null || !('lines' in body) || !Array.isArray(body.lines)) return null;
  const line: unknown = body.lines[0];
  if (typeof line !== 'object' || line === null || !('sku' in line) || !('quantity' in line)) return null;
  const { sku, quantity } = line;
  if (typeof sku !== 'string' || sku.length > 64 || typeof quantity !== 'number' || !Number.isSafeInteger(quantity)) return null;
  return { sku, quantity };
}
