import { assert } from './assert.ts';
import type { Change, Entry, Event, UnitClass, Units } from './event.ts';
import type { ReservationId, SourceId } from './ids.ts';
import { admit, remove, sharedLines } from './live.ts';
import { quotaVersionsAfter } from './quotas.ts';
import { merged, without } from './reservation.ts';
import { placeKey, wholeItem, type Base, type Line, type Placed, type Reservation, type Stock, type Term } from './stock.ts';

/**
 * Folds one recorded fact into the state. It never refuses, because the fact already happened.
 * The stock is changed in place: a copy per entry would cost as much as all reservations that are live.
 */
export function evolve(stock: Stock, entry: Entry): void {
  stock.sequence = entry.sequence;
  stock.lastNowMs = Math.max(stock.lastNowMs, entry.atMs);
  stock.quotaVersions = quotaVersionsAfter(stock.quotaVersions, entry);
  happened(stock, entry, entry.event);
}

function happened(stock: Stock, entry: Entry, event: Event): void {
  switch (event.type) {
    case 'reserved':
      assert(!stock.live.has(event.reservation), 'a reservation begins once');
      return admit(stock, {
        id: event.reservation,
        channel: event.channel,
        buyer: event.buyer,
        split: event.split === 'never' ? 'never' : 'allowed',
        orderRefs: NOTHING,
        createdAtMs: entry.atMs,
        term: { kind: 'active', expiresAtMs: event.expiresAtMs },
        // An object may hold a hundred thousand of these: every field is named, and no list has room to grow, since either takes memory.
        lines: sharedLines(
          stock,
          event.lines.map((units) => ({
            line: units.line,
            asked: units.asked,
            at: units.at,
            open: units.quantity,
            openAt: units.placed.length === 0 ? NOTHING : [...units.placed],
            owed: 0,
            owedAt: NOTHING,
            fulfilled: 0,
            cancelled: 0,
            released: 0,
            expired: 0,
            ...(units.soldAs === undefined ? {} : { soldAs: units.soldAs }),
          })),
        ),
      });
    case 'extended':
      return change(stock, event.reservation, (was) => ({ ...was, term: { kind: 'active', expiresAtMs: event.expiresAtMs } }));
    case 'grown':
      return changeLines(stock, event.reservation, event.lines, (line, units) => ({
        ...opened(line, units),
        asked: line.asked + units.quantity,
      }));
    case 'released':
      return changeLines(stock, event.reservation, event.lines, (line, units) => ({
        ...closed(line, units),
        released: line.released + units.quantity,
      }));
    case 'pinned':
      return change(stock, event.reservation, (was) => ({ ...was, term: pinnedUntil(event.outcomeDueMs) }));
    case 'retaken':
      changeLines(stock, event.reservation, event.lines, (line, units) => ({
        ...opened(line, units),
        expired: line.expired - units.quantity,
      }));
      return change(stock, event.reservation, (was) => ({ ...was, term: pinnedUntil(event.outcomeDueMs) }));
    case 'expired':
      for (const { reservation } of event.reservations) {
        change(stock, reservation, (was) => ({
          ...was,
          lines: was.lines.map((line) => ({ ...line, open: 0, openAt: [], expired: line.expired + line.open })),
        }));
      }
      return;
    case 'ordered':
      if (event.location !== null && event.onHand !== 0)
        changeOnHand(stock, { location: event.location, status: 'sellable', onHand: event.onHand });
      return ordered(stock, entry, event);
    case 'handed_over':
      return change(stock, event.reservation, (was) => ({ ...was, buyer: event.buyer, reference: event.reference }));
    case 'committed':
      change(stock, event.reservation, (was) => ({ ...was, orderRefs: newestLast(was.orderRefs, event.orderRef) }));
      return changeLines(stock, event.reservation, event.lines, (line, units) => ({
        ...closed(line, units),
        owed: line.owed + units.quantity,
        owedAt: merged(line.owedAt, units.placed),
      }));
    case 'cancelled':
      return changeLines(stock, event.reservation, event.lines, (line, units) => ({
        ...settled(line, units),
        cancelled: line.cancelled + units.quantity,
      }));
    case 'shipped':
      changeOnHand(stock, { location: event.location, status: 'sellable', onHand: event.onHand });
      return changeLines(stock, event.reservation, event.lines, (line, units) => ({
        ...settled(line, units),
        fulfilled: line.fulfilled + units.quantity,
      }));
    case 'placed':
      return changeLines(stock, event.reservation, [{ line: event.line, quantity: 0, placed: [event.at] }], (line, units) =>
        moved(line, event.class, [], units.placed),
      );
    case 'reallocated': {
      if (event.onHand !== undefined) changeOnHand(stock, { location: event.from, status: 'sellable', onHand: event.onHand });
      const from = [{ location: event.from, quantity: event.at.quantity }];
      return changeLines(stock, event.reservation, [{ line: event.line, quantity: 0, placed: [event.at] }], (line, units) =>
        moved(line, event.class, from, units.placed),
      );
    }
    case 'backordered':
      return changeLines(stock, event.reservation, [{ line: event.line, quantity: 0, placed: [event.from] }], (line, units) =>
        moved(line, event.class, units.placed, []),
      );
    case 'moved':
      for (const one of event.changes) changeOnHand(stock, one);
      return;
    case 'counted':
    case 'reconciled':
      stock.countedAtMs = Math.max(stock.countedAtMs ?? 0, event.occurredAtMs);
      return changeOnHand(stock, event, event.base === null ? undefined : { source: event.source, base: event.base });
    case 'item_changed':
      stock.item = wholeItem(event.item);
      return;
    case 'case_opened':
      stock.cases.set(entry.sequence, {
        number: entry.sequence,
        about: event.about,
        openedAtMs: entry.atMs,
        difference: event.difference,
      });
      return;
    case 'case_changed':
      stock.cases.set(event.case.number, event.case);
      return;
    case 'case_closed':
      stock.cases.delete(event.case.number);
      return;
  }
}

/** An entry for each place: the first begins the reservation, the others add to it. */
function ordered(stock: Stock, { atMs }: Entry, event: Extract<Event, { type: 'ordered' }>): void {
  const { reservation: id, channel, orderRef, books } = event;
  const was = stock.live.get(id);
  const lines = new Map(was?.lines.map((line) => [line.line, line]));
  for (const { line: number, quantity, placed, at, soldAs } of event.lines) {
    const line = lines.get(number) ?? { ...NO_UNITS, line: number, asked: 0, at, ...(soldAs === undefined ? {} : { soldAs }) };
    const owedAt = merged(line.owedAt, placed);
    lines.set(number, { ...line, asked: line.asked + quantity, owed: line.owed + quantity, owedAt });
  }
  const byNumber = [...lines.values()].sort((a, b) => a.line - b.line);
  if (was !== undefined) return change(stock, id, () => ({ ...was, lines: byNumber }));
  return admit(stock, {
    id,
    channel,
    buyer: null,
    split: 'allowed',
    orderRefs: [orderRef],
    createdAtMs: atMs,
    term: { kind: 'closed' },
    lines: byNumber,
    ...(books === 'erp' ? { books } : {}),
  });
}

function pinnedUntil(outcomeDueMs: number): Term {
  return { kind: 'pinned', outcomeDueMs };
}

/** One list for all that list nothing. */
const NOTHING: readonly never[] = [];

const NO_UNITS = { open: 0, openAt: [], owed: 0, owedAt: [], fulfilled: 0, cancelled: 0, released: 0, expired: 0 } as const;

const opened = (line: Line, units: Units): Line => ({
  ...line,
  open: line.open + units.quantity,
  openAt: merged(line.openAt, units.placed),
});

const closed = (line: Line, units: Units): Line => ({
  ...line,
  open: line.open - units.quantity,
  openAt: without(line.openAt, units.placed),
});

const settled = (line: Line, units: Units): Line => ({
  ...line,
  owed: line.owed - units.quantity,
  owedAt: without(line.owedAt, units.placed),
});

function moved(line: Line, unitClass: UnitClass, from: readonly Placed[], to: readonly Placed[]): Line {
  return unitClass === 'open'
    ? { ...line, openAt: merged(without(line.openAt, from), to) }
    : { ...line, owedAt: merged(without(line.owedAt, from), to) };
}

function newestLast(refs: readonly string[], newest: string): readonly string[] {
  return [...refs.filter((ref) => ref !== newest), newest];
}

function changeLines(stock: Stock, id: ReservationId, changes: readonly Units[], to: (line: Line, units: Units) => Line): void {
  change(stock, id, (was) => ({
    ...was,
    lines: was.lines.map((line) => {
      const units = changes.find((one) => one.line === line.line);
      return units === undefined ? line : to(line, units);
    }),
  }));
}

function change(stock: Stock, id: ReservationId, to: (was: Reservation) => Reservation): void {
  const was = stock.live.get(id);
  assert(was, 'an event names a reservation that is known');
  remove(stock, was);
  admit(stock, to(was), was.term);
}

function changeOnHand(stock: Stock, { location, status, onHand }: Change, counted?: { source: SourceId; base: Base }): void {
  const key = placeKey({ location, status });
  const was = stock.balances.get(key) ?? { location, status, onHand: 0, bases: {} };
  const bases = counted === undefined ? was.bases : { ...was.bases, [counted.source]: counted.base };
  stock.balances.set(key, { location, status, onHand: was.onHand + onHand, bases });
}
