import type { Cart } from '../../domain/cart/cart.ts';
import type { Entry } from '../../domain/event.ts';
import type { Network } from '../../domain/network.ts';
import type { Balance, Case, Reservation } from '../../domain/stock.ts';
import type { Flush } from '../../durable-objects/sku-stock/flush.ts';
import { PaperJournal, isOpen, type Kept } from '../model/paper-journal.ts';
import { cartsAlarm, earliestDue, itemsAlarm } from './alarms.ts';
import { brokenDecision, cartIn, heldInVain, takenInVain } from './carts.ts';
import type { SimulatedErp } from './erp.ts';
import { Ledger } from './ledger.ts';
import type { SimulatedObject } from './runtime/objects.ts';

/**
 * Reads every item's rows after every turn and trusts none of its sums: the journal is added up on paper, entry by entry,
 * and what the rows say must be the same.
 */
export class Auditor {
  readonly broken: string[] = [];
  turns = 0;
  readonly #network: Network;
  readonly #erp: SimulatedErp;
  readonly #met: (what: string) => void;
  readonly #books = new Map<string, Books>();
  /** Items that changed since their numbers were last held against the ERP's. */
  readonly #changed = new Set<Books>();
  #documents = 0;
  /** Objects that wrote something since it was last looked whether their alarms are set. */
  readonly #items = new Set<SimulatedObject>();
  readonly #carts = new Set<SimulatedObject>();
  readonly #nowMs: () => number;
  /** What is read now was read before. */
  #again = false;

  readonly #cartOf: (hash: string) => Cart | null;

  constructor(
    network: Network,
    erp: SimulatedErp,
    cartOf: (hash: string) => Cart | null,
    nowMs: () => number,
    met: (what: string) => void,
  ) {
    this.#network = network;
    this.#nowMs = nowMs;
    this.#cartOf = cartOf;
    this.#erp = erp;
    this.#met = met;
  }

  turnEnded(object: SimulatedObject): void {
    this.turns += 1;
    const books = this.#books.get(object.name) ?? this.#newBooks(object.name);
    this.#changed.add(books);
    this.#items.add(object);
    const fresh = entriesAfter(object, books.entries.length);
    this.#read(object, books, fresh);
    this.#complain(object.name, books);
  }

  /** After every event: no number may be apart from the ERP's by what nobody can name. */
  rested(): void {
    const { documents } = this.#erp;
    this.#documents = Math.min(this.#documents, documents.length);
    for (; this.#documents < documents.length; this.#documents += 1) {
      const books = this.#books.get(documents[this.#documents]?.sku ?? '');
      if (books !== undefined) this.#changed.add(books);
    }
    for (const { ledger } of this.#changed) for (const what of ledger.broken()) this.broken.push(`${ledger.sku}: ${what}`);
    this.#changed.clear();
    for (const object of this.#items) this.broken.push(...itemsAlarm(object, this.#dueMs(object), this.#nowMs()));
    for (const object of this.#carts) this.broken.push(...cartsAlarm(object, this.#nowMs()));
    // Only once it has rung is it known whether it was set again.
    for (const some of [this.#items, this.#carts])
      for (const object of some) if (object.ringsAtMs !== -Infinity) some.delete(object);
  }

  /** A cart's coordinator has written something down. */
  cartTurnEnded(object: SimulatedObject, nowMs: number): void {
    this.#carts.add(object);
    const cart = cartIn(object);
    if (cart === null) return;
    const paperOf = (sku: string): PaperJournal | undefined => this.paperOf(sku);
    this.broken.push(...brokenDecision(cart, paperOf), ...heldInVain(cart, paperOf, nowMs));
  }

  ledgers(): readonly Ledger[] {
    return [...this.#books.values()].map(({ ledger }) => ledger);
  }

  #newBooks(sku: string): Books {
    const ledger = new Ledger(sku, this.#network, this.#erp, this.#met);
    const books = { paper: new PaperJournal(this.#network), ledger, entries: [], complained: 0 };
    this.#books.set(sku, books);
    return books;
  }

  /** What was read is no longer there: from the beginning, what is left. */
  rolledBack(object: SimulatedObject): void {
    this.#books.delete(object.name);
    this.#again = true;
    if (!object.disk.isEmpty) this.turnEnded(object);
    this.#again = false;
  }

  journals(): ReadonlyMap<string, readonly Entry[]> {
    return new Map([...this.#books].map(([sku, { entries }]) => [sku, entries]));
  }

  deadlinesOf({ name }: SimulatedObject): readonly number[] {
    const paper = this.#books.get(name)?.paper;
    return [...(paper?.reservations.values() ?? [])].flatMap((one) =>
      isOpen(one) && one.endsAtMs !== null ? [one.endsAtMs] : [],
    );
  }

  /** When the first thing is due that nothing but time brings: an end, or what the ERP has not been told. */
  #dueMs(object: SimulatedObject): number | null {
    const books = this.#books.get(object.name);
    if (books === undefined) return null;
    const untold = [...books.ledger.own.keys()].flatMap((sequence) => books.entries[sequence - 1] ?? []);
    return earliestDue(object, this.deadlinesOf(object), untold);
  }

  paperOf(sku: string): PaperJournal | undefined {
    return this.#books.get(sku)?.paper;
  }

  #read(object: SimulatedObject, books: Books, fresh: readonly Entry[]): void {
    for (const [index, entry] of fresh.entries()) {
      books.paper.read(entry);
      books.ledger.read(entry, books.paper);
      if (!this.#again) this.#note(entry, object.name);
      books.entries.push(entry);
      const next = fresh[index + 1];
      if (next?.atMs !== entry.atMs || next.correlationId !== entry.correlationId) books.paper.endTurn();
    }
    const kept = keptBy(object);
    for (const sequence of postedIn(object))
      if (!books.ledger.has(sequence))
        this.broken.push(`${object.name}: I11 ${sequence} is posted, and the ERP does not have it`);
    if (kept !== null) for (const what of books.paper.differences(kept)) this.broken.push(`${object.name}: ${what}`);
  }

  #note({ event }: Entry, sku: string): void {
    if (event.type === 'reserved' && event.reservation.startsWith('cart.')) {
      const cart = this.#cartOf(event.reservation.slice('cart.'.length).replace(/~\d+$/, ''));
      if (takenInVain(cart, event.reservation, sku))
        this.broken.push(`I15 ${sku} was taken for ${event.reservation}, which has been given up`);
    }
    if (event.type === 'retaken') this.#met('re-take');
    if (event.type === 'case_opened' && event.about.kind === 'over_reservation') this.#met('over-reservation opened');
    if (event.type === 'case_closed' && event.case.about.kind === 'over_reservation') this.#met('over-reservation closed');
  }

  #complain(sku: string, books: Books): void {
    const { broken } = books.paper;
    for (; books.complained < broken.length; books.complained += 1) this.broken.push(`${sku}: ${broken[books.complained]}`);
  }
}

interface Books {
  readonly paper: PaperJournal;
  readonly ledger: Ledger;
  readonly entries: Entry[];
  complained: number;
}

function entriesAfter({ disk: { database } }: SimulatedObject, sequence: number): readonly Entry[] {
  const tables = database.run<{ name: string }>(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB 'journal_[0-9]*' ORDER BY name",
    [],
  ).rows;
  return tables.flatMap(({ name }) =>
    database
      .run<{ sequence: number; at: number; body: string }>(
        `SELECT sequence, at, body FROM ${name} WHERE sequence > ? ORDER BY sequence`,
        [sequence],
      )
      .rows.map(({ sequence: number, at, body }) => ({ sequence: number, atMs: at, ...JSON.parse(body) }) as Entry),
  );
}

/** What its newest flushes hold as posted. */
function postedIn({ disk: { database } }: SimulatedObject): readonly number[] {
  const rows = database.run<{ body: string }>('SELECT body FROM posting ORDER BY first DESC LIMIT 2', []).rows;
  const fates = rows.flatMap(({ body }) => (JSON.parse(body) as Flush).fates);
  return fates.flatMap(({ sequence, state }) => (state === 'posted' ? [sequence] : []));
}

/** What its rows say of it, added up here. */
function keptBy({ disk: { database } }: SimulatedObject): Kept | null {
  if (database.run("SELECT 1 FROM sqlite_master WHERE name = 'reservation'", []).rows.length === 0) return null;
  const balances = database.run<{ location: string; status: string; on_hand: number }>(
    'SELECT location, status, on_hand FROM balance',
    [],
  ).rows;
  const states = database.run<{ state: string }>('SELECT state FROM reservation', []).rows;
  const reservations = states.map(({ state }) => JSON.parse(state) as Reservation);
  const cases = database.run<{ body: string }>('SELECT body FROM open_case ORDER BY number', []).rows;
  const places = new Map<string, { reserved: number; committed: number }>();
  let backordered = 0;
  for (const { open, openAt, owed, owedAt } of reservations.flatMap(({ lines }) => lines)) {
    backordered += open + owed;
    for (const [of, placed] of [
      ['reserved', openAt],
      ['committed', owedAt],
    ] as const) {
      for (const { location, quantity } of placed) {
        const sums = places.get(location) ?? { reserved: 0, committed: 0 };
        sums[of] += quantity;
        backordered -= quantity;
        places.set(location, sums);
      }
    }
  }
  return {
    balances: balances.map(({ location, status, on_hand }) => ({ location, status, onHand: on_hand })) as unknown as Balance[],
    reservations,
    cases: cases.map(({ body }) => JSON.parse(body) as Case),
    snapshot: {
      terms: {
        places: [...places].map(([location, sums]) => ({ location, sellable: 0, safetyStock: 0, ...sums })) as never,
        backordered,
      },
    },
  };
}
