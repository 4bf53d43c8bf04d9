import { movementsReply } from '../../contracts/facts.ts';
import { yes } from './ask.ts';
import type { Front } from './front.ts';
import type { OrderRow } from './order-file.ts';
import type { FactFinished } from './run-log.ts';
import { FACTS_AT, SOURCE } from './sales-network.ts';

export interface Fact {
  readonly row: OrderRow;
  readonly kind: 'return' | 'write_off';
  readonly quantity: number;
}

/** Tells the front what has happened already. Repeating it under the same run changes nothing. */
export async function bookFact(front: Front, fact: Fact): Promise<FactFinished> {
  const { row } = fact;
  const { kind, quantity, reason } = movementOf(fact);
  const movement = {
    id: `replay-${front.run.run}-row-${row.row}`,
    source: SOURCE,
    kind,
    sku: row.stock_code,
    location: FACTS_AT,
    quantity,
    reason,
    // A document restocks once; an invoice may name the same goods on two rows, and another run brings them again.
    document: `${front.run.run}-${row.invoice_no}-${row.row}`,
    // The run's own time: the sales beside it happen now too, and a repeat must state the same.
    occurred_at: front.run.startedAt,
  };
  const answer = await front.ask({
    kind: 'move',
    method: 'POST',
    path: '/v1/movements',
    token: front.keys.stock,
    body: { movements: [movement] },
    idempotencyKey: `${front.run.run}:${row.invoice_no}:${row.row}:${kind}`,
  });
  const outcome = yes('POST /v1/movements', answer, movementsReply).items[0];
  const about = { row: row.row, sku: row.stock_code, quantity, kind };
  if (outcome === undefined || outcome.outcome === 'rejected')
    return { type: 'rejected', ...about, code: outcome?.code ?? 'no_outcome' };
  return { type: 'booked', ...about, sequence: outcome.sequence ?? null };
}

function movementOf({ kind, quantity, row }: Fact) {
  switch (kind) {
    case 'return':
      return { kind: 'returned', quantity, reason: 'cancelled by the customer' } as const;
    case 'write_off':
      return { kind: 'adjusted', quantity: -quantity, reason: row.description.slice(0, 200) || 'written off' } as const;
  }
}
