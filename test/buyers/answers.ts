import type { ReservationReply } from '../../contracts/reservations.ts';
import { held, statusOf, unitsOf } from './expected.ts';

export interface Basket {
  readonly channel: string;
  readonly lines: readonly { readonly sku: string; readonly quantity: number; readonly location?: string }[];
  readonly mode: 'all_or_nothing' | 'partial';
  readonly split: 'never' | 'allowed';
  readonly ttl_seconds: number;
}

/** What a reservation shows of itself must add up, whatever was done with it (docs/spec.md, 1). */
export function brokenIn(reply: ReservationReply, basket: Basket): readonly string[] {
  const { status, lines } = reply;
  const now = held(reply);
  const broken = (what: string, holds: boolean): readonly string[] => (holds ? [] : [`${what}: ${JSON.stringify(reply)}`]);
  return [
    ...broken('the status follows from the lines', statusOf(now.lines, status === 'pinned' ? 'pinned' : 'active') === status),
    ...broken('only an active one has a deadline', (reply.expires_at !== null) === (status === 'active')),
    ...broken('it is of its channel', reply.channel === basket.channel),
    ...broken(
      'every line is there, in order, and for its item',
      basket.lines.length === lines.length &&
        lines.every(({ line, sku }, index) => line === index + 1 && sku === basket.lines[index]?.sku),
    ),
    ...lines.flatMap((line) => {
      const units = unitsOf(line);
      const placed = line.allocations.reduce((total, { quantity }) => total + quantity, 0);
      const at = basket.lines[line.line - 1]?.location;
      return [
        ...broken('[I3] no class is below zero', Object.values(units).every((one) => one >= 0) && line.backordered >= 0),
        ...broken(
          '[I3] granted = open + committed + released + expired',
          line.reserved === line.open + line.committed + line.released + line.expired,
        ),
        ...broken('no more is granted than was asked', line.reserved <= line.quantity),
        // The parts of a kit may be promised at different places, and then the kit itself is at none.
        ...broken(
          'each promised unit has a place or is backordered',
          line.components !== undefined || placed + line.backordered === units.open + units.owed,
        ),
        ...broken('a named place is honoured', at === undefined || line.allocations.every(({ location }) => location === at)),
        ...broken('a line that names its place is not backordered', at === undefined || line.backordered === 0),
      ];
    }),
  ];
}
