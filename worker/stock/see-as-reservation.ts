import type { ChannelId, ReservationId, Sku } from '../../domain/ids.ts';
import type { Snapshots } from '../cache/snapshots.ts';
import type { NamedItem } from '../catalogue/names.ts';
import { Refused } from '../refused.ts';
import { reservationUnknown } from '../replies/answer-plan.ts';
import { withOwnUnits } from '../replies/availability-reply.ts';
import { reservationNamed } from '../request/reservation-id.ts';
import type { CartGateway } from './cart-gateway.ts';
import { seeItem, type Seen, type SeenItem } from './see-item.ts';
import type { StockGateway } from './stock-gateway.ts';

interface Looking {
  readonly stock: StockGateway;
  readonly carts: CartGateway;
  readonly snapshots: Pick<Snapshots, 'cached' | 'strong'>;
  readonly now: () => number;
}

/** What there would be without this reservation: nobody is in their own way. Somebody else's is like one that never was. */
export async function seeAsReservation(
  item: NamedItem,
  id: ReservationId,
  caller: ChannelId | null,
  { stock, carts, snapshots, now }: Looking,
): Promise<SeenItem | Refused> {
  const held = await whereHeld(id, caller, carts);
  if (held === null) return reservationUnknown(id);
  if (held instanceof Refused) return held;
  if (!held.isCart && !item.parts.some(({ sku }) => held.skus.includes(sku))) return reservationUnknown(id);

  return seeItem(item, async (part): Promise<Seen | Refused> => {
    if (!held.skus.includes(part)) return snapshots.strong(part);
    const askedAtMs = now();
    const seen = await stock.ask(part, (stub) => stub.snapshotWith(held.heldAs));
    if (seen instanceof Refused) return seen;
    if (seen === null) return new Refused('sku_unknown', `there is no item ${part}`);
    const { snapshot, reservation } = seen;
    // A cart may have no units of one of its items; it was found to be the caller's before.
    const own = reservation === null ? held.isCart : caller === null || caller === reservation.channel;
    if (!own) return reservationUnknown(id);
    const terms = reservation === null ? snapshot.terms : withOwnUnits(snapshot.terms, reservation);
    // Nobody else has a use for it, so it is not fresh for a moment longer.
    return { snapshot: { ...snapshot, terms, freshForMs: 0 }, askedAtMs, source: 'object' };
  });
}

/** Under which id its units stand in which objects. */
interface Held {
  readonly heldAs: ReservationId;
  readonly skus: readonly Sku[];
  readonly isCart: boolean;
}

async function whereHeld(id: ReservationId, caller: ChannelId | null, carts: CartGateway): Promise<Held | Refused | null> {
  const named = reservationNamed(id);
  if (named === null) return null;
  if (named.sku !== null) return { heldAs: id, skus: [named.sku], isCart: false };
  const cart = await carts.holding(named.hash, caller);
  return cart === null || cart instanceof Refused ? cart : { ...cart, isCart: true };
}
