import type { ChannelId, LocationId } from './ids.ts';
import { offeredWhole, type Kit, type OfferedWhole } from './kit.ts';
import { availabilityStatus, type AvailabilityStatus } from './label.ts';
import { channelOf, type Network } from './network.ts';
import { offer } from './offer.ts';
import type { Snapshot } from './snapshot.ts';

/** What is sold, and what is known of all that it is made of: of itself, or of the parts of a kit. */
export interface Leveled {
  /** null: an item with stock of its own, its only part. */
  readonly kit: Kit | null;
  readonly parts: readonly { readonly units: number; readonly snapshot: Pick<Snapshot, 'status' | 'terms'> }[];
}

/** What a channel is to show of an item: one number, and its part at each place. */
export interface ItemLevel {
  readonly quantity: number;
  /** In the order in which places are asked; together never more than `quantity`. */
  readonly places: readonly { readonly location: LocationId; readonly quantity: number }[];
  /** The word beside the number; it speaks of what may be sold, however much of it is shown. */
  readonly status: AvailabilityStatus;
}

/** The one place where the number of a channel is worked out that feeds and pushes tell it (R85). */
export function levelOf({ kit, parts }: Leveled, network: Network, channelId: ChannelId): ItemLevel {
  const offered = offeredWhole(
    parts.map(({ units, snapshot }) => ({ units, offered: offer(snapshot.terms, network, channelId) })),
    null,
    kit,
  );
  const atMost = channelOf(network, channelId)?.shows?.atMost ?? Infinity;
  const quantity = Math.min(offered.availableToSell, atMost);
  return { quantity, places: spread(offered, quantity), status: availabilityStatus(kit ?? itselfOf(parts), offered) };
}

/** Places may each offer more than all of them may promise together, so the first are served first. */
function spread({ places }: OfferedWhole, quantity: number): ItemLevel['places'] {
  let left = quantity;
  return places.map(({ location, availableToSell }) => {
    const here = Math.min(availableToSell, left);
    left -= here;
    return { location, quantity: here };
  });
}

/** What is no kit has one part, itself. */
function itselfOf([itself]: Leveled['parts']): Pick<Kit, 'status' | 'lowStockAt'> {
  if (itself === undefined) throw new Error('whatever is sold has a part');
  const { status, terms } = itself.snapshot;
  return { status, lowStockAt: terms.lowStockAt };
}
