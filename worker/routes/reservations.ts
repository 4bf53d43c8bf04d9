import { Hono } from 'hono';
import type * as z from 'zod';
import { newReservation, reservationsQuery, reserveQuery, type ReservationReply } from '../../contracts/reservations.ts';
import type { Reserve } from '../../domain/command.ts';
import type { LocationId, ReservationId, Sku } from '../../domain/ids.ts';
import { answerPlan, reservationUnknown } from '../replies/answer-plan.ts';
import type { AppEnv } from '../app-env.ts';
import { bodyOf, queryOf } from '../request/body.ts';
import type { HashBuyer } from '../request/buyer.ts';
import { inBaseUnits, type Names } from '../catalogue/names.ts';
import { OBJECTS_AT_ONCE_MAX } from '../../contracts/limits.ts';
import { inParallel, valuesOf } from '../in-parallel.ts';
import { idempotencyKeyOf, requestKeyOf } from '../middleware/idempotency-key.ts';
import type { Allow } from '../middleware/authenticate.ts';
import { callerOf, channelFor, type Principal } from '../middleware/principal.ts';
import { problem } from '../problem.ts';
import { Refused } from '../refused.ts';
import { reservationIdOf, reservationNamed, type NamedReservation } from '../request/reservation-id.ts';
import { reservationReply } from '../replies/reservation-reply.ts';
import type { StockGateway } from '../stock/stock-gateway.ts';
import { pageAfter } from '../request/pages.ts';

export interface ReservationDeps {
  readonly allow: Allow;
  readonly names: Names;
  readonly stock: StockGateway;
  readonly hashBuyer: HashBuyer;
  readonly reservationsOfOrder: (orderRef: string) => Promise<readonly ReservationId[]>;
}

/** To make reservations and to look at them; what is done with them afterwards is in reservation-operations.ts. */
export function reservationRoutes({ allow, names, stock, hashBuyer, reservationsOfOrder }: ReservationDeps): Hono<AppEnv> {
  return new Hono<AppEnv>()
    .post('/v1/reservations', allow('reservations:write'), async (c) => {
      const key = idempotencyKeyOf(c);
      if (key instanceof Refused) return problem(c, key);
      const query = queryOf(c, reserveQuery);
      if (query instanceof Refused) return problem(c, query);
      const body = await bodyOf(c, newReservation);
      if (body instanceof Refused) return problem(c, body);
      const wanted = await wantedBy(c.var.principal, body.value, names);
      if (wanted instanceof Refused) return problem(c, wanted);

      const { sku } = wanted;
      const [requestKey, buyer] = await Promise.all([
        requestKeyOf(c, key, body.sent),
        body.value.buyer === undefined ? null : hashBuyer(body.value.buyer),
      ]);
      const reservation = reservationIdOf(sku, requestKey.hash);
      const command: Reserve = { ...wanted.command, reservation, buyer };
      Object.assign(c.var.noted, { sku, reservationId: reservation, channel: command.channel });
      const replies = await stock.execute(sku, [{ command, key: requestKey, correlationId: c.var.trace.traceId }]);
      return answerPlan(c, sku, replies, 201);
    })

    .get('/v1/reservations', allow('reservations:write'), async (c) => {
      const query = queryOf(c, reservationsQuery);
      if (query instanceof Refused) return problem(c, query);
      const caller = callerOf(c.var.principal, false);
      if (caller instanceof Refused) return problem(c, caller);
      const ids = await reservationsOfOrder(query.order_ref);
      const page = pageAfter(
        ids.flatMap((id) => reservationNamed(id) ?? []),
        ({ id }) => id,
        query,
      );
      if (page instanceof Refused) return problem(c, page);
      const found = valuesOf(await inParallel(page.items, OBJECTS_AT_ONCE_MAX, (named) => reservationOf(stock, named)));
      const overloaded = found.find((one) => one instanceof Refused);
      if (overloaded !== undefined) return problem(c, overloaded);
      const items = found.flatMap((one) => (one instanceof Refused || one === null ? [] : [one]));
      return c.json({
        items: items.filter(({ channel }) => caller === null || caller === channel),
        next_cursor: page.next_cursor,
      });
    })

    .get('/v1/reservations/:id', allow('reservations:write'), async (c) => {
      const id = c.req.param('id');
      c.var.noted.reservationId = id;
      const caller = callerOf(c.var.principal, false);
      if (caller instanceof Refused) return problem(c, caller);
      const named = reservationNamed(id);
      const known = named !== null && (await names.exists(named.sku));
      const found = known ? await reservationOf(stock, named) : null;
      if (found instanceof Refused) return problem(c, found);
      // Somebody else's answers exactly like one that never was.
      if (found === null || (caller !== null && caller !== found.channel)) return problem(c, reservationUnknown(id));
      return c.json(found);
    });
}

async function reservationOf(stock: StockGateway, { id, sku }: NamedReservation): Promise<ReservationReply | Refused | null> {
  const seen = await stock.ask(sku, (stub) => stub.reservation(id));
  return seen === null || seen instanceof Refused ? seen : reservationReply(sku, seen.value, seen);
}

interface Wanted {
  readonly sku: Sku;
  readonly command: Omit<Reserve, 'reservation' | 'buyer'>;
}

/** What the names in a request stand for: one item, its lines in base units, at places that the channel sells from. */
async function wantedBy(principal: Principal, request: z.output<typeof newReservation>, names: Names): Promise<Wanted | Refused> {
  const channelId = channelFor(principal, request.channel);
  if (channelId instanceof Refused) return channelId;
  const channel = await names.channel(channelId);
  if (channel instanceof Refused) return channel;
  const asked = request.lines.map(({ sku: name, unit }) => ({ name, unit }));
  const [itemOf, locationOf] = await Promise.all([
    names.items(asked),
    names.locations(request.lines.flatMap(({ location }) => location ?? [])),
  ]);

  const skus = new Set<Sku>();
  const lines: Reserve['lines'][number][] = [];
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
    skus.add(item.sku);
    lines.push({ line: index + 1, quantity: units, at });
  }
  const [sku, another] = skus;
  if (sku === undefined || another !== undefined) {
    return new Refused('cart_not_supported', 'a reservation of several items is not supported yet: reserve each by itself');
  }
  const { ttl_seconds, mode, split } = request;
  return { sku, command: { type: 'reserve', channel: channel.id, ttlMs: ttl_seconds * 1_000, lines, mode, split } };
}

function isServed(locations: readonly LocationId[] | null, location: LocationId): boolean {
  return locations === null || locations.includes(location);
}
