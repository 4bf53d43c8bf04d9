// The least that the runtime can do: a Worker that returns a constant, with the headers of ours or as long as a page of items, one that asks D1 for as many
// rows, and one that parses a reserve and asks an object that does nothing. It stands in the front's place, with its settings and its bindings.
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
  readonly DB: D1Database;
}

const CONSTANT =
  '{"sku":"HOT","channel":"web","available_to_sell":1000,"status":"in_stock","locations":[{"location":"dc","available_to_sell":1000}],"sequence":1}';
// As long as what a page says of an item.
const ITEM = `${CONSTANT.slice(0, -1)},"as_of":"2026-01-01T00:00:00.000Z","age_ms":100,"fresh_for_ms":1000,"source":"isolate","more":"0123"}`;
const PAGE = `{"items":[${Array.from({ length: 50 }, () => ITEM).join(',')}],"missing":[]}`;
const JSON_HEADERS = { 'content-type': 'application/json' };
// What our answers say beside their numbers: the same names, and values of the same length.
const PAGE_HEADERS = {
  ...JSON_HEADERS,
  'cache-control': 'no-store',
  'access-control-allow-origin': '*',
  'access-control-expose-headers':
    'ETag, Holdfast-Feed, Holdfast-Next-Since, Idempotent-Replayed, Link, RateLimit, RateLimit-Policy, Retry-After, traceparent',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  'ratelimit-policy': '"key";q=1000000;w=60',
  ratelimit: '"key";r=999999;t=60',
};
const OF_A_PAGE = new Headers(PAGE_HEADERS);
const OF_ONE_ITEM = new Headers({
  ...PAGE_HEADERS,
  'cache-control': 'private, max-age=0',
  etag: 'W/"1.1.k3v9q2a"',
  vary: 'Authorization',
});

export default {
  async fetch(request, env): Promise<Response> {
    if (request.url.includes('/bench/open?')) return opened(new URL(request.url).searchParams, env);
    if (request.url.endsWith('/headers')) return new Response(CONSTANT, { headers: OF_ONE_ITEM });
    if (request.method === 'GET') return new Response(CONSTANT, { headers: JSON_HEADERS });
    const sent: unknown = JSON.parse(await request.text());
    if (request.url.endsWith('/page')) return new Response(PAGE, { headers: OF_A_PAGE });
    if (request.url.endsWith('/rows')) return Response.json(await rowsOf(sent, env));
    const line = lineOf(sent);
    if (line === null) return new Response(null, { status: 400 });
    return Response.json(await env.SKU_STOCK.getByName(line.sku).empty(line.sku, line.quantity), { status: 201 });
  },
} satisfies ExportedHandler<EmptyEnv>;

async function opened(query: URLSearchParams, env: EmptyEnv): Promise<Response> {
  const [from, count] = [Number(query.get('from')), Number(query.get('count'))];
  for (let n = from; n < from + count; n += 1) await env.SKU_STOCK.getByName(`${query.get('sku')}${n}`).keep();
  return new Response(null, { status: 204 });
}

/** As many rows as names were sent, each of the length of an item's answer; no table is read for them. */
async function rowsOf(sent: unknown, { DB }: EmptyEnv): Promise<unknown> {
  const names = JSON.stringify(typeof sent === 'object' && sent !== null && 'skus' in sent ? sent.skus : []);
  const rows = DB.prepare('SELECT value AS sku, ?2 AS snapshot FROM json_each(?1)').bind(names, CONSTANT);
  return (await rows.all()).results;
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
