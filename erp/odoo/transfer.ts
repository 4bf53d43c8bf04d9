import type { Posting, PostingLine } from '../../domain/posting.ts';
import type { Item } from './items.ts';
import { placeKey, type Places, type Warehouse } from './places.ts';
import { odooTime } from './values.ts';

export interface Refusal {
  readonly code: string;
  readonly detail: string;
}

interface OdooMove {
  readonly from: number;
  readonly to: number;
  readonly quantity: number;
}

/** The transfer that books a posting, as Odoo wants to read it, or why there is none. */
export function transferOf(posting: Posting, item: Item, places: Places): Readonly<Record<string, unknown>> | Refusal {
  const lines = posting.lines.filter(({ onHand }) => onHand !== 0);
  const [first] = lines;
  if (first === undefined) return NOTHING;
  const unknown = lines.find(({ location, status }) => !places.rootOf.has(placeKey(location, status)));
  if (unknown !== undefined) return noPlace(unknown, places);

  const moves = movesOf(posting, lines, item, places);
  const [move] = moves;
  const warehouse = places.warehouses.get(first.location);
  if (warehouse === undefined) return noPlace(first, places);
  if (move === undefined) return NOTHING;
  return {
    name: posting.key,
    origin: posting.orderRef ?? posting.document ?? false,
    picking_type_id: operationType(moves, warehouse, places),
    location_id: move.from,
    location_dest_id: move.to,
    scheduled_date: odooTime(posting.occurredAtMs),
    ...noteOf(posting),
    move_ids: moves.map(({ from, to, quantity }) => [
      0,
      0,
      {
        ...(places.movesHaveNames ? { name: posting.key } : {}),
        product_id: item.id,
        company_id: places.company,
        location_id: from,
        location_dest_id: to,
        product_uom_qty: quantity,
        // Done from the beginning: nothing is left to a reservation, which might find less.
        quantity,
        picked: true,
      },
    ]),
  };
}

export function isRefusal(transfer: Readonly<Record<string, unknown>> | Refusal): transfer is Refusal {
  return 'code' in transfer;
}

const NOTHING: Refusal = {
  code: 'nothing_to_move',
  detail: 'It moves nothing on hand, and Odoo has no number of what is committed: set ERP_ISSUE_AT to commit or fulfil.',
};

/** One move per pair of locations: Odoo would merge two of them into one. */
function movesOf(posting: Posting, lines: readonly PostingLine[], item: Item, places: Places): readonly OdooMove[] {
  const units = new Map<number, number>();
  for (const line of lines) {
    const at = rootOf(line, places);
    units.set(at, (units.get(at) ?? 0) + line.onHand);
  }
  const left = [...units].map(([at, change]) => ({ at, change }));
  const moves: OdooMove[] = [];
  if (staysInside(posting)) {
    for (const source of left.filter(({ change }) => change < 0)) {
      for (const target of left.filter(({ change }) => change > 0)) {
        const quantity = Math.min(-source.change, target.change);
        if (quantity <= 0) continue;
        moves.push({ from: source.at, to: target.at, quantity });
        source.change += quantity;
        target.change -= quantity;
      }
    }
  }
  const outside = counterpartOf(posting, item, places);
  for (const { at, change } of left) {
    if (change > 0) moves.push({ from: outside, to: at, quantity: change });
    if (change < 0) moves.push({ from: at, to: outside, quantity: -change });
  }
  return moves;
}

function staysInside({ kind }: Posting): boolean {
  return kind === 'transferred' || kind === 'status_changed' || kind === 'reallocated';
}

/** Who has what is not, or no longer, ours. */
function counterpartOf({ kind }: Posting, item: Item, { customers, suppliers }: Places): number {
  switch (kind) {
    case 'committed':
    case 'cancelled':
    case 'shipped':
    case 'sold':
    case 'returned':
    case 'reallocated':
      return customers;
    case 'received':
      return suppliers;
    case 'adjusted':
    case 'counted':
    case 'transferred':
    case 'status_changed':
      return item.losses;
  }
}

function operationType(moves: readonly OdooMove[], warehouse: Warehouse, { customers, suppliers }: Places): number {
  if (moves.some(({ to }) => to === customers || to === suppliers)) return warehouse.outgoing;
  return moves.some(({ from }) => from === customers || from === suppliers) ? warehouse.incoming : warehouse.internal;
}

function rootOf({ location, status }: PostingLine, { rootOf: roots }: Places): number {
  const root = roots.get(placeKey(location, status));
  if (root === undefined) throw new Error(`${location} has no location for ${status}`);
  return root;
}

function noPlace({ location, status }: PostingLine, { warehouses }: Places): Refusal {
  if (!warehouses.has(location))
    return { code: 'unknown_location', detail: `Odoo has no warehouse with the short name ${location}.` };
  return {
    code: 'unknown_status',
    detail: `Warehouse ${location} has no location for ${status}: name it in ERP_OPTIONS under "statuses", and make it in Odoo.`,
  };
}

/** What people who open the transfer may want to know. */
function noteOf({ document, reason }: Posting): { readonly note?: string } {
  const lines = [document, reason].flatMap((text) => (text === null || text === '' ? [] : [`<p>${escaped(text)}</p>`]));
  return lines.length === 0 ? {} : { note: lines.join('') };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
