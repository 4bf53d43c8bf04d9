import type * as z from 'zod';
import { CART_PARTS_MAX } from '../../contracts/limits.ts';
import type { newReservation } from '../../contracts/reservations.ts';
import { isKit } from '../../domain/cart/units.ts';
import type { CartLine } from '../../domain/cart/cart.ts';
import type { ChannelId, LocationId, Sku } from '../../domain/ids.ts';
import { inBaseUnits, type Names } from '../catalogue/names.ts';
import { channelFor, type Principal } from '../middleware/principal.ts';
import { Refused } from '../refused.ts';

export interface WantedReservation {
  readonly channel: ChannelId;
  readonly lines: readonly CartLine[];
  /** The one SKU that all lines are of; null: a cart. */
  readonly sku: Sku | null;
}

/** What the names in a request stand for: lines in base units, at places that the channel sells from. */
export async function wantedBy(
  principal: Principal,
  request: z.output<typeof newReservation>,
  names: Names,
): Promise<WantedReservation | Refused> {
  const channelId = channelFor(principal, request.channel);
  if (channelId instanceof Refused) return channelId;
  const channel = await names.channel(channelId);
  if (channel instanceof Refused) return channel;
  const asked = request.lines.map(({ sku: name, unit }) => ({ name, unit }));
  const [itemOf, locationOf] = await Promise.all([
    names.items(asked),
    names.locations(request.lines.flatMap(({ location }) => location ?? [])),
  ]);

  const lines: CartLine[] = [];
  for (const [index, { sku: name, unit, quantity, location }] of request.lines.entries()) {
    const item = itemOf({ name, unit });
    if (item instanceof Refused) return item;
    const units = inBaseUnits(quantity, item.factor);
    if (units instanceof Refused) return units;
    const at = location === undefined ? null : locationOf(location);
    if (at instanceof Refused) return at;
    if (at !== null && !isServed(channel.locations, at)) {
      return new Refused('location_not_served', `${channel.id} does not sell from ${at}`);
    }
    const { sku, parts, kit } = item;
    for (const part of parts) {
      const ofPart = inBaseUnits(units, part.units);
      if (ofPart instanceof Refused) return ofPart;
    }
    lines.push({ line: index + 1, sku, quantity: units, at, parts, ...(kit?.stopSell === true ? { stopSell: true } : {}) });
  }
  const parts = lines.reduce((total, line) => total + line.parts.length, 0);
  if (parts > CART_PARTS_MAX) {
    return new Refused('invalid_request', `lines: the kits among them have ${parts} parts, and ${CART_PARTS_MAX} are the most`);
  }
  return { channel: channel.id, lines, sku: onlySkuOf(lines) };
}

function isServed(locations: readonly LocationId[] | null, location: LocationId): boolean {
  return locations === null || locations.includes(location);
}

/** A kit is a cart of its parts, even where it is the only line. */
function onlySkuOf(lines: readonly CartLine[]): Sku | null {
  const skus = new Set(lines.map(({ sku }) => sku));
  const [sku] = skus;
  return sku === undefined || skus.size > 1 || lines.some(isKit) ? null : sku;
}
