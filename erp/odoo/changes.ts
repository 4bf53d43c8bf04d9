import * as z from 'zod';
import type { ErpMovementKind } from '../../contracts/generic-erp.ts';
import type { PostingLine } from '../../domain/posting.ts';
import { ErpUnavailable, type ErpChange, type ErpChangePage } from '../port.ts';
import { allRows, type OdooClient } from './client.ts';
import { ODOO_EMPTY_PAGES_MAX } from './limits.ts';
import { cursorOf, movedOn, textOf, unseen, type FeedCursor } from './cursor.ts';
import { itemsBy, type Item } from './items.ts';
import { placeKey, type Places } from './places.ts';
import { eachOnce, id, link, maybeLink, maybeText, maybeTime, quantity, time } from './values.ts';
import { zonesOf, type Zone } from './zones.ts';

/** What was moved since the cursor, whoever moved it, in the order in which it was written. */
export async function changePage(
  client: OdooClient,
  places: Places,
  { after, limit }: { readonly after: string | null; readonly limit: number },
  signal: AbortSignal,
): Promise<ErpChangePage> {
  let cursor = after;
  for (let pages = 1; ; pages += 1) {
    const page = await movePage(client, places, { cursor: cursorOf(cursor), limit }, signal);
    // Moves between places that are one number of ours are no changes; those behind them may be.
    if (page.items.length > 0 || page.nextCursor === cursor || pages === ODOO_EMPTY_PAGES_MAX) return page;
    cursor = page.nextCursor;
  }
}

async function movePage(
  client: OdooClient,
  places: Places,
  { cursor, limit }: { readonly cursor: FeedCursor; readonly limit: number },
  signal: AbortSignal,
): Promise<ErpChangePage> {
  const named = { domain: doneMoves(places, cursor), fields: MOVE_FIELDS, order: 'write_date, id', limit };
  const moves = await client.ask(
    { model: 'stock.move', method: 'search_read', named, context: contextOf(places) },
    moveRows,
    signal,
  );
  const nextCursor = textOf(movedOn(cursor, moves.map(seen)));
  if (moves.length === 0) return { items: [], nextCursor };

  const [lines, transfers, items] = await Promise.all([
    moveLines(client, places, moves, signal),
    transfersOf(client, places, moves, signal),
    itemsBy(client, places, [['id', 'in', [...new Set(moves.map(({ product_id }) => product_id))]]], signal),
  ]);
  const locations = [...lines.values()].flat().flatMap(({ location_id, location_dest_id }) => [location_id, location_dest_id]);
  const zones = await zonesOf(client, places, locations, signal);
  const itemOf = new Map(items.map((item) => [item.id, item]));
  const told = moves.flatMap((move) => {
    const item = itemOf.get(move.product_id);
    const transfer = move.picking_id === null ? undefined : transfers.get(move.picking_id);
    return item?.stocked === true ? [changeOf(move, transfer, item, lines.get(move.id) ?? [], zones)] : [];
  });
  return {
    items: postingsInOne(told).filter((change) => change.lines.length > 0),
    nextCursor,
    ...(moves.length < limit ? { atEnd: true } : {}),
  };
}

function doneMoves({ company, roots }: Places, cursor: FeedCursor) {
  const ours = [...roots.keys()];
  return [
    ['state', '=', 'done'],
    ['company_id', '=', company],
    '|',
    ['location_id', 'child_of', ours],
    ['location_dest_id', 'child_of', ours],
    ...unseen(cursor),
  ];
}

const MOVE_FIELDS = ['product_id', 'picking_id', 'reference', 'date', 'write_date'];

const moveRows = eachOnce(
  z.object({ id, product_id: link, picking_id: maybeLink, reference: maybeText, date: time, write_date: time }),
);
type MoveRow = z.output<typeof moveRows>[number];

const lineRows = z.array(
  z.object({ id, move_id: link, location_id: link, location_dest_id: link, quantity_product_uom: quantity }),
);
type LineRow = z.output<typeof lineRows>[number];

const transferRows = z.array(z.object({ id, name: z.string(), origin: maybeText, scheduled_date: maybeTime }));
type TransferRow = z.output<typeof transferRows>[number];

function seen({ id: move, write_date: writtenAtMs }: MoveRow) {
  return { id: move, writtenAtMs };
}

/** From where to where units went is said by a move's lines; the move itself may name a location further up. */
async function moveLines(client: OdooClient, places: Places, moves: readonly MoveRow[], signal: AbortSignal) {
  const search = {
    model: 'stock.move.line',
    domain: [
      ['move_id', 'in', moves.map((move) => move.id)],
      ['state', '=', 'done'],
    ],
    fields: ['move_id', 'location_id', 'location_dest_id', 'quantity_product_uom'],
    context: contextOf(places),
  };
  return Map.groupBy(await allRows(client, search, lineRows, signal), ({ move_id }) => move_id);
}

async function transfersOf(client: OdooClient, places: Places, moves: readonly MoveRow[], signal: AbortSignal) {
  const asked = [...new Set(moves.flatMap(({ picking_id }) => (picking_id === null ? [] : [picking_id])))];
  if (asked.length === 0) return new Map<number, TransferRow>();
  const search = {
    model: 'stock.picking',
    domain: [['id', 'in', asked]],
    fields: ['name', 'origin', 'scheduled_date'],
    context: contextOf(places),
  };
  const transfers = new Map((await allRows(client, search, transferRows, signal)).map((transfer) => [transfer.id, transfer]));
  // A move whose transfer is not told would not be known as one of our postings.
  if (transfers.size < asked.length) throw new ErpUnavailable('Odoo did not tell all transfers that were asked for.');
  return transfers;
}

function contextOf({ company }: Places) {
  return { allowed_company_ids: [company] };
}

// A posting's key is the name of its transfer. What Odoo names by itself has no such end.
const POSTING_KEY = /^.+#[1-9]\d{0,15}$/;

function changeOf(
  move: MoveRow,
  transfer: TransferRow | undefined,
  { sku }: Item,
  moved: readonly LineRow[],
  zones: ReadonlyMap<number, Zone>,
): ErpChange {
  const { lines, kind } = effectOf(moved, zones);
  const told = { mark: null, kind, sku, lines, orderRef: transfer?.origin ?? null };
  if (transfer === undefined) {
    const reference = `stock.move,${move.id}`;
    return { ...told, key: keyOf(move), document: null, reason: move.reference, occurredAtMs: move.date, reference };
  }
  const reference = `stock.picking,${transfer.id}`;
  if (POSTING_KEY.test(transfer.name))
    return {
      ...told,
      key: transfer.name,
      document: null,
      reason: null,
      occurredAtMs: transfer.scheduled_date ?? move.date,
      reference,
    };
  return { ...told, key: keyOf(move), document: transfer.name, reason: null, occurredAtMs: move.date, reference };
}

function keyOf(move: MoveRow): string {
  return `odoo.move.${move.id}`;
}

/** Signed changes of our numbers. What went from one shelf to another below the same number changed nothing. */
function effectOf(moved: readonly LineRow[], zones: ReadonlyMap<number, Zone>) {
  const sums = new Map<string, PostingLine>();
  const outside = new Set<string>();
  const add = (location: number, quantity: number): void => {
    const zone = zones.get(location);
    if (zone === undefined || zone.root === null) return void outside.add(zone?.usage ?? 'internal');
    const at = placeKey(zone.root.location, zone.root.status);
    const sum = sums.get(at) ?? { ...zone.root, onHand: 0, committed: 0 };
    sums.set(at, { ...sum, onHand: sum.onHand + quantity });
  };
  for (const { location_id, location_dest_id, quantity_product_uom: quantity } of moved) {
    add(location_id, -quantity);
    add(location_dest_id, quantity);
  }
  const lines = [...sums.values()]
    .map((line) => ({ ...line, onHand: Math.round(line.onHand) + 0 }))
    .filter(({ onHand }) => onHand !== 0);
  return { lines, kind: kindOf(lines, outside) };
}

/** By whom the other side belongs to: locations of ours, or one usage of those that are not. */
function kindOf(lines: readonly PostingLine[], outside: ReadonlySet<string>): ErpMovementKind {
  const [usage, another] = outside;
  if (usage === undefined) return new Set(lines.map(({ location }) => location)).size > 1 ? 'transferred' : 'status_changed';
  const comesIn = lines.every(({ onHand }) => onHand > 0);
  if (another === undefined && usage === 'customer') return comesIn ? 'returned' : 'sold';
  if (another === undefined && usage === 'supplier' && comesIn) return 'received';
  return 'adjusted';
}

/** A posting of several places is one transfer of several moves. */
function postingsInOne(changes: readonly ErpChange[]): readonly ErpChange[] {
  const byPosting = new Map<string, ErpChange>();
  for (const change of changes) {
    const at = JSON.stringify([change.key, change.sku]);
    const earlier = byPosting.get(at);
    byPosting.set(at, earlier === undefined ? change : { ...earlier, lines: [...earlier.lines, ...change.lines] });
  }
  return [...byPosting.values()];
}
