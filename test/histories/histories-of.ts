import type { ReservationReply } from '../../contracts/reservations.ts';
import type { Asked, Operation, Said } from './history.ts';
import type { Recorded } from './record.ts';

/** The object's clock may be some milliseconds behind the one on the wall, for it stands still while a turn lasts. */
const CLOCK_MS_OFF = 20;

/**
 * The history of each item. A call on a cart is an operation of each of its items by itself: each line is atomic in its
 * own object, at some moment while the client waited. What a cart takes and gives back without saying so would be missing
 * here, so carts in the load are such that nothing is refused them in part.
 */
export function historiesOf(records: readonly Recorded[]): ReadonlyMap<string, readonly Operation[]> {
  const operations = records.flatMap((one) => one.call.skus.map((sku) => ({ sku, operation: operationOf(one, sku) })));
  const perSku = Map.groupBy(
    operations.flatMap(({ sku, operation }) => (operation === null ? [] : [{ sku, operation }])),
    ({ sku }) => sku,
  );
  return new Map([...perSku].map(([sku, all]) => [sku, all.map(({ operation }) => operation)]));
}

function operationOf({ call, answered }: Recorded, sku: string): Operation | null {
  // A line of a cart in part that had nothing: only the reserve asked its item, and nobody does any more.
  const line = (answered?.body as Partial<ReservationReply> | undefined)?.lines?.find((one) => one.sku === sku);
  if (call.what !== 'reserve' && line?.reserved === 0) return null;
  const said = answered === null ? null : saidOf({ call, answered }, sku);
  return {
    id: call.id,
    client: call.client,
    asked: askedOf(call, sku),
    said,
    invokedAt: call.invokedAt,
    returnedAt: answered?.returnedAt ?? Infinity,
    likelyAt: answered?.heardAt ?? Infinity,
    fromMs: call.invokedMs - CLOCK_MS_OFF,
    untilMs: answered === null ? Infinity : answered.returnedMs + CLOCK_MS_OFF,
  };
}

function askedOf({ what, path, body }: Recorded['call'], sku: string): Asked {
  const sent = body as Sent;
  const quantity = sent?.lines?.find((line) => line.sku === undefined || line.sku === sku)?.quantity ?? null;
  const reservation = path.split('/')[3] ?? '';
  switch (what) {
    case 'reserve':
      return { what, quantity: quantity ?? 0, mode: sent.mode ?? 'all_or_nothing', ttlMs: (sent.ttl_seconds ?? 0) * 1_000 };
    case 'extend':
      return { what, reservation, ttlMs: (sent.ttl_seconds ?? 0) * 1_000 };
    case 'resize':
      return { what, reservation, quantity: quantity ?? 0 };
    case 'pin':
    case 'look':
      return { what, reservation };
    case 'commit':
      return { what, reservation, quantity, keepRest: sent.keep_rest ?? false, reacquire: sent.reacquire ?? false };
    case 'release':
    case 'fulfill':
    case 'cancel':
      return { what, reservation, quantity };
    case 'receive':
      return { what, quantity: sent.movements?.[0]?.quantity ?? 0 };
    case 'read':
      return { what };
  }
}

interface Sent {
  readonly lines?: readonly { readonly sku?: string; readonly quantity: number }[];
  readonly mode?: 'all_or_nothing' | 'partial';
  readonly ttl_seconds?: number;
  readonly keep_rest?: boolean;
  readonly reacquire?: boolean;
  readonly movements?: readonly { readonly quantity: number }[];
}

function saidOf(
  { call, answered: { status, body } }: { call: Recorded['call']; answered: NonNullable<Recorded['answered']> },
  sku: string,
): Said {
  if (status >= 300) {
    const short = (body.lines as readonly Short[] | undefined)?.find((line) => line.sku === sku);
    const { requested = null, available = null, sequence = null } = short ?? {};
    const asOfMs = short === undefined || call.skus.length > 1 ? null : Date.parse(body.as_of);
    return { kind: 'refused', code: body.code, requested, available, sequence, asOfMs };
  }
  if (call.what === 'read') {
    return { kind: 'number', available: body.available_to_sell, sequence: body.sequence, asOfMs: Date.parse(body.as_of) };
  }
  if (call.what === 'receive') {
    const [item] = body.items;
    if (item.outcome !== 'applied' && item.outcome !== 'duplicate') throw new Error(JSON.stringify(body));
    return { kind: 'received', sequence: item.sequence ?? null, asOfMs: null };
  }
  return reservationIn(call, body, sku);
}

interface Short {
  readonly sku: string;
  readonly requested: number;
  readonly available: number;
  readonly sequence: number;
}

function reservationIn({ what, skus }: Recorded['call'], reply: ReservationReply, sku: string): Said {
  const line = reply.lines.find((one) => one.sku === sku);
  if (line === undefined) throw new Error(`${sku} is missing in ${JSON.stringify(reply)}`);
  const { open, committed, fulfilled, cancelled, released, expired, quantity } = line;
  const several = skus.length > 1;
  if (what === 'reserve' && line.reserved === 0) {
    return { kind: 'refused', code: 'insufficient_stock', requested: quantity, available: 0, sequence: null, asOfMs: null };
  }
  return {
    kind: 'reservation',
    id: reply.id,
    units: { open, owed: committed - fulfilled - cancelled, fulfilled, cancelled, released, expired },
    pinned: open > 0 && reply.status === 'pinned',
    endsAtMs: open > 0 && reply.expires_at !== null ? Date.parse(reply.expires_at) : null,
    sequence: line.sequence,
    // A look tells when the object was last asked to change something, and a cart has several objects.
    asOfMs: several || what === 'look' ? null : Date.parse(reply.as_of),
  };
}
