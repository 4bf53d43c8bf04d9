import { offer, type Offer } from './offer.ts';
import type { ChannelId } from './ids.ts';
import type { Network } from './network.ts';
import type { Snapshot } from './snapshot.ts';

export type AvailabilityStatus = 'in_stock' | 'low_stock' | 'out_of_stock' | 'backorder' | 'preorder' | 'discontinued';

/** The word that a channel shows beside its number. */
export function availabilityStatus({ status, terms }: Pick<Snapshot, 'status' | 'terms'>, offered: Offer): AvailabilityStatus {
  if (status !== 'active') return status;
  if (offered.availableToSell === 0) return 'out_of_stock';
  if (offered.firm === 0) return 'backorder';
  return offered.availableToSell <= terms.lowStockAt ? 'low_stock' : 'in_stock';
}

/** Every channel's word; when one changes, the change goes out at once. */
export function statusByChannel(
  snapshot: Pick<Snapshot, 'status' | 'terms'>,
  network: Network,
): ReadonlyMap<ChannelId, AvailabilityStatus> {
  return new Map(network.channels.map(({ id }) => [id, availabilityStatus(snapshot, offer(snapshot.terms, network, id))]));
}
