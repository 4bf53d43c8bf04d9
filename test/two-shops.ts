import { expect } from 'vitest';
import type { RateLimitSettings } from '../worker/rate-limit/limit-requests.ts';
import { keyOf, Shop, TEA } from './shop.ts';

export interface Asked {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
}

const PARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

/** The same shop twice, told the same at the same times: one answers at once where it can, the other by its routes alone. */
export class TwoShops {
  readonly shops: readonly [quick: Shop, routed: Shop];

  private constructor(shops: readonly [quick: Shop, routed: Shop]) {
    this.shops = shops;
  }

  /** Ten of the tea in one place, and four in another. */
  static async open(limits?: RateLimitSettings): Promise<TwoShops> {
    const two = new TwoShops([await Shop.open('commit', limits, true), await Shop.open('commit', limits, false)]);
    await two.inBoth(async (shop) => {
      await shop.receive(TEA, 10);
      await shop.receive(TEA, 4, 'store');
    });
    return two;
  }

  async inBoth(work: (shop: Shop) => Promise<unknown>): Promise<void> {
    for (const shop of this.shops) await work(shop);
  }

  /** What both say, and whether the first said it at once; they must not differ in a word, nor in what they log. */
  async ask({ path = `/v1/availability/${TEA}`, method = 'GET', headers = {}, body: sent }: Asked = {}) {
    const told = [];
    let atOnce = false;
    for (const shop of this.shops) {
      const length = sent === undefined ? {} : { 'content-length': String(new TextEncoder().encode(String(sent)).length) };
      const all = { authorization: `Bearer ${keyOf('web')}`, traceparent: PARENT, ...length, ...headers };
      const lines = shop.log.length;
      const init = { method, headers: all, ...(sent === undefined ? {} : { body: sent }) };
      const reply = shop.app.fetch(new Request(`http://shop.example${path}`, init));
      atOnce ||= !(reply instanceof Promise);
      const said = await wordsOf(await reply);
      told.push({ ...said, log: shop.log.slice(lines).map((line) => plain(JSON.stringify(line))) });
    }
    const [quick, routed] = told;
    expect(quick).toEqual(routed);
    if (quick === undefined) throw new Error('nobody answered');
    return { ...quick, atOnce };
  }
}

async function wordsOf(reply: Response) {
  const headers = Object.fromEntries([...reply.headers].map(([name, value]) => [name, plain(value)]));
  return { status: reply.status, headers, body: plain(await reply.text()) };
}

/** What is drawn for each request is left out: the span, and the trace where none came along. */
function plain(text: string): string {
  return text
    .replaceAll(/\b00-([0-9a-f]{32})-[0-9a-f]{16}-/g, '00-$1-span-')
    .replaceAll(/\b(?!0af7651916cd43dd8448eb211c80319c)[0-9a-f]{32}\b/g, 'trace')
    .replaceAll(/("durationMs":)\d+/g, '$10');
}
