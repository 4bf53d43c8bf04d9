import { movementsReply } from '../../contracts/facts.ts';
import { reservation, type ReservationReply } from '../../contracts/reservations.ts';
import { problemOf, yes, type Answer, type Ask } from './ask.ts';
import type { Meaning } from './classify.ts';
import type { ApiKeys } from './keys.ts';
import type { OrderRow } from './order-file.ts';
import type { Patience } from './patience.ts';
import { ReplayStopped } from './replay-stopped.ts';
import type { RowFinished, RunStarted } from './run-log.ts';

export const CHANNEL = 'web';
export const LOCATION = 'dc';
export const SOURCE = 'wms';

export interface Front {
  readonly ask: Ask;
  readonly keys: ApiKeys;
  readonly run: Pick<RunStarted, 'run' | 'issueAt' | 'startedAt'>;
  readonly patience: Patience;
}

export type Stocked = Exclude<Meaning, { readonly kind: 'skipped' }>;

/** Takes one row through the front's API and says how it ended. Repeating it under the same run changes nothing. */
export async function replayRow(front: Front, row: OrderRow, meaning: Stocked): Promise<RowFinished> {
  switch (meaning.kind) {
    case 'sale':
      return sell(front, row, meaning.quantity);
    case 'return':
      return book(front, row, 'returned', meaning.quantity, 'cancelled by the customer');
    case 'write_off':
      return book(front, row, 'adjusted', -meaning.quantity, row.description.slice(0, 200) || 'written off');
  }
}

async function sell(front: Front, row: OrderRow, quantity: number): Promise<RowFinished> {
  const reserved = await salesCall(front, row, 'reserve', '/v1/reservations', {
    channel: CHANNEL,
    lines: [{ sku: row.stock_code, quantity }],
  });
  if (refusal(reserved)) return refused(row, 'reserve', reserved);
  const taken = yes('reserve', reserved, reservation);

  const path = `/v1/reservations/${encodeURIComponent(taken.id)}`;
  const pinned = await salesCall(front, row, 'pin', `${path}/pin`, {});
  if (refusal(pinned)) return refused(row, 'pin', pinned);

  const committed = await salesCall(front, row, 'commit', `${path}/commit`, { order_ref: row.invoice_no });
  if (refusal(committed)) return refused(row, 'commit', committed);

  const sold = {
    type: 'committed',
    row: row.row,
    sku: row.stock_code,
    asked: quantity,
    quantity: onlyLine(yes('commit', committed, reservation)).committed,
    takenAt: takenAt(taken, yes('pin', pinned, reservation)),
    fulfilled: 0,
    unfulfilledCode: null,
  } as const;
  if (front.run.issueAt === 'commit') return sold;

  const fulfilled = await salesCall(front, row, 'fulfill', `${path}/fulfill`, {});
  if (refusal(fulfilled)) return { ...sold, unfulfilledCode: problemOf(fulfilled).code };
  return { ...sold, fulfilled: onlyLine(yes('fulfill', fulfilled, reservation)).fulfilled };
}

async function book(
  front: Front,
  row: OrderRow,
  kind: 'returned' | 'adjusted',
  quantity: number,
  reason: string,
): Promise<RowFinished> {
  const movement = {
    id: `replay-${front.run.run}-row-${row.row}`,
    source: SOURCE,
    kind,
    sku: row.stock_code,
    location: LOCATION,
    quantity,
    reason,
    // A document restocks once, and an invoice may name the same goods on two rows.
    document: `${row.invoice_no}-${row.row}`,
    // The run's own time: the sales beside it happen now too, and a repeat must state the same.
    occurred_at: front.run.startedAt,
  };
  const answer = await front.ask({
    kind: 'move',
    method: 'POST',
    path: '/v1/movements',
    token: front.keys.stock,
    body: { movements: [movement] },
    idempotencyKey: keyOf(front, row, kind),
  });
  const outcome = yes('POST /v1/movements', answer, movementsReply).items[0];
  const about = { row: row.row, sku: row.stock_code, quantity, kind };
  if (outcome === undefined || outcome.outcome === 'rejected')
    return { type: 'rejected', ...about, code: outcome?.code ?? 'no_outcome' };
  return { type: 'booked', ...about, sequence: outcome.sequence ?? null };
}

function salesCall(
  front: Front,
  row: OrderRow,
  kind: 'reserve' | 'pin' | 'commit' | 'fulfill',
  path: string,
  body: unknown,
): Promise<Answer> {
  return front.ask({ kind, method: 'POST', path, token: front.keys.sales_web, body, idempotencyKey: keyOf(front, row, kind) });
}

function keyOf(front: Front, row: OrderRow, operation: string): string {
  return `${front.run.run}:${row.invoice_no}:${row.row}:${operation}`;
}

/** A refusal concerns this row. A key that is not let in concerns them all, so that stops the run. */
function refusal(answer: Answer): boolean {
  if (answer.status === 401 || answer.status === 403) {
    const { code, detail } = problemOf(answer);
    throw new ReplayStopped(`The front does not let the sales key in: ${answer.status} ${code}: ${detail}`);
  }
  return answer.status >= 300;
}

function refused(row: OrderRow, at: 'reserve' | 'pin' | 'commit', answer: Answer): RowFinished {
  const { code, lines } = problemOf(answer);
  return {
    type: 'refused',
    row: row.row,
    sku: row.stock_code,
    quantity: row.quantity,
    at,
    code,
    available: lines?.[0]?.available ?? null,
  };
}

/** The sequence at which the units were taken for good: a reservation that lapsed was taken anew by the pin. */
function takenAt(taken: ReservationReply, pinned: ReservationReply): number {
  const lapsed = taken.expires_at !== null && Date.parse(pinned.as_of) >= Date.parse(taken.expires_at);
  return onlyLine(lapsed ? pinned : taken).sequence;
}

function onlyLine(reply: ReservationReply): ReservationReply['lines'][number] {
  const [line, ...others] = reply.lines;
  if (line === undefined || others.length > 0)
    throw new ReplayStopped(`Reservation ${reply.id} was asked for one line and has ${reply.lines.length}.`);
  return line;
}
