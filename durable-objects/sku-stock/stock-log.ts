import type { Entry, Event } from '../../domain/event.ts';
import { admit, forget, sharedLines } from '../../domain/live.ts';
import type { LocationId, ReservationId, Sku } from '../../domain/ids.ts';
import { EMPTY_NETWORK, type Network } from '../../domain/network.ts';
import { byAge, isLive } from '../../domain/reservation.ts';
import {
  emptyStock,
  placeKey,
  wholeItem,
  type Balance,
  type Case,
  type Item,
  type Place,
  type QuotaVersion,
  type Reservation,
  type Stock,
} from '../../domain/stock.ts';
import { BuyerRows } from './buyer-rows.ts';
import { Journal } from './journal.ts';
import type { LastCount } from './protocol.ts';
import { hasTables, migrate, readMeta, writeMeta } from './schema.ts';

/** A closed reservation as it is stored: its state (none where it was refused), and what was answered under which key. */
interface ClosedRow {
  readonly reservation: Reservation | null;
  readonly answers: string;
  readonly period: number;
}

/**
 * The SQLite of one SKU: journal, state rows, known facts. Memory mirrors the live rows; it is read anew whenever a
 * command fails half-way. Raw SQL, because every statement here is on the hot path (rows written are the bill).
 */
export class StockLog {
  readonly journal: Journal;
  readonly buyers: BuyerRows;
  readonly #storage: DurableObjectStorage;
  readonly #sql: SqlStorage;
  readonly #sku: Sku;
  #stock: Stock | null = null;
  #network: Network | null = null;
  #storedVersions: readonly QuotaVersion[] = [];
  /** Closed reservations that the running command called back. */
  readonly #recalled = new Map<ReservationId, ClosedRow>();

  constructor(storage: DurableObjectStorage, sku: Sku) {
    this.#storage = storage;
    this.#sql = storage.sql;
    this.journal = new Journal(storage.sql);
    this.buyers = new BuyerRows(storage.sql, this.journal);
    this.#sku = sku;
  }

  /** null: no item has been put here, so there is not even a database. */
  stock(): Stock | null {
    if (this.#stock !== null) return this.#stock;
    return hasTables(this.#sql) ? this.#read() : null;
  }

  /** The stock, with tables made for it where there were none. */
  found(): Stock {
    return this.#stock ?? this.#read();
  }

  network(): Network {
    this.#network ??= parsed<Network>(readMeta(this.#sql, 'network')) ?? EMPTY_NETWORK;
    return this.#network;
  }

  saveNetwork(network: Network): void {
    writeMeta(this.#sql, 'network', JSON.stringify(network));
    this.#network = network;
  }

  /** All that `work` writes is stored, or nothing of it. */
  inOneTurn<T>(work: () => T): T {
    try {
      return this.#storage.transactionSync(work);
    } catch (error) {
      this.forgetMemory();
      throw error;
    } finally {
      for (const id of this.#recalled.keys()) if (this.#stock !== null) dropClosed(this.#stock, id);
      this.#recalled.clear();
    }
  }

  forgetMemory(): void {
    this.#stock = null;
    this.#network = null;
  }

  /** What was answered for a reservation so far; a closed one comes back into sight for the running command. */
  recall(stock: Stock, id: ReservationId): string | null {
    if (stock.live.has(id))
      return this.#sql.exec<{ answers: string }>('SELECT answers FROM reservation WHERE id = ?', id).one().answers;
    const row = this.#closed(id);
    if (row === null) return null;
    this.#recalled.set(id, row);
    if (row.reservation !== null) admit(stock, row.reservation);
    return row.answers;
  }

  reservation(stock: Stock, id: ReservationId): Reservation | null {
    return stock.live.get(id) ?? this.#closed(id)?.reservation ?? null;
  }

  #closed(id: ReservationId): ClosedRow | null {
    for (const period of this.journal.periods.toReversed()) {
      const row = this.#sql
        .exec<{ state: string | null; answers: string }>(
          `SELECT state, answers FROM closed_${period.toFixed(0)} WHERE id = ?`,
          id,
        )
        .toArray()[0];
      if (row !== undefined) return { reservation: parsed<Reservation>(row.state), answers: row.answers, period };
    }
    return null;
  }

  /**
   * Stores what a turn brought about: its entries, and the rows that they changed. `answered` is the new list of
   * answers of one reservation, which need not have changed otherwise.
   */
  record(
    stock: Stock,
    entries: readonly Entry[],
    nowMs: number,
    answered: { readonly id: ReservationId; readonly answers: string } | null,
  ): void {
    const period = this.journal.periodAt(nowMs);
    for (const entry of entries) this.journal.append(period, entry);
    const changed = new Set(entries.flatMap(({ event }) => reservationsIn(event)));
    if (answered !== null) changed.add(answered.id);
    for (const id of changed) this.#writeReservation(stock, id, period, answered?.id === id ? answered.answers : null);
    for (const place of placesIn(entries)) this.#writeBalance(stock.balances.get(placeKey(place)));
    for (const { event, sequence } of entries) {
      if (event.type === 'counted' || event.type === 'reconciled')
        writeMeta(this.#sql, 'last_count', JSON.stringify({ ...countIn(sequence, event), countedAtMs: stock.countedAtMs }));
      if (event.type === 'item_changed') writeMeta(this.#sql, 'item', JSON.stringify(event.item));
      if (event.type === 'case_opened') this.#writeCase(stock.cases.get(sequence), sequence);
      if (event.type === 'case_changed' || event.type === 'case_closed')
        this.#writeCase(stock.cases.get(event.case.number), event.case.number);
    }
    this.#writeQuotaVersions(stock);
  }

  /** Only goods that left under a quota, and new quotas, write this row. */
  #writeQuotaVersions({ quotaVersions }: Stock): void {
    if (quotaVersions === this.#storedVersions) return;
    writeMeta(this.#sql, 'quota_versions', JSON.stringify(quotaVersions));
    this.#storedVersions = quotaVersions;
  }

  #writeReservation(stock: Stock, id: ReservationId, period: number, answers: string | null): void {
    const recalled = this.#recalled.get(id);
    const reservation = stock.live.get(id) ?? null;
    if (reservation !== null && isLive(reservation)) {
      if (recalled !== undefined) this.#sql.exec(`DELETE FROM closed_${recalled.period.toFixed(0)} WHERE id = ?`, id);
      this.#sql.exec(
        `INSERT INTO reservation (id, state, answers) VALUES (?1, ?2, coalesce(?3, '[]'))
         ON CONFLICT (id) DO UPDATE SET state = excluded.state, answers = coalesce(?3, answers)`,
        id,
        JSON.stringify(reservation),
        answers ?? recalled?.answers ?? null,
      );
      this.#recalled.delete(id);
      return;
    }
    const state = reservation === null ? null : JSON.stringify(reservation);
    if (recalled !== undefined) {
      this.#sql.exec(
        `UPDATE closed_${recalled.period.toFixed(0)} SET state = ?, answers = coalesce(?, answers) WHERE id = ?`,
        state,
        answers,
        id,
      );
      return;
    }
    if (reservation !== null) this.buyers.noteClosed(stock, reservation, period);
    const before = this.#sql.exec<{ answers: string }>('SELECT answers FROM reservation WHERE id = ?', id).toArray()[0];
    if (before !== undefined) this.#sql.exec('DELETE FROM reservation WHERE id = ?', id);
    this.#sql.exec(
      `INSERT INTO closed_${period.toFixed(0)} (id, state, answers) VALUES (?, ?, ?)`,
      id,
      state,
      answers ?? before?.answers ?? '[]',
    );
    dropClosed(stock, id);
  }

  #writeBalance(balance: Balance | undefined): void {
    if (balance === undefined) return;
    this.#sql.exec(
      'INSERT OR REPLACE INTO balance (location, status, on_hand, bases) VALUES (?, ?, ?, ?)',
      balance.location,
      balance.status,
      balance.onHand,
      JSON.stringify(balance.bases),
    );
  }

  #writeCase(open: Case | undefined, number: number): void {
    if (open === undefined) this.#sql.exec('DELETE FROM open_case WHERE number = ?', number);
    else this.#sql.exec('INSERT OR REPLACE INTO open_case (number, body) VALUES (?, ?)', number, JSON.stringify(open));
  }

  lastCount(): LastCount | null {
    return parsed<LastCount>(readMeta(this.#sql, 'last_count'));
  }

  /** The count that came last need not be the one that knew most; what was stored before that was asked says no more. */
  #countedAtMs(): number | null {
    const stored = parsed<LastCount & { readonly countedAtMs?: number }>(readMeta(this.#sql, 'last_count'));
    return stored?.countedAtMs ?? stored?.asOfMs ?? null;
  }

  /** Reads at least one row, so that an object that is no longer the current one cannot answer (F45). */
  touch(): void {
    this.#sql.exec('SELECT value FROM meta WHERE name = ?', 'schema').one();
  }

  #read(): Stock {
    migrate(this.#sql);
    const stock = emptyStock(this.#sku);
    this.journal.read();
    const item = parsed<Item>(readMeta(this.#sql, 'item'));
    stock.item = item === null ? null : wholeItem(item);
    stock.quotaVersions = parsed<readonly QuotaVersion[]>(readMeta(this.#sql, 'quota_versions')) ?? [];
    this.#storedVersions = stock.quotaVersions;
    stock.countedAtMs = this.#countedAtMs();
    for (const row of this.#sql.exec<{ location: string; status: string; on_hand: number; bases: string }>(
      'SELECT * FROM balance',
    )) {
      const balance = {
        location: row.location,
        status: row.status,
        onHand: row.on_hand,
        bases: JSON.parse(row.bases),
      } as Balance;
      stock.balances.set(placeKey(balance), balance);
    }
    const rows = this.#sql.exec<{ state: string }>('SELECT state FROM reservation').toArray();
    const live = rows.map(({ state }) => JSON.parse(state) as Reservation).sort(byAge);
    for (const one of live) admit(stock, { ...one, lines: sharedLines(stock, one.lines) });
    for (const { body } of this.#sql.exec<{ body: string }>('SELECT body FROM open_case')) {
      const open = JSON.parse(body) as Case;
      stock.cases.set(open.number, open);
    }
    const head = this.journal.head();
    stock.sequence = head?.sequence ?? 0;
    stock.lastNowMs = head?.atMs ?? 0;
    this.#stock = stock;
    return stock;
  }
}

function countIn(sequence: number, event: Extract<Event, { type: 'counted' | 'reconciled' }>): LastCount {
  const { source, location, status, count, mark, occurredAtMs } = event;
  const meaning = event.type === 'counted' ? event.base.meaning : event.meaning;
  return { source, location, status, quantity: count, meaning, mark, sequence, asOfMs: occurredAtMs };
}

function dropClosed(stock: Stock, id: ReservationId): void {
  const closed = stock.live.get(id);
  if (closed !== undefined && !isLive(closed)) forget(stock, closed);
}

function reservationsIn(event: Event): readonly ReservationId[] {
  if (event.type === 'expired') return event.reservations.map(({ reservation }) => reservation);
  return 'reservation' in event ? [event.reservation] : [];
}

function placesIn(entries: readonly Entry[]): Iterable<Place> {
  const places = new Map<string, Place>();
  for (const { event } of entries) {
    if (event.type === 'moved') for (const change of event.changes) places.set(placeKey(change), change);
    if (event.type === 'counted' || event.type === 'reconciled') places.set(placeKey(event), event);
    if (event.type === 'shipped') addSellable(places, event.location);
    if (event.type === 'ordered' && event.location !== null && event.onHand !== 0) addSellable(places, event.location);
    if (event.type === 'reallocated' && event.onHand !== undefined) addSellable(places, event.from);
  }
  return places.values();
}

function addSellable(places: Map<string, Place>, location: LocationId): void {
  places.set(`sellable ${location}`, { location, status: 'sellable' });
}

function parsed<T>(json: string | null): T | null {
  return json === null ? null : (JSON.parse(json) as T);
}
