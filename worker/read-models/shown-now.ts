import type { EventData } from '../../contracts/events.ts';
import { offeredWhole } from '../../domain/kit.ts';
import { availabilityStatus } from '../../domain/label.ts';
import { levelOf } from '../../domain/level.ts';
import type { Network } from '../../domain/network.ts';
import { offers } from '../../domain/offer.ts';
import type { Snapshot } from '../../domain/snapshot.ts';
import type { ChangeMessage, ChannelOffer } from '../../durable-objects/sku-stock/protocol.ts';
import { digestOf } from '../request/digest.ts';

/** What channels are shown of an item under a network. */
export interface ShownNow {
  /** Their numbers; null: too many to list. */
  readonly channels: readonly ShownOffer[] | null;
  /** A word for all of it: while the word is the same, so is what is shown. */
  readonly shown: string;
  readonly networkVersion: number;
}

type Offer = NonNullable<EventData<'availability.changed'>['channels']>[number];

interface ShownOffer extends Offer {
  /** A word for all that this channel can be shown: units may move from place to place, or pass between parts of a kit. */
  readonly level?: string;
}

/** The object may have heard of another network than ours, so what its terms come to is worked out here. */
export function shownOf({ snapshot, offers: said }: Pick<ChangeMessage, 'snapshot' | 'offers'>, network: Network): ShownNow {
  const now = shownUnder(network, snapshot);
  const known = new Set(now.map(({ channel }) => channel));
  const others = said?.map(shownOffer).filter(({ channel }) => !known.has(channel)) ?? [];
  return {
    channels: said === null ? null : [...now, ...others],
    shown: digestOf(JSON.stringify(now)),
    networkVersion: network.version,
  };
}

export function shownOffer({ channel, availableToSell, status }: ChannelOffer): Offer {
  return { channel, available_to_sell: availableToSell, status };
}

function shownUnder(network: Network, snapshot: Snapshot): readonly ShownOffer[] {
  const { sku, status, terms } = snapshot;
  const offerTo = offers(terms, network);
  const item = { sku, kit: null, parts: [{ units: 1, snapshot }] };
  return network.channels.map(({ id }) => {
    const offered = offeredWhole([{ units: 1, offered: offerTo(id) }], null, null);
    const owed = terms.owed?.filter(({ channel }) => channel === id) ?? [];
    return {
      channel: id,
      available_to_sell: offered.availableToSell,
      status: availabilityStatus({ status, lowStockAt: terms.lowStockAt }, offered),
      level: digestOf(JSON.stringify([offered, levelOf(item, network, id), owed])),
    };
  });
}
