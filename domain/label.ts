import { offers } from './offer.ts';
import type { ChannelId } from './ids.ts';
import type { Network } from './network.ts';
import type { Snapshot } from './snapshot.ts';
import type { Item } from './stock.ts';

export type AvailabilityStatus = 'in_stock' | 'low_stock' | 'out_of_stock' | 'backorder' | 'preorder' | 'discontinued';

/** The word that a channel shows beside its number. */
export function availabilityStatus(
  { status, lowStockAt }: { readonly status: Item['status']; readonly lowStockAt: number },
  { availableToSell, firm }: { readonly availableToSell: number; readonly firm: number },
): AvailabilityStatus {
  if (status !== 'active') return status;
  if (availableToSell === 0) return 'out_of_stock';
  if (firm === 0) return 'backorder';
  return availableToSell <= lowStockAt ? 'low_stock' : 'in_stock';
}

export interface Shown {
  readonly status: AvailabilityStatus;
  readonly availableToSell: number;
}

/** Every channel's word and number; when a word changes, the change goes out at once. */
export function shownByChannel(
  { status, terms }: Pick<Snapshot, 'status' | 'terms'>,
  network: Network,
): ReadonlyMap<ChannelId, Shown> {
  const { lowStockAt } = terms;
  const offerTo = offers(terms, network);
  return new Map(
    network.channels.map(({ id }) => {
      const offered = offerTo(id);
      return [id, { status: availabilityStatus({ status, lowStockAt }, offered), availableToSell: offered.availableToSell }];
    }),
  );
}
