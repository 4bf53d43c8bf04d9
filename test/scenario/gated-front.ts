// The front as it is deployed, with a gate before the object of an item: calls arrive there and wait until it is opened.
import type { Call, CallResult } from '../../durable-objects/sku-stock/protocol.ts';
import front, { SkuStock as PlainStock } from '../../worker/index.ts';

export * from '../../worker/index.ts';

// Requests share data and nothing else, so each that waits looks by itself.
const gate = { shut: null as string | null, sizes: [] as number[], underWay: 0, waiting: 0, loses: false };

export class SkuStock extends PlainStock {
  override async execute(call: Call): Promise<CallResult> {
    const sku = this.ctx.id.name;
    gate.sizes.push(call.asked.length);
    if (gate.shut === sku) {
      gate.waiting += 1;
      while (gate.shut === sku) await scheduler.wait(1);
      gate.waiting -= 1;
    }
    const result = await super.execute(call);
    if (gate.loses && call.asked.length > 1) {
      gate.loses = false;
      this.ctx.abort('lost with all that it was about to answer');
    }
    return result;
  }
}

export default {
  ...front,
  async fetch(request: Request, env: Env, context: ExecutionContext): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === '/gate/close') Object.assign(gate, { shut: searchParams.get('sku'), sizes: [] });
    if (pathname === '/gate/open') Object.assign(gate, { shut: null, loses: searchParams.has('loses') });
    if (pathname.startsWith('/gate')) return Response.json(gate);
    gate.underWay += 1;
    try {
      return await front.fetch(request, env, context);
    } finally {
      gate.underWay -= 1;
    }
  },
} satisfies ExportedHandler<Env>;
