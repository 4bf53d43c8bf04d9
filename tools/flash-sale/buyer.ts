import { reservation } from '../../contracts/reservations.ts';
import { problemOf, yes, type Ask } from '../replay/ask.ts';
import { isRefusal } from '../replay/checkout.ts';
import type { SaleItem } from './item.ts';
import type { SaleOptions } from './options.ts';

/** A prime near 100, so that who abandons is spread evenly over who comes when. */
const SPREAD = 37;
/** Who will let a unit lapse asks for it no longer than this, so that the sale need not wait a quarter of an hour. */
const LAPSING_TTL_SECONDS = 1;
const TRIES_AGAIN_EVERY = 10;

/** How one buyer's visit ended. */
export type Visit =
  | { readonly end: 'bought'; readonly reservedMs: number; readonly tookMs: number; readonly secondCode: string | null }
  | { readonly end: 'refused'; readonly at: Step; readonly code: string; readonly tookMs: number }
  | { readonly end: 'abandoned'; readonly by: 'release' | 'lapse'; readonly reservedMs: number };

export type Step = 'reserve' | 'pin' | 'commit';

export interface Shop {
  readonly ask: Ask;
  readonly salesKey: string;
  readonly item: SaleItem;
  readonly options: Pick<SaleOptions, 'abandonPercent' | 'caps' | 'pin'>;
  readonly nowMs: () => number;
}

/** Reserve, pin, pay, commit, each call under a key of its own. `visit` counts how often this buyer has come. */
export async function visitShop(shop: Shop, buyer: number, visit: number): Promise<Visit> {
  const startedMs = shop.nowMs();
  const sinceStart = (): number => shop.nowMs() - startedMs;
  const abandons = willAbandon(buyer, shop.options.abandonPercent);
  const lapses = abandons === 'lapse';

  const reserved = await reserve(shop, buyer, `${visit}`, { insists: visit > 1, lapses });
  if (isRefusal(reserved)) return { end: 'refused', at: 'reserve', code: problemOf(reserved).code, tookMs: sinceStart() };
  const reservedMs = sinceStart();
  const path = `/v1/reservations/${encodeURIComponent(yes('reserve', reserved, reservation).id)}`;
  const call = (step: 'pin' | 'commit' | 'release', body: unknown) =>
    shop.ask({
      kind: step,
      method: 'POST',
      path: `${path}/${step}`,
      token: shop.salesKey,
      body,
      idempotencyKey: `${shop.item.run}:${buyer}:${visit}:${step}`,
    });

  if (lapses) return { end: 'abandoned', by: 'lapse', reservedMs };
  if (abandons === 'release') {
    yes('release', await call('release', {}), reservation);
    return { end: 'abandoned', by: 'release', reservedMs };
  }
  for (const step of shop.options.pin ? (['pin', 'commit'] as const) : (['commit'] as const)) {
    const answer = await call(step, step === 'pin' ? {} : { order_ref: `${shop.item.sku}-${buyer}` });
    if (isRefusal(answer)) return { end: 'refused', at: step, code: problemOf(answer).code, tookMs: sinceStart() };
  }
  const tookMs = sinceStart();
  const greedy = shop.options.caps && buyer % TRIES_AGAIN_EVERY === 0;
  return { end: 'bought', reservedMs, tookMs, secondCode: greedy ? await another(shop, buyer) : null };
}

/** Whether this buyer walks away with the unit reserved, and how the shop gets it back. */
export function willAbandon(buyer: number, percent: number): 'release' | 'lapse' | null {
  if ((buyer * SPREAD) % 100 >= percent) return null;
  return buyer % 2 === 0 ? 'release' : 'lapse';
}

/** One unit more than each may have, which must be refused; that it is granted is the code `granted`. */
async function another(shop: Shop, buyer: number): Promise<string> {
  const answer = await reserve(shop, buyer, 'another', { insists: true, lapses: false });
  return isRefusal(answer) ? problemOf(answer).code : 'granted';
}

function reserve(
  { ask, salesKey, item }: Shop,
  buyer: number,
  name: string,
  { insists, lapses }: { readonly insists: boolean; readonly lapses: boolean },
) {
  return ask({
    kind: 'reserve',
    method: 'POST',
    path: `/v1/reservations${insists ? '?consistency=strong' : ''}`,
    token: salesKey,
    body: {
      lines: [{ sku: item.sku, quantity: 1 }],
      buyer: `buyer-${buyer}`,
      ...(lapses ? { ttl_seconds: LAPSING_TTL_SECONDS } : {}),
    },
    idempotencyKey: `${item.run}:${buyer}:${name}`,
  });
}
