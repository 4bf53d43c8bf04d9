import type { Entry } from '../../domain/event.ts';
import type { Network } from '../../domain/network.ts';
import type { Balance, Case, Reservation } from '../../domain/stock.ts';
import { PaperJournal, isOpen, type Kept } from '../model/paper-journal.ts';
import type { SimulatedObject } from './runtime/objects.ts';

/**
 * Reads every item's rows after every turn and trusts none of its sums: the journal is added up on paper, entry by entry,
 * and what the rows say must be the same.
 */
export class Auditor {
  readonly broken: string[] = [];
  turns = 0;
  readonly #network: Network;
  readonly #books = new Map<string, Books>();

  constructor(network: Network) {
    this.#network = network;
  }

  turnEnded(object: SimulatedObject): void {
    this.turns += 1;
    const books = this.#books.get(object.name) ?? { paper: new PaperJournal(this.#network), entries: [], complained: 0 };
    this.#books.set(object.name, books);
    const fresh = entriesAfter(object, books.entries.length);
    if (fresh.length > 0) this.#read(object, books, fresh);
    this.#complain(object.name, books);
  }

  /** What was read is no longer there: from the beginning, what is left. */
  rolledBack(object: SimulatedObject): void {
    this.#books.delete(object.name);
    if (!object.disk.isEmpty) this.turnEnded(object);
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

  paperOf(sku: string): PaperJournal | undefined {
    return this.#books.get(sku)?.paper;
  }

  #read(object: SimulatedObject, books: Books, fresh: readonly Entry[]): void {
    for (const [index, entry] of fresh.entries()) {
      books.paper.read(entry);
      books.entries.push(entry);
      const next = fresh[index + 1];
      if (next?.atMs !== entry.atMs || next.correlationId !== entry.correlationId) books.paper.endTurn();
    }
    const kept = keptBy(object);
    if (kept !== null) for (const what of books.paper.differences(kept)) this.broken.push(`${object.name}: ${what}`);
  }

  #complain(sku: string, books: Books): void {
    const { broken } = books.paper;
    for (; books.complained < broken.length; books.complained += 1) this.broken.push(`${sku}: ${broken[books.complained]}`);
  }
}

interface Books {
  readonly paper: PaperJournal;
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
