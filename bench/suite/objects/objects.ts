// The front as it is deployed, and a side door to its objects: they are filled, forgotten and asked without a front in between.
// Only the benchmarks start it.
import { SkuStock as PlainStock } from '../../../durable-objects/sku-stock/sku-stock.ts';
import type { Asked, SkuStockStub } from '../../../durable-objects/sku-stock/protocol.ts';
import product from '../../../worker/index.ts';
import { NETWORK, opening, pagesOf, reserving, type Kind } from './filling.ts';

export * from '../../../worker/index.ts';

export class SkuStock extends PlainStock {
  /** So much of that kind, in calls as large as the front's largest. */
  async fill(kind: Kind, from: number, count: number): Promise<void> {
    for (const page of pagesOf(kind, from, count)) await this.#run(page);
  }

  /** The next call finds an object that has just been started. */
  forget(): void {
    this.ctx.abort('forgotten by the benchmarks');
  }

  async #run(asked: readonly Asked[]): Promise<void> {
    const result = await this.execute({ networkVersion: null, network: null, asked });
    const refused = result.outcome === 'done' ? result.replies.find((reply) => !isYes(reply)) : result;
    if (refused !== undefined) throw new Error(JSON.stringify(refused).slice(0, 500));
  }
}

interface Stub extends SkuStockStub {
  fill(kind: Kind, from: number, count: number): Promise<void>;
  forget(): Promise<void>;
}

interface ObjectsEnv {
  readonly SKU_STOCK: { getByName(name: string): unknown };
}

export default {
  ...product,
  async fetch(request: Request, env: Env, context: ExecutionContext): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    if (!pathname.startsWith('/bench/')) return product.fetch(request, env, context);
    return answered(pathname, searchParams, (name) => (env as unknown as ObjectsEnv).SKU_STOCK.getByName(name) as Stub);
  },
};

async function answered(path: string, query: URLSearchParams, stubOf: (name: string) => Stub): Promise<Response> {
  const sku = query.get('sku') ?? '';
  const [from, count] = [Number(query.get('from')), Number(query.get('count'))];
  switch (path) {
    // Items that no catalogue knows, straight in their objects.
    case '/bench/open':
      for (let n = from; n < from + count; n += 1) await opened(stubOf(sku + String(n)));
      return new Response(null, { status: 204 });
    case '/bench/fill':
      await stubOf(sku).fill(query.get('kind') as Kind, from, count);
      return new Response(null, { status: 204 });
    case '/bench/forget':
      // It cannot answer, for it is no more.
      await stubOf(sku)
        .forget()
        .catch(() => undefined);
      return new Response(null, { status: 204 });
    case '/bench/reserve': {
      const result = await stubOf(sku).execute({
        networkVersion: null,
        network: null,
        asked: [reserving(query.get('id') ?? '')],
      });
      return Response.json(result, { status: result.outcome === 'done' && result.replies.every(isYes) ? 201 : 500 });
    }
    default:
      return new Response(null, { status: 404 });
  }
}

async function opened(stub: Stub): Promise<void> {
  const result = await stub.execute({ networkVersion: NETWORK.version, network: NETWORK, asked: opening() });
  if (result.outcome !== 'done') throw new Error(result.outcome);
}

function isYes(reply: { readonly outcome: string; readonly answer?: { readonly accepted: boolean } }): boolean {
  return reply.outcome === 'answered' && reply.answer?.accepted === true;
}
