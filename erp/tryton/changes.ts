import * as z from 'zod';
import type { ErpMovementKind } from '../../contracts/generic-erp.ts';
import type { Sku } from '../../domain/ids.ts';
import type { PostingLine } from '../../domain/posting.ts';
import type { ErpNote, ErpNotes } from '../notes.ts';
import { ErpUnavailable, type ErpChange, type ErpChangePage } from '../port.ts';
import { zoneOf, type Books } from './books.ts';
import { cursorOf, movedOn, seenRuns, wasSeen, windowOf, type FeedWindow } from './feed-window.ts';
import type { KnownBooks } from './known-books.ts';
import { EXCLUDED_RANGES_MAX, SEEN_PAGES_MAX } from './limits.ts';
import { isOf, receiptOf } from './move-states.ts';
import type { Rpc } from './rpc.ts';
import { eachOnce, instant, msOf, quantity, wireInstant } from './values.ts';

export interface ChangesDeps {
  readonly rpc: Rpc;
  readonly books: KnownBooks;
  readonly notes: ErpNotes;
  readonly pageMax: number;
}

/** A page of what was done since the cursor. Our own moves are known by our notes, whoever did them in the end. */
export async function changes(deps: ChangesDeps, after: string | null, signal: AbortSignal): Promise<ErpChangePage> {
  const window = windowOf(after);
  const books = await deps.books.get(signal);
  const { moves, atEnd } = await newMoves(deps, books, window, signal);
  if (moves.length === 0) return { items: [], nextCursor: after ?? cursorOf(window) };

  const known = await withTheirLocations(deps, books, moves, signal);
  const found = await deps.notes.ofDocuments(moves.map(({ id }) => id));
  // After a restored backup a number that we noted may be somebody else's.
  const ours = moves.flatMap(({ id, created }): [number, ErpNote][] => {
    const note = found.get(id);
    return note !== undefined && isOf(note.stamp, created) ? [[id, note]] : [];
  });
  const notes = new Map(ours);
  const rest = await restOf(deps, books, notes, moves, signal);
  return { items: told(moves, rest, notes, known), nextCursor: cursorOf(movedOn(window, moves)), ...(atEnd ? { atEnd } : {}) };
}

type Move = z.output<typeof moveRow>;

const moveRow = z
  .object({
    id: z.int(),
    'product.': z.object({ id: z.int(), code: z.string().nullable() }),
    internal_quantity: quantity,
    from_location: z.int(),
    to_location: z.int(),
    shipment: z.string().nullable(),
    origin: z.string().nullable(),
    // `do` is a write, so what is done has one.
    write_date: instant,
    create_date: instant,
  })
  .transform(({ write_date: stamp, create_date: created, ...move }) => ({ ...move, stamp, created }));

const FIELDS = [
  'product.code',
  'internal_quantity',
  'from_location',
  'to_location',
  'shipment',
  'origin',
  'write_date',
  'create_date',
];
const OLDEST_FIRST = [
  ['write_date', 'ASC'],
  ['id', 'ASC'],
];

async function newMoves(
  { rpc, pageMax }: ChangesDeps,
  { companyId }: Books,
  window: FeedWindow,
  signal: AbortSignal,
): Promise<{ readonly moves: readonly Move[]; readonly atEnd: boolean }> {
  const domain = [['state', '=', 'done'], ['company', '=', companyId], ...since(window), ...without(window)];
  for (let page = 0; page < SEEN_PAGES_MAX; page += 1) {
    const args = [domain, page * pageMax, pageMax, OLDEST_FIRST, FIELDS];
    const call = { method: 'stock.move.search_read', args, result: eachOnce(moveRow), context: { company: companyId } };
    const moves = await rpc.ask(call, signal);
    const unseen = moves.filter((move) => !wasSeen(window, move));
    const atEnd = moves.length < pageMax;
    if (unseen.length > 0 || atEnd) return { moves: unseen, atEnd };
  }
  throw new ErpUnavailable('Tryton has more moves at one moment than we look through.');
}

function since({ from }: FeedWindow): readonly unknown[] {
  return from === null ? [] : [['write_date', '>=', wireInstant(from)]];
}

/** The longest runs of what was seen, so that a page is not filled with it. */
function without(window: FeedWindow): readonly unknown[] {
  const longest = seenRuns(window).toSorted((a, b) => b.last - b.first - (a.last - a.first));
  return longest
    .slice(0, EXCLUDED_RANGES_MAX)
    .map(({ first, last, from, until }) => [
      'OR',
      ['id', '<', first],
      ['id', '>', last],
      ['write_date', '<', wireInstant(from)],
      ['write_date', '>=', wireInstant(until)],
    ]);
}

/** Somebody may have created a location since we looked. */
async function withTheirLocations(
  { books }: ChangesDeps,
  known: Books,
  moves: readonly Move[],
  signal: AbortSignal,
): Promise<Books> {
  const strange = moves.some(
    ({ from_location, to_location }) => !known.locations.has(from_location) || !known.locations.has(to_location),
  );
  return strange ? books.again(signal) : known;
}

/** Those moves of our postings that are not in this page: each posting is told as a whole. */
async function restOf(
  { rpc }: ChangesDeps,
  { companyId }: Books,
  notes: ReadonlyMap<number, ErpNote>,
  moves: readonly Move[],
  signal: AbortSignal,
): Promise<readonly Move[]> {
  const here = new Set(moves.map(({ id }) => id));
  const missing = new Set([...notes.values()].flatMap(({ documents }) => documents.filter((id) => !here.has(id))));
  if (missing.size === 0) return [];
  const domain = [
    ['id', 'in', [...missing]],
    ['state', '=', 'done'],
  ];
  const args = [domain, 0, missing.size, null, FIELDS];
  return rpc.ask({ method: 'stock.move.search_read', args, result: eachOnce(moveRow), context: { company: companyId } }, signal);
}

function told(
  moves: readonly Move[],
  rest: readonly Move[],
  notes: ReadonlyMap<number, ErpNote>,
  books: Books,
): readonly ErpChange[] {
  const byId = new Map([...moves, ...rest].map((move) => [move.id, move]));
  const toldKeys = new Set<string>();
  return moves.flatMap((move) => {
    const note = notes.get(move.id);
    const key = note?.key ?? `tryton.move.${move.id}`;
    const documents = note?.documents ?? [move.id];
    if (toldKeys.has(key)) return [];
    toldKeys.add(key);
    const parts = documents.flatMap((id) => byId.get(id) ?? []);
    const { kind, lines, reason } = meaningOf(parts, books);
    // From one shelf to the next, or from a supplier straight to a customer: nothing changes at any of our places.
    if (lines.length === 0) return [];
    return {
      key,
      kind,
      sku: (move['product.'].code ?? `product ${move['product.'].id}`) as Sku,
      // A part of a unit is nobody's movement: told without lines it becomes a case, not a guess.
      lines: lines.every(({ onHand }) => Number.isSafeInteger(onHand)) ? lines : [],
      orderRef: null,
      document: move.shipment ?? move.origin,
      reason,
      // When it was booked, not the day that somebody wrote on it: a balance holds what was booked.
      occurredAtMs: msOf(move.stamp),
      mark: null,
      reference: receiptOf(documents).reference,
    };
  });
}

interface Meaning {
  readonly kind: ErpMovementKind;
  readonly lines: readonly PostingLine[];
  readonly reason: string | null;
}

function meaningOf(moves: readonly Move[], books: Books): Meaning {
  const lines = new Map<string, PostingLine>();
  const add = (id: number, onHand: number): void => {
    const zone = zoneOf(books, id);
    if (zone === null) return;
    const { location, status } = zone;
    const place = JSON.stringify([location, status]);
    lines.set(place, { location, status, onHand: (lines.get(place)?.onHand ?? 0) + onHand, committed: 0 });
  };
  for (const { from_location, to_location, internal_quantity } of moves) {
    add(from_location, -internal_quantity);
    add(to_location, internal_quantity);
  }
  const changed = [...lines.values()].filter(({ onHand }) => onHand !== 0);
  const [first] = moves;
  return { lines: changed, ...(first === undefined ? NO_MEANING : kindOf(first, books)) };
}

const NO_MEANING = { kind: 'adjusted', reason: null } as const;

/** By where it came from and where it went. */
function kindOf({ from_location, to_location }: Move, books: Books): Pick<Meaning, 'kind' | 'reason'> {
  const [from, to] = [zoneOf(books, from_location), zoneOf(books, to_location)];
  if (from !== null && to !== null)
    return { kind: from.location === to.location ? 'status_changed' : 'transferred', reason: null };
  const outside = books.locations.get(from === null ? from_location : to_location);
  if (outside?.type === 'customer') return { kind: from === null ? 'returned' : 'sold', reason: null };
  if (outside?.type === 'supplier' && from === null) return { kind: 'received', reason: null };
  return { kind: 'adjusted', reason: outside?.name ?? null };
}
