import { Hono } from 'hono';
import { availabilityQuery } from '../../contracts/selling.ts';
import type { LocationName } from '../../contracts/names.ts';
import type { LocationId, ReservationId } from '../../domain/ids.ts';
import type { Channel } from '../../domain/network.ts';
import { reservationUnknown } from '../replies/answer-plan.ts';
import type { AppEnv } from '../app-env.ts';
import { availabilityReply, etagOf, keptFor } from '../replies/availability-reply.ts';
import { queryOf } from '../request/body.ts';
import type { Snapshots } from '../cache/snapshots.ts';
import type { Directories } from '../catalogue/directory.ts';
import type { NamedItem, Names } from '../catalogue/names.ts';
import type { Allow } from '../middleware/authenticate.ts';
import { channelFor, callerOf, type Principal } from '../middleware/principal.ts';
import { skuInPath } from '../request/path-names.ts';
import { problem } from '../problem.ts';
import { Refused } from '../refused.ts';
import { isKnown } from '../request/preconditions.ts';
import type { CartGateway } from '../stock/cart-gateway.ts';
import { seeAsReservation } from '../stock/see-as-reservation.ts';
import { seeItem, type SeenItem } from '../stock/see-item.ts';
import type { StockGateway } from '../stock/stock-gateway.ts';
import { placesOf } from '../catalogue/places-of.ts';

export interface AvailabilityDeps {
  readonly allow: Allow;
  readonly names: Names;
  readonly directories: Directories;
  readonly snapshots: Snapshots;
  readonly stock: StockGateway;
  readonly carts: CartGateway;
  readonly now: () => number;
}

export function availabilityRoutes(deps: AvailabilityDeps): Hono<AppEnv> {
  const { allow, names, directories, snapshots, stock, carts, now } = deps;
  const seenByCaller = async (item: NamedItem, id: ReservationId, principal: Principal): Promise<SeenItem | Refused> => {
    const caller = callerOf(principal, false);
    return caller instanceof Refused
      ? reservationUnknown(id)
      : seeAsReservation(item, id, caller, { stock, carts, snapshots, now });
  };
  return new Hono<AppEnv>().get('/v1/availability/:sku', allow('availability:read'), async (c) => {
    const query = queryOf(c, availabilityQuery);
    if (query instanceof Refused) return problem(c, query);
    const channel = await sellingChannel(c.var.principal, query.channel, names);
    if (channel instanceof Refused) return problem(c, channel);
    const item = await itemInPath(c.req.param('sku'), names);
    if (item instanceof Refused) return problem(c, item);
    const { sku } = item;
    const locations = query.location === undefined ? null : await servedLocations([query.location], channel, names);
    if (locations instanceof Refused) return problem(c, locations);

    const seen = await (query.as_reservation === undefined
      ? seeItem(item, (part) => snapshots[query.consistency](part))
      : seenByCaller(item, query.as_reservation, c.var.principal));
    if (seen instanceof Refused) return problem(c, inPath(seen));

    const { network } = await directories.current();
    const reply = availabilityReply(seen, { network, channel: channel.id, locations, nowMs: now() });
    Object.assign(c.var.noted, { sku, channel: channel.id, sequence: reply.sequence, source: reply.source });
    const headers = { etag: etagOf(reply, network.version), ...keptFor(reply.fresh_for_ms) };
    return isKnown(c.req.header('if-none-match'), headers.etag) ? c.body(null, 304, headers) : c.json(reply, 200, headers);
  });
}

/** The channel that is meant, if there is such a one. */
export async function sellingChannel(
  principal: Principal,
  named: Channel['id'] | undefined,
  names: Names,
): Promise<Channel | Refused> {
  const id = channelFor(principal, named);
  return id instanceof Refused ? id : names.channel(id);
}

export async function itemInPath(text: string, names: Names): Promise<NamedItem | Refused> {
  const sku = skuInPath(text);
  if (sku instanceof Refused) return sku;
  const item = (await names.items([{ name: sku }]))({ name: sku });
  return item instanceof Refused ? inPath(item) : item;
}

export function inPath(refused: Refused): Refused {
  return refused.code === 'sku_unknown' ? new Refused(refused.code, refused.detail, { inPath: true }) : refused;
}

/** The places that are meant, if the channel sells from every one of them. */
export async function servedLocations(
  named: readonly LocationName[],
  channel: Channel,
  names: Names,
): Promise<readonly LocationId[] | Refused> {
  const locations = await placesOf(named, names);
  if (locations instanceof Refused) return locations;
  const other = locations.find((location) => channel.locations !== null && !channel.locations.includes(location));
  return other === undefined ? locations : new Refused('location_not_served', `${channel.id} does not sell from ${other}`);
}
