// The front as it is deployed, with a gate before the objects of items: calls arrive there and wait until it is opened.
import type { Call, CallResult } from '../../durable-objects/sku-stock/protocol.ts';
import front, { SkuStock as PlainStock } from '../../worker/index.ts';

export * from '../../worker/index.ts';

// Requests share data and nothing else, so each that waits looks by itself.
const gate = { open: true, sizes: [] as number[], underWay: 0, waiting: 0 };

export class SkuStock extends PlainStock {
  override async execute(call: Call): Promise<CallResult> {
    gate.sizes.push(call.asked.length);
    if (gate.open) return super.execute(call);
    gate.waiting += 1;
    while (!gate.open) await scheduler.wait(1);
    gate.waiting -= 1;
    return super.execute(call);
  }
}

export default {
  ...front,
  async fetch(request: Request, env: Env, context: ExecutionContext): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname === '/gate/close') Object.assign(gate, { open: false, sizes: [] });
    if (pathname === '/gate/open') gate.open = true;
    if (pathname.startsWith('/gate')) return Response.json(gate);
    gate.underWay += 1;
    try {
      return await front.fetch(request, env, context);
    } finally {
      gate.underWay -= 1;
    }
  },
} satisfies ExportedHandler<Env>;
