import { setTimeout as sleep } from 'node:timers/promises';
import { inFlight } from '../replay/in-flight.ts';
import { PATIENCE } from '../replay/patience.ts';
import type { Screen } from '../replay/progress.ts';
import { visitShop, type Shop } from './buyer.ts';
import { availableNow, type SaleItem } from './item.ts';
import type { SaleOptions } from './options.ts';
import type { SalesFront } from './sales-front.ts';
import { Tally } from './tally.ts';

/** Each round sells most of what the one before left; so many come only where nothing moves any more. */
const ROUNDS_MAX = 30;
/** Longer than the shortest deadline, on a machine that is busy. */
const GIVEN_BACK_MS_MAX = 30_000;
const SHOWN_EVERY_MS = 200;

export interface Sold {
  readonly tally: Tally;
  readonly rounds: number;
  /** From the first call to the last answer of the first round, when everybody had come once. */
  readonly rushMs: number;
  /** How many visits ended in that time. */
  readonly rushVisits: number;
}

/** Everybody comes at once; then who was refused comes again for what others gave back, until all is sold or nobody waits. */
export async function sell(front: SalesFront, item: SaleItem, options: SaleOptions, screen: Screen): Promise<Sold> {
  const startedMs = performance.now();
  const nowMs = (): number => performance.now() - startedMs;
  const tally = new Tally();
  const shop: Shop = { ask: front.ask, salesKey: front.keys.sales, item, options, nowMs };

  let refused = await round(shop, tally, numbersTo(options.buyers), 1, options, screen);
  const [rushMs, rushVisits] = [nowMs(), tally.visits];
  let rounds = 1;
  for (; rounds < ROUNDS_MAX; rounds += 1) {
    const left = await givenBack(front, item, options.units - tally.sold);
    if (left === 0 || refused.length === 0) break;
    const next = await round(shop, tally, refused.slice(0, left), rounds + 1, options, screen);
    refused = [...refused.slice(left), ...next];
  }
  return { tally, rounds, rushMs, rushVisits };
}

/** Says who was refused, in the order in which they were. */
async function round(
  shop: Shop,
  tally: Tally,
  buyers: Iterable<number> & { readonly length: number },
  visit: number,
  { connections }: SaleOptions,
  screen: Screen,
): Promise<number[]> {
  const refused: number[] = [];
  const shown = screen.progress(visit === 1 ? 'buyers' : 'again', buyers.length);
  const before = tally.visits;
  const beganMs = shop.nowMs();
  let shownMs = 0;
  try {
    await inFlight(buyers, Math.min(connections, buyers.length), async (buyer) => {
      const ended = await visitShop(shop, buyer, visit);
      const atMs = shop.nowMs();
      tally.add(ended, atMs);
      if (ended.end === 'refused') refused.push(buyer);
      if (atMs - shownMs < SHOWN_EVERY_MS) return;
      shownMs = atMs;
      const done = tally.visits - before;
      const perSecond = Math.round((done * 1_000) / (atMs - beganMs));
      shown.at(done, `${tally.sold} sold, ${refused.length} refused, ${perSecond} buyers/s`);
    });
    shown.at(buyers.length, `${tally.sold} sold, ${refused.length} refused`);
  } finally {
    shown.end();
  }
  return refused;
}

/** Waits until everything that was given up is for sale again, and says how much that is. */
async function givenBack(front: SalesFront, item: SaleItem, expected: number): Promise<number> {
  const endMs = performance.now() + GIVEN_BACK_MS_MAX;
  for (;;) {
    const available = await availableNow(front, item);
    if (available === expected || performance.now() > endMs) return available;
    await sleep(PATIENCE.pauseMsMin);
  }
}

/** 1 … n, one after the other: a list of all would be the largest thing in memory. */
function numbersTo(n: number): Iterable<number> & { readonly length: number } {
  return {
    length: n,
    *[Symbol.iterator]() {
      for (let number = 1; number <= n; number += 1) yield number;
    },
  };
}
