import type { Shop } from './shop.ts';

const LOOK_EVERY_MS = 50;
const DRAIN_MS_MAX = 300_000;

export interface Drained {
  readonly healedMs: number;
  /** How many movements were new in the ERP's feed, each time it was looked at. */
  readonly arrivals: readonly { readonly atMs: number; readonly count: number }[];
  /** Of the oldest movement that the ERP did not have yet, in seconds, once a second. */
  readonly ages: readonly number[];
}

/**
 * Looks at the ERP's feed behind that place until all these movements are there; a SKU's arrive in their order. Our own
 * `/metrics` says the same some seconds later.
 */
export async function watchDrain(shop: Shop, from: string, bookedAtMs: ReadonlyMap<string, number[]>): Promise<Drained> {
  const healedMs = Date.now();
  const arrivals: { readonly atMs: number; readonly count: number }[] = [];
  const ages: number[] = [];
  for (let cursor = from; Date.now() - healedMs < DRAIN_MS_MAX;) {
    const page = await shop.bookedAfter(cursor);
    cursor = page.cursor;
    for (const sku of page.skus) bookedAtMs.get(sku)?.shift();
    if (page.skus.length > 0) arrivals.push({ atMs: Date.now(), count: page.skus.length });

    const oldestMs = Math.min(...[...bookedAtMs.values()].map(([first = Infinity]) => first));
    if (Date.now() - healedMs >= ages.length * 1_000) ages.push(Math.max(0, (Date.now() - oldestMs) / 1_000));
    if (oldestMs === Infinity) return { healedMs, arrivals, ages };
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  throw new Error(`It did not drain within ${DRAIN_MS_MAX} ms.`);
}

/** The end of the ERP's feed. */
export async function endOfFeed(shop: Shop): Promise<string> {
  for (let cursor = '0'; ;) {
    const page = await shop.bookedAfter(cursor);
    if (page.skus.length === 0) return cursor;
    cursor = page.cursor;
  }
}
