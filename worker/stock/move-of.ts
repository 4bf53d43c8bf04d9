import type { Movement } from '../../contracts/facts.ts';
import type { Move } from '../../domain/command.ts';
import type { StockStatus } from '../../domain/stock.ts';
import { Refused } from '../refused.ts';
import type { Understood } from './stated-facts.ts';

/** What a movement means, with what goes without saying. */
export function moveOf({ read, location, toLocation, books, quantity }: Understood<Movement>): Move | Refused {
  const status = read.status ?? (read.kind === 'returned' ? 'quality_control' : 'sellable');
  const to =
    toLocation !== null ? { location: toLocation, status: read.to_status ?? 'in_transit' } : within(location, read.to_status);
  if (to !== null && to.location === location && to.status === status) {
    return new Refused('invalid_request', 'to_location, to_status: this is where the units are already');
  }
  return {
    type: 'move',
    id: read.id,
    source: read.source,
    books,
    kind: read.kind,
    location,
    status,
    quantity,
    to,
    reason: read.reason ?? null,
    document: read.document ?? null,
    reservation: read.reservation ?? null,
    orderRef: read.order_ref ?? null,
    mark: read.mark ?? null,
    occurredAtMs: read.occurred_at,
  };
}

function within(location: Move['location'], status: StockStatus | undefined): Move['to'] {
  return status === undefined ? null : { location, status };
}
