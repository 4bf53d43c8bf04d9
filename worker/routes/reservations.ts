import { Hono } from 'hono';
import type { ReservationReply } from '../../contracts/reservations.ts';
import { newReservation, reservationsQuery, reserveQuery } from '../../contracts/selling.ts';
import { publicId, type ReserveCart } from '../../domain/cart/cart.ts';
import type { Reserve } from '../../domain/command.ts';
import type { ChannelId, ReservationId } from '../../domain/ids.ts';
import { compareText } from '../../domain/network.ts';
import { answerCart } from '../replies/answer-cart.ts';
import { answerPlan, reservationUnknown } from '../replies/answer-plan.ts';
import type { AppEnv } from '../app-env.ts';
import { bodyOf, queryOf } from '../request/body.ts';
import { plainReservation } from '../request/plain-reservation.ts';
import type { HashBuyer } from '../request/buyer.ts';
import type { Snapshots } from '../cache/snapshots.ts';
import type { Directories } from '../catalogue/directory.ts';
import type { Names } from '../catalogue/names.ts';
import { OBJECTS_AT_ONCE_MAX } from '../../contracts/limits.ts';
import { inParallel, valuesOf } from '../in-parallel.ts';
import { idempotencyKeyOf, requestKeyOf } from '../middleware/idempotency-key.ts';
import type { Allow } from '../middleware/authenticate.ts';
import { callerOf } from '../middleware/principal.ts';
import { problem } from '../problem.ts';
import { Refused } from '../refused.ts';
import { cartIdOf, reservationIdOf, reservationNamed, type NamedReservation } from '../request/reservation-id.ts';
import { cartReply, reservationReply } from '../replies/reservation-reply.ts';
import type { CartGateway } from '../stock/cart-gateway.ts';
import { sourceCart } from '../stock/source-cart.ts';
import type { ReserveSku } from '../stock/sold-out-hints.ts';
import type { StockGateway } from '../stock/stock-gateway.ts';
import { wantedBy } from '../stock/wanted-reservation.ts';
import { pageAfter } from '../request/pages.ts';

export interface ReservationDeps {
  readonly allow: Allow;
  readonly names: Names;
  readonly directories: Directories;
  readonly snapshots: Snapshots;
  readonly stock: StockGateway;
  readonly reserveSku: ReserveSku;
  readonly carts: CartGateway;
  readonly hashBuyer: HashBuyer;
  readonly reservationsOfOrder: (orderRef: string) => Promise<readonly ReservationId[]>;
}

/** To make reservations and to look at them; what is done with them afterwards is in reservation-operations.ts. */
export function reservationRoutes(deps: ReservationDeps): Hono<AppEnv> {
  const { allow, names, directories, snapshots, reserveSku, carts, hashBuyer, reservationsOfOrder } = deps;
  const find = (named: NamedReservation, caller: ChannelId | null) => reservationOf(deps, named, caller);
  return new Hono<AppEnv>()
    .post('/v1/reservations', allow('reservations:write'), async (c) => {
      const key = idempotencyKeyOf(c);
      if (key instanceof Refused) return problem(c, key);
      const query = queryOf(c, reserveQuery);
      if (query instanceof Refused) return problem(c, query);
      const body = await bodyOf(c, newReservation, plainReservation);
      if (body instanceof Refused) return problem(c, body);
      const wanted = await wantedBy(c.get('principal'), body.value, names);
      if (wanted instanceof Refused) return problem(c, wanted);

      const [requestKey, buyer] = await Promise.all([
        requestKeyOf(c, key, body.sent),
        body.value.buyer === undefined ? null : hashBuyer(body.value.buyer),
      ]);
      const { ttl_seconds, mode, split } = body.value;
      const { channel, lines, sku } = wanted;
      const asked = { type: 'reserve', channel, buyer, ttlMs: ttl_seconds * 1_000, mode, split } as const;
      const correlationId = c.get('trace').traceId;
      if (sku === null) {
        const { network } = await directories.current();
        const source = await sourceCart(lines, { channel, split }, { snapshots, network });
        if (source instanceof Refused) return problem(c, source);
        const cart = cartIdOf(requestKey.hash);
        Object.assign(c.get('noted'), { reservationId: cart, channel, items: lines.length });
        const command: ReserveCart = { ...asked, cart, lines, ...source };
        return answerCart(c, await carts.execute(requestKey.hash, { command, key: requestKey, correlationId }), 201);
      }
      const reservation = reservationIdOf(sku, requestKey.hash);
      const command: Reserve = { ...asked, reservation, lines: lines.map(({ line, quantity, at }) => ({ line, quantity, at })) };
      Object.assign(c.get('noted'), { sku, reservationId: reservation, channel });
      const insists = query.consistency === 'strong';
      const replies = await reserveSku(sku, { command, key: requestKey, correlationId, insists });
      return answerPlan(c.var, sku, replies, 201);
    })

    .get('/v1/reservations', allow('reservations:write'), async (c) => {
      const query = queryOf(c, reservationsQuery);
      if (query instanceof Refused) return problem(c, query);
      const caller = callerOf(c.var.principal, false);
      if (caller instanceof Refused) return problem(c, caller);
      const ids = new Set((await reservationsOfOrder(query.order_ref)).map(publicId));
      const page = pageAfter(
        [...ids].sort(compareText).flatMap((id) => reservationNamed(id) ?? []),
        ({ id }) => id,
        query,
      );
      if (page instanceof Refused) return problem(c, page);
      const found = valuesOf(await inParallel(page.items, OBJECTS_AT_ONCE_MAX, (named) => find(named, caller)));
      const overloaded = found.find((one) => one instanceof Refused);
      if (overloaded !== undefined) return problem(c, overloaded);
      const items = found.flatMap((one) => (one instanceof Refused || one === null ? [] : [one]));
      return c.json({ items, next_cursor: page.next_cursor });
    })

    .get('/v1/reservations/:id', allow('reservations:write'), async (c) => {
      const id = c.req.param('id');
      c.var.noted.reservationId = id;
      const caller = callerOf(c.var.principal, false);
      if (caller instanceof Refused) return problem(c, caller);
      const named = reservationNamed(id);
      const known = named !== null && (named.sku === null || (await names.exists(named.sku)));
      const found = known ? await find(named, caller) : null;
      if (found instanceof Refused) return problem(c, found);
      return found === null ? problem(c, reservationUnknown(id)) : c.json(found);
    });
}

/** Somebody else's answers exactly like one that never was. */
async function reservationOf(
  { stock, carts }: Pick<ReservationDeps, 'stock' | 'carts'>,
  named: NamedReservation,
  caller: ChannelId | null,
): Promise<ReservationReply | Refused | null> {
  if (named.sku === null) {
    const seen = await carts.seen(named.hash, caller);
    return seen === null || seen instanceof Refused ? seen : cartReply(seen);
  }
  const { id, sku } = named;
  const seen = await stock.ask(sku, (stub) => stub.reservation(id));
  if (seen === null || seen instanceof Refused) return seen;
  return caller === null || caller === seen.value.channel ? reservationReply(sku, seen.value, seen) : null;
}
