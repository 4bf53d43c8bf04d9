import { Hono } from 'hono';
import { availabilityQuery, explainQuery } from '../../contracts/availability.ts';
import type { LocationName } from '../../contracts/names.ts';
import type { LocationId, ReservationId, Sku } from '../../domain/ids.ts';
import type { Channel } from '../../domain/network.ts';
import { reservationUnknown } from '../replies/answer-plan.ts';
import type { AppEnv } from '../app-env.ts';
import { availabilityReply, etagOf, withOwnUnits } from '../replies/availability-reply.ts';
import { queryOf } from '../request/body.ts';
import type { Found, Snapshots } from '../cache/snapshots.ts';
import type { Directories } from '../catalogue/directory.ts';
import type { Items } from '../catalogue/items.ts';
import type { Names } from '../catalogue/names.ts';
import { explainReply } from '../replies/explain-reply.ts';
import type { Allow } from '../middleware/authenticate.ts';
import { channelFor, callerOf, type Principal } from '../middleware/principal.ts';
import { afterOf, cursorOf } from '../request/pages.ts';
import { skuInPath } from '../request/path-names.ts';
import { problem } from '../problem.ts';
import { Refused } from '../refused.ts';
import { isKnown } from '../request/preconditions.ts';
import { reservationNamed } from '../request/reservation-id.ts';
import type { StockGateway } from '../stock/stock-gateway.ts';
import { placesOf } from './channels.ts';

export interface AvailabilityDeps {
  readonly allow: Allow;
  readonly names: Names;
  readonly directories: Directories;
  readonly items: Items;
  readonly snapshots: Snapshots;
  readonly stock: StockGateway;
  readonly now: () => number;
}

export function availabilityRoutes({ allow, names, directories, items, snapshots, stock, now }: AvailabilityDeps): Hono<AppEnv> {
  return new Hono<AppEnv>()
    .get('/v1/availability/:sku', allow('availability:read'), async (c) => {
      const query = queryOf(c, availabilityQuery);
      if (query instanceof Refused) return problem(c, query);
      const channel = await sellingChannel(c.var.principal, query.channel, names);
      if (channel instanceof Refused) return problem(c, channel);
      const sku = await knownSku(c.req.param('sku'), names);
      if (sku instanceof Refused) return problem(c, sku);
      const locations = query.location === undefined ? null : await servedLocations([query.location], channel, names);
      if (locations instanceof Refused) return problem(c, locations);

      const seen =
        query.as_reservation !== undefined
          ? await seenByReservation(stock, sku, query.as_reservation, c.var.principal, now)
          : await (query.consistency === 'strong' ? snapshots.strong(sku) : snapshots.cached(sku));
      if (seen instanceof Refused) return problem(c, inPath(seen));

      const { network } = await directories.current();
      const reply = availabilityReply(seen, { network, channel: channel.id, locations, nowMs: now() });
      Object.assign(c.var.noted, { sku, channel: channel.id, sequence: reply.sequence, source: reply.source });
      const headers = {
        etag: etagOf(reply, network.version),
        'cache-control': `private, max-age=${Math.floor(reply.fresh_for_ms / 1_000)}`,
        vary: 'Authorization',
      };
      return isKnown(c.req.header('if-none-match'), headers.etag) ? c.body(null, 304, headers) : c.json(reply, 200, headers);
    })

    .get('/v1/availability/:sku/explain', allow('availability:read'), async (c) => {
      const query = queryOf(c, explainQuery);
      if (query instanceof Refused) return problem(c, query);
      const after = afterOf(query.cursor);
      if (after instanceof Refused) return problem(c, after);
      const channel = await sellingChannel(c.var.principal, query.channel, names);
      if (channel instanceof Refused) return problem(c, channel);
      const sku = await knownSku(c.req.param('sku'), names);
      if (sku instanceof Refused) return problem(c, sku);

      const page = { channel: channel.id, after: reservationNamed(after)?.id ?? null, limit: query.limit };
      const [explained, item, { network }] = await Promise.all([
        stock.ask(sku, (stub) => stub.explain(page)),
        items.find(sku),
        directories.current(),
      ]);
      if (explained instanceof Refused) return problem(c, explained);
      if (explained === null) return problem(c, skuUnknown(sku));
      c.var.noted.sku = sku;
      const cursor = explained.nextCursor === null ? null : cursorOf(explained.nextCursor);
      return c.json(explainReply(explained, { network, channel: channel.id, policyVersion: item?.policyVersion ?? 0, cursor }));
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

async function knownSku(text: string, names: Names): Promise<Sku | Refused> {
  const sku = skuInPath(text);
  if (sku instanceof Refused) return sku;
  return (await names.exists(sku)) ? sku : skuUnknown(sku);
}

function skuUnknown(sku: Sku): Refused {
  return new Refused('sku_unknown', `there is no item ${sku}`, { inPath: true });
}

function inPath(refused: Refused): Refused {
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

/** What there would be without this reservation: nobody is in their own way. */
async function seenByReservation(
  stock: StockGateway,
  sku: Sku,
  id: ReservationId,
  principal: Principal,
  now: () => number,
): Promise<Found | Refused> {
  const caller = callerOf(principal, false);
  const askedAtMs = now();
  const seen = reservationNamed(id)?.sku === sku ? await stock.ask(sku, (stub) => stub.snapshotWith(id)) : null;
  if (seen instanceof Refused) return seen;
  const own = !(caller instanceof Refused) && (caller === null || caller === seen?.reservation?.channel);
  if (seen === null || seen.reservation === null || !own) return reservationUnknown(id);
  const { snapshot, reservation } = seen;
  const terms = withOwnUnits(snapshot.terms, reservation);
  // Nobody else has a use for it, so it is not fresh for a moment longer.
  return { snapshot: { ...snapshot, terms, freshForMs: 0 }, askedAtMs, source: 'object' };
}
