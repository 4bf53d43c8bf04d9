import { setTimeout as sleep } from 'node:timers/promises';
import { explanation } from '../../contracts/availability.ts';
import { ERP_PATHS, erpBalancesReply } from '../../contracts/generic-erp.ts';
import { yes } from '../replay/ask.ts';
import { PATIENCE } from '../replay/patience.ts';
import { sum } from '../replay/sum.ts';
import { availableNow, type SaleItem } from './item.ts';
import type { SalesFront } from './sales-front.ts';

const explained = explanation.pick({ available_to_sell: true, locations: true });

/** The item in everybody's books once the sale is over. */
export interface Books {
  readonly available: number;
  readonly explained: {
    readonly available: number;
    readonly sellable: number;
    readonly reserved: number;
    readonly committed: number;
  };
  /** Units on hand in the ERP; null: nobody looked. */
  readonly erpOnHand: number | null;
}

/** The ERP is asked again until it says what it should, or for as long as it may take to hear of it. */
export async function readBooks(
  front: SalesFront,
  item: SaleItem,
  erpShould: number,
  waiting: (erpOnHand: number) => void,
): Promise<Books> {
  const erpOnHand = front.erp === null ? null : await erpUntil(front.erp, item, erpShould, waiting);
  const path = `/v1/availability/${item.sku}/explain?limit=1`;
  const call = { kind: 'look', method: 'GET', path, token: front.keys.sales } as const;
  const { available_to_sell: available, locations } = yes(`GET ${path}`, await front.ask(call), explained);
  return {
    available: await availableNow(front, item),
    explained: {
      available,
      sellable: sum(locations.map(({ on_hand }) => on_hand.sellable ?? 0)),
      reserved: sum(locations.map(({ reserved }) => reserved)),
      committed: sum(locations.map(({ committed }) => committed)),
    },
    erpOnHand,
  };
}

async function erpUntil(
  { ask, token }: NonNullable<SalesFront['erp']>,
  { sku }: SaleItem,
  should: number,
  waiting: (erpOnHand: number) => void,
): Promise<number> {
  const path = `${ERP_PATHS.balances}?sku=${sku}`;
  const endMs = performance.now() + PATIENCE.drainingMsMax;
  for (;;) {
    const { items } = yes(`GET ${path}`, await ask({ kind: 'erp', method: 'GET', path, token }), erpBalancesReply);
    const onHand = sum(items.map(({ on_hand }) => on_hand));
    if (onHand === should || performance.now() > endMs) return onHand;
    waiting(onHand);
    await sleep(PATIENCE.pollMs);
  }
}
