import * as z from 'zod';
import type { ReservationReply } from '../../contracts/reservations.ts';

export interface Reply {
  readonly status: number;
  readonly body: unknown;
  readonly replayed?: boolean;
}

/** What a place holds of an item. */
export interface FakePlace {
  sellable: number;
  quality: number;
  reserved: number;
  committed: number;
}

export interface FakeItem {
  readonly places: Record<string, FakePlace>;
  sequence: number;
}

export interface FakeBooks {
  readonly items: ReadonlyMap<string, FakeItem>;
  declare(sku: string): void;
  protect(sku: string, quota: Quota): void;
  /** Books a list of movements, each id once. */
  move(body: unknown): Reply;
  /** For a channel that sells from these places, in this order. */
  reserve(body: unknown, channel: string, places: readonly string[]): Reply;
  proceed(id: string, operation: string, body: unknown): Reply;
}

export interface Quota {
  readonly channel: string;
  readonly protected: number;
}

type Line = ReservationReply['lines'][number];
interface FakeReservation {
  readonly id: string;
  readonly channel: string;
  readonly buyer: string | null;
  status: ReservationReply['status'];
  lines: Line[];
}

const NOW = '2031-03-03T09:00:00.000Z';
const wish = z.object({ sku: z.string(), quantity: z.int(), location: z.string().optional() });
type Wish = z.output<typeof wish>;
const newReservation = z.object({
  lines: z.array(wish),
  mode: z.enum(['all_or_nothing', 'partial']),
  buyer: z.string().optional(),
});
const someLines = z.object({ lines: z.array(z.object({ line: z.int(), quantity: z.int() })).optional() });
const facts = z.object({
  movements: z.array(
    z.object({
      id: z.string(),
      source: z.string(),
      kind: z.string(),
      sku: z.string(),
      location: z.string(),
      quantity: z.int(),
      document: z.string().optional(),
    }),
  ),
});

/** Stock and carts without a deadline, kept in memory. For tests. */
export function fakeBooks(): FakeBooks {
  const items = new Map<string, FakeItem>();
  const booked = new Set<string>();
  const reservations = new Map<string, FakeReservation>();
  const quotas = new Map<string, Quota>();

  const placeOf = (sku: string, location: string): FakePlace => {
    const places = items.get(sku)?.places ?? {};
    return (places[location] ??= { sellable: 0, quality: 0, reserved: 0, committed: 0 });
  };

  /** A fact is known by its id, a return by its document too. */
  const moveOne = (fact: z.output<typeof facts>['movements'][number]) => {
    const { id, source, kind, sku, location, quantity, document } = fact;
    const item = items.get(sku);
    if (item === undefined) return { id, source, outcome: 'rejected', code: 'sku_unknown' };
    const names = [id, ...(kind === 'returned' ? [`${document} ${location} ${sku}`] : [])];
    if (names.some((name) => booked.has(name))) return { id, source, outcome: 'duplicate' };
    for (const name of names) booked.add(name);
    item.sequence += 1;
    placeOf(sku, location)[kind === 'returned' ? 'quality' : 'sellable'] += quantity;
    return { id, source, outcome: 'applied', sequence: item.sequence };
  };

  /** Takes what the channel may have for a line, place by place; what one place lacks, all of them lack. */
  const take = (channel: string, { sku, quantity, location }: Wish, places: readonly string[]): Line['allocations'] => {
    const free = (at: string): number => placeOf(sku, at).sellable - placeOf(sku, at).reserved - placeOf(sku, at).committed;
    const kept = keptFrom(channel, sku);
    let left = Math.min(quantity, places.reduce((sum, at) => sum + free(at), 0) - kept);
    return (location === undefined ? places : [location]).flatMap((at) => {
      const units = Math.max(0, Math.min(left, free(at)));
      placeOf(sku, at).reserved += units;
      left -= units;
      return units > 0 ? [{ location: at, quantity: units }] : [];
    });
  };

  /** What another channel is sure of and has not used up. */
  const keptFrom = (channel: string, sku: string): number => {
    const quota = quotas.get(sku);
    if (quota === undefined || quota.channel === channel) return 0;
    const used = [...reservations.values()]
      .filter((one) => one.channel === quota.channel)
      .flatMap(({ lines }) => lines.filter((line) => line.sku === sku))
      .reduce((sum, { reserved }) => sum + reserved, 0);
    return Math.max(0, quota.protected - used);
  };

  const giveBack = (lines: readonly Line[]): void => {
    for (const { sku, allocations } of lines)
      for (const { location, quantity } of allocations) placeOf(sku, location).reserved -= quantity;
  };

  const shown = ({ id, channel, buyer, status, lines }: FakeReservation): ReservationReply => {
    const about = { id, status, channel, buyer, order_ref: null, reference: null, promised_at: null };
    return { ...about, created_at: NOW, expires_at: '2031-03-03T09:15:00.000Z', as_of: NOW, lines };
  };

  /** What each operation does with the units of a line. */
  const steps: Record<string, { readonly status: FakeReservation['status']; step(line: Line, quantity: number): Line }> = {
    pin: { status: 'pinned', step: (line) => line },
    commit: {
      status: 'committed',
      step: (line) => {
        for (const { location, quantity } of line.allocations) {
          placeOf(line.sku, location).reserved -= quantity;
          placeOf(line.sku, location).committed += quantity;
        }
        return { ...line, open: 0, committed: line.open };
      },
    },
    fulfill: {
      status: 'fulfilled',
      step: (line) => {
        for (const { location, quantity } of line.allocations) {
          placeOf(line.sku, location).committed -= quantity;
          placeOf(line.sku, location).sellable -= quantity;
        }
        return { ...line, fulfilled: line.committed, allocations: [] };
      },
    },
  };

  /** Goods that are not at their place any more cannot leave it. */
  const shortOf = (line: Line): boolean =>
    line.allocations.some(({ location, quantity }) => placeOf(line.sku, location).sellable < quantity);

  return {
    items,
    declare: (sku) => void items.set(sku, items.get(sku) ?? { places: {}, sequence: 0 }),
    protect: (sku, quota) => void quotas.set(sku, quota),
    move: (body) => ({ status: 200, body: { items: facts.parse(body).movements.map(moveOne) } }),

    reserve: (body, channel, places) => {
      const { lines: wishes, mode, buyer = null } = newReservation.parse(body);
      if (wishes.some(({ sku }) => !items.has(sku))) return { status: 422, body: { code: 'sku_unknown' } };
      const lines = wishes.map((wish, index): Line => {
        const { sku, quantity } = wish;
        const allocations = take(channel, wish, places);
        const open = allocations.reduce((sum, one) => sum + one.quantity, 0);
        const ended = { committed: 0, fulfilled: 0, cancelled: 0, released: 0, expired: 0, backordered: 0 };
        const sequence = (items.get(sku)?.sequence ?? 0) + 1;
        return { line: index + 1, sku, quantity, reserved: open, open, ...ended, allocations, sequence };
      });
      const short = lines.filter(({ quantity, open }) => open < quantity);
      if (short.length > 0 && (mode === 'all_or_nothing' || lines.every(({ open }) => open === 0))) {
        giveBack(lines);
        const named = short.map(({ line, sku, quantity, open, sequence }) => {
          return { line, sku, requested: quantity, available: open, sequence: sequence - 1 };
        });
        return { status: 409, body: { code: 'insufficient_stock', lines: named } };
      }
      for (const sku of new Set(wishes.map((wish) => wish.sku))) {
        const item = items.get(sku);
        if (item !== undefined) item.sequence += 1;
      }
      const reservation = { id: `cart.${reservations.size}`, channel, buyer, status: 'active' as const, lines };
      reservations.set(reservation.id, reservation);
      return { status: 201, body: shown(reservation) };
    },

    proceed: (id, operation, body) => {
      const reservation = reservations.get(id);
      const step = steps[operation];
      if (reservation === undefined || step === undefined) return { status: 404, body: { code: 'reservation_not_found' } };
      const { lines: asked } = someLines.parse(body);
      const named = (line: Line): boolean => asked === undefined || asked.some((one) => one.line === line.line);
      const short = reservation.lines.filter((line) => operation === 'fulfill' && named(line) && shortOf(line));
      if (short.length > 0) {
        const lines = short.map(({ line, sku, committed, sequence }) => ({
          line,
          sku,
          requested: committed,
          available: 0,
          sequence,
        }));
        return { status: 409, body: { code: 'insufficient_stock', lines } };
      }
      reservation.lines = reservation.lines.map((line) => (named(line) ? step.step(line, line.open) : line));
      reservation.status = step.status;
      for (const sku of new Set(reservation.lines.map((line) => line.sku))) {
        const item = items.get(sku);
        if (item !== undefined) item.sequence += 1;
      }
      return { status: 200, body: shown(reservation) };
    },
  };
}
