import type { EventData, EventType } from '../../contracts/events.ts';
import type { ChannelId, Sku } from '../../domain/ids.ts';
import type { Network } from '../../domain/network.ts';
import { numbersBasis } from '../../domain/numbers-basis.ts';
import type { ChannelLaneStub, Fill, ItemLevels, Position } from '../../durable-objects/channel-lane/protocol.ts';
import type { Directories } from '../catalogue/directory.ts';
import { eventPage, type EventRow } from '../read-models/event-pages.ts';
import { NEWEST_CURSOR } from '../read-models/event-tables.ts';
import { digestOf } from '../request/digest.ts';
import { levelsOf, withKits } from './levels-of.ts';
import { FILL_ITEMS_MAX, FILL_WAITING_MAX } from './limits.ts';
import { channelNamesOf, listingsOf, type ChannelNames } from '../listings/channel-names.ts';
import type { OutletRow } from './outlets.ts';

export interface FillLaneDeps {
  readonly db: D1Database;
  readonly directories: Pick<Directories, 'renewed'>;
  readonly nowMs: () => number;
}

export interface Filled {
  readonly items: number;
  /** All that there is to know is in the lane; else there is more. */
  readonly ended: boolean;
  /** There is more, and what waits has to leave before. */
  readonly full: boolean;
}

const TYPES: readonly EventType[] = ['availability.changed', 'item.changed'];

/**
 * Brings a lane up to the present: follows the event stream behind the lane's own cursor, and goes through all items where what
 * their numbers or names rest on is another than before. What is handed over is read anew from the database after the lane
 * was asked where it stands, and the lane takes it only if it still stands there: so nothing older ever replaces anything newer.
 */
export async function fillLane(
  lane: Pick<ChannelLaneStub, 'position' | 'fill'>,
  outlet: OutletRow,
  { db, directories, nowMs }: FillLaneDeps,
  untilMs: number,
): Promise<Filled> {
  const { channel } = outlet;
  const target = digestOf(JSON.stringify([outlet.adapter, outlet.options]));
  let items = 0;
  for (let refused = 0; refused < TRIES_MAX && nowMs() < untilMs;) {
    const position = await lane.position();
    const { network } = await directories.renewed();
    const names = await channelNamesOf(db, channel);
    if (names === null) return { items, ended: true, full: false };
    const basis = digestOf(JSON.stringify([numbersBasis(network, channel), names.system, names.ownNames, [...names.places]]));
    const around = { revision: position.revision, basis, target, readAtMs: nowMs() };

    const step = await nextStep(db, position, around);
    if (step !== 'ended' && step.kind === 'begin') {
      // What is behind the newest event is found by going through all items, which begins after it.
      const cursor = step.cursor ?? (await newestCursor(db));
      if (!(await lane.fill({ ...around, items: [], cursor, sweepAfter: '' }))) refused += 1;
      continue;
    }
    // So that the lane knows up to when it knows all.
    if (step === 'ended') await lane.fill({ ...around, items: [], cursor: position.cursor ?? 0, sweepAfter: null });
    if (step === 'ended' || (step.kind === 'sweep' && position.waiting > FILL_WAITING_MAX)) {
      return { items, ended: step === 'ended', full: step !== 'ended' };
    }
    // Where all are gone through, or the catalogue changed, that is what changed, and not the stock.
    const sinceMs = step.kind === 'sweep' ? around.readAtMs : (step.rows[0]?.atMs ?? 0);
    const asked = step.kind === 'sweep' ? step.skus : changedFor(step.rows, channel);
    const skus = step.kind === 'sweep' || asked.length === 0 ? asked : await withKits(db, asked);
    const told = await handOver(lane, db, skus, { network, channel, names, sinceMs }, { ...around, ...step.next }, position);
    if (told) items += skus.length;
    else refused += 1;
  }
  return { items, ended: false, full: false };
}

/** Whoever fills too was faster; the third time it is the other's. */
const TRIES_MAX = 3;

type Around = Pick<Fill, 'revision' | 'basis' | 'target' | 'readAtMs'>;
type Next = Pick<Fill, 'cursor' | 'sweepAfter'>;
type Step =
  /** All items are to be gone through; the stream is followed from where it was, unless that is no longer kept. */
  | { readonly kind: 'begin'; readonly cursor: number | null }
  | { readonly kind: 'events'; readonly rows: readonly EventRow[]; readonly next: Next }
  | { readonly kind: 'sweep'; readonly skus: readonly Sku[]; readonly next: Next };

/** What changed goes first, then the items that are gone through. */
async function nextStep(db: D1Database, position: Position, { basis, target }: Around): Promise<Step | 'ended'> {
  const { cursor, sweepAfter } = position;
  if (cursor === null) return { kind: 'begin', cursor };
  const asked = { after: cursor, types: TYPES, reader: { who: 'everybody' }, limit: FILL_ITEMS_MAX } as const;
  const page = await eventPage(db, asked);
  if (page === null) return { kind: 'begin', cursor: null };
  if (position.basis !== basis || position.target !== target) return { kind: 'begin', cursor };
  if (page.items.length > 0) return { kind: 'events', rows: page.items, next: { cursor: page.through, sweepAfter } };
  if (sweepAfter !== null) {
    const skus = await itemsAfter(db, sweepAfter);
    const last = skus.length < FILL_ITEMS_MAX ? null : (skus.at(-1) ?? null);
    return { kind: 'sweep', skus, next: { cursor: page.through, sweepAfter: last } };
  }
  // A cursor that never moved on would be older one day than what is kept.
  return page.through > cursor + CURSOR_LAG ? { kind: 'events', rows: [], next: { cursor: page.through, sweepAfter } } : 'ended';
}

/** Events of other kinds that are read again each time before that is written down. */
const CURSOR_LAG = 1_000;

/** In pieces where kits make many of few; only with the last is it so far. */
async function handOver(
  lane: Pick<ChannelLaneStub, 'fill'>,
  db: D1Database,
  skus: readonly Sku[],
  about: { readonly network: Network; readonly channel: ChannelId; readonly names: ChannelNames; readonly sinceMs: number },
  last: Around & Next,
  { cursor, sweepAfter }: Position,
): Promise<boolean> {
  let { revision } = last;
  for (let at = 0; at === 0 || at < skus.length; at += FILL_ITEMS_MAX) {
    const items = await itemLevels(db, skus.slice(at, at + FILL_ITEMS_MAX), about);
    const isLast = at + FILL_ITEMS_MAX >= skus.length;
    const next = isLast ? last : { ...last, cursor: cursor ?? last.cursor, sweepAfter };
    if (!(await lane.fill({ ...next, revision, items }))) return false;
    if (items.length > 0) revision += 1;
  }
  return true;
}

async function itemLevels(
  db: D1Database,
  skus: readonly Sku[],
  {
    network,
    channel,
    names,
    sinceMs,
  }: { readonly network: Network; readonly channel: ChannelId; readonly names: ChannelNames; readonly sinceMs: number },
): Promise<readonly ItemLevels[]> {
  if (skus.length === 0) return [];
  const [levels, listings] = await Promise.all([levelsOf(db, skus, network, channel), listingsOf(db, skus, names)]);
  return [...levels].map(([sku, { quantity, places, status, sequence, asOfMs }]) => {
    const told = places.flatMap(({ location, quantity: there }) => {
      const place = names.places.get(location);
      return place === undefined ? [] : [{ place, quantity: there }];
    });
    const level = { quantity, places: told, low: status === 'low_stock', sequence, atMs: Math.max(asOfMs, sinceMs) };
    return { sku, levels: (listings.get(sku) ?? []).map((listing) => ({ listing, ...level })) };
  });
}

/** Items of which this channel is to show something else. */
function changedFor(rows: readonly EventRow[], channel: ChannelId): readonly Sku[] {
  const changed = new Set<Sku>();
  for (const { sku, type, data } of rows) {
    if (sku === null) continue;
    if (type === 'item.changed') changed.add(sku);
    else {
      const { channels } = JSON.parse(data) as EventData<'availability.changed'>;
      if (channels === null || channels.some((one) => one.channel === channel)) changed.add(sku);
    }
  }
  return [...changed];
}

async function itemsAfter(db: D1Database, after: string): Promise<readonly Sku[]> {
  const { results } = await db
    .prepare('SELECT sku FROM item WHERE sku > ? ORDER BY sku LIMIT ?')
    .bind(after, FILL_ITEMS_MAX)
    .all<{ sku: Sku }>();
  return results.map(({ sku }) => sku);
}

async function newestCursor(db: D1Database): Promise<number> {
  return (await db.prepare(`SELECT ${NEWEST_CURSOR} AS newest`).first<number | null>('newest')) ?? 0;
}
