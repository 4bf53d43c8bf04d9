import * as z from 'zod';
import { ORDER_LINES_MAX } from '../../contracts/limits.ts';
import { locationId, sourceId } from '../../contracts/names.ts';
import { order as orderSchema, type OrderReply } from '../../contracts/orders.ts';
import type { ReservationId } from '../../domain/ids.ts';
import type { Names } from '../catalogue/names.ts';
import { mayStateAt, maySpeakFor, type Principal } from '../middleware/principal.ts';
import { Refused } from '../refused.ts';
import { parsedFact } from '../stock/stated-facts.ts';
import { bookOrders, type Booked, type Books } from './book-orders.ts';
import type { BookedOrder, KnownOrder, StatedOrder } from './order-registry.ts';
import { understandOrders } from './understand-orders.ts';

export interface OrderParts extends Books {
  readonly names: Names;
  /** Writes orders down, and answers as what they are known. */
  readonly registered: (orders: readonly StatedOrder[]) => Promise<readonly KnownOrder[]>;
  /** Nobody waits for it: until it is written, whoever tells them again has them booked once more, which changes nothing. */
  readonly noteBooked: (orders: readonly BookedOrder[]) => void;
}

/**
 * A batch of orders that were accepted elsewhere (R30c), each judged by itself and answered in the order of the request;
 * one that the key may not state refuses the whole before anything is booked.
 */
export async function stateOrders(
  items: readonly unknown[],
  { principal, correlationId }: { readonly principal: Principal; readonly correlationId: string },
  { names, registered, noteBooked, ...books }: OrderParts,
): Promise<readonly OrderReply[] | Refused> {
  const outlines = items.map((item) => outline.parse(item));
  const forbidden = outlines.map((one) => forbiddenAsWritten(principal, one)).find((one) => one !== null);
  if (forbidden !== undefined) return forbidden;
  const lines = outlines.reduce((total, one) => total + one.lines.length, 0);
  if (lines > ORDER_LINES_MAX) {
    return new Refused('invalid_request', `orders: they have ${lines} lines, and ${ORDER_LINES_MAX} are the most of one call`);
  }

  const understood = await understandOrders(
    items.map((item) => parsedFact(orderSchema, item)),
    names,
  );
  if (understood.some((one) => !(one instanceof Refused) && !mayState(principal, one)))
    return new Refused('source_not_allowed', 'an alias names a location that this API key does not speak for');

  const stated = understood.flatMap((one) => (one instanceof Refused ? [] : [one]));
  const known = new Map((await registered(stated)).map((one, index) => [stated[index], one]));
  const first = new Map([...known.values()].map((one) => [one.order.reservation, one]));
  const outcomes = await outcomesOf([...first.values()], correlationId, books);
  if (outcomes instanceof Refused) return outcomes;
  noteBooked(
    [...first.values()].flatMap(({ order, booked }) => {
      const said = outcomes.get(order.reservation);
      return booked !== null || said === undefined || said.outcome === 'rejected'
        ? []
        : [{ order, sequence: said.sequence ?? null }];
    }),
  );

  const told = new Set<ReservationId>();
  return understood.map((one, index): OrderReply => {
    const { id = null, source = null } = outlines[index] ?? {};
    if (one instanceof Refused)
      return { id, source, outcome: 'rejected', code: one.code, detail: one.detail, reservation_id: null };
    const reservation = known.get(one)?.order.reservation ?? one.reservation;
    const said = outcomes.get(reservation);
    if (said === undefined) throw new Error('every order that was written down has an outcome');
    // Who names the same order a second time in one call names one that is there by then.
    const outcome = told.has(reservation) && said.outcome === 'applied' ? 'duplicate' : said.outcome;
    told.add(reservation);
    return { id, source, ...said, outcome, reservation_id: outcome === 'rejected' ? null : reservation };
  });
}

async function outcomesOf(
  known: readonly KnownOrder[],
  correlationId: string,
  books: Books,
): Promise<ReadonlyMap<ReservationId, Booked> | Refused> {
  const unbooked = known.flatMap(({ order, booked }) => (booked === null ? [order] : []));
  const now = await bookOrders(unbooked, correlationId, books);
  if (now instanceof Refused) return now;
  const before = known.flatMap(({ order, booked }) =>
    booked === null ? [] : [[order.reservation, again(booked.sequence)] as const],
  );
  return new Map([...before, ...[...now].map(([order, outcome]) => [order.reservation, outcome] as const)]);
}

function again(sequence: number | null): Booked {
  return { outcome: 'duplicate', ...(sequence === null ? {} : { sequence }) };
}

const outline = z
  .object({
    id: z.string().nullable().catch(null),
    source: z.string().nullable().catch(null),
    lines: z.array(z.object({ location: z.unknown().optional() }).catch({})).catch([]),
  })
  .catch({ id: null, source: null, lines: [] });

/** Whether the key may state it is asked before whether it is well formed (R4), as far as the names can be read. */
function forbiddenAsWritten(principal: Principal, { source, lines }: z.output<typeof outline>): Refused | null {
  const named = sourceId.safeParse(source).data;
  if (named !== undefined && !maySpeakFor(principal, named))
    return new Refused('source_not_allowed', `this API key does not speak for the source ${named}`);
  const places = lines.flatMap(({ location }) => locationId.safeParse(location).data ?? []);
  const place = places.find((one) => !mayStateAt(principal, one));
  return place === undefined ? null : new Refused('source_not_allowed', `this API key does not speak for the location ${place}`);
}

function mayState(principal: Principal, { lines }: StatedOrder): boolean {
  return lines.every(({ at }) => at === null || mayStateAt(principal, at));
}
