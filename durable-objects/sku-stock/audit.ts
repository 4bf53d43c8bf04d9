import { owedBy } from '../../domain/owed.ts';
import { isLive, unitsOf } from '../../domain/reservation.ts';
import type { Reservation, Stock } from '../../domain/stock.ts';
import { shortageNow } from '../../domain/terms.ts';
import { advanced, readCheckpoint, type Checkpoint } from './checkpoint.ts';
import type { NeededPostings } from './needed-postings.ts';
import type { Outbox } from './outbox.ts';
import type { Check } from './protocol.ts';
import type { StockLog } from './stock-log.ts';

/**
 * Proves one SKU's numbers of this moment from its rows and its journal. What is stored is noted at the beginning, in one
 * turn; what it must be is added up from entries that never change, so they may be read some at a time, while the item sells
 * on: entries that come meanwhile are not of this moment.
 */
export class Audit {
  /** Of its moment. */
  readonly sequence: number;
  readonly #sql: SqlStorage;
  readonly #log: StockLog;
  readonly #stored: Stored;
  readonly #begunFrom: number;
  readonly #needed: NeededPostings;
  #folded: Checkpoint;
  readonly #through: number;
  #readThrough = 0;
  #entries = 0;

  constructor(sql: SqlStorage, stock: Stock, log: StockLog, outbox: Outbox) {
    this.sequence = stock.sequence;
    this.#sql = sql;
    this.#log = log;
    this.#stored = storedNow(sql, stock);
    this.#folded = readCheckpoint(sql);
    this.#begunFrom = this.#folded.sequence;
    this.#needed = outbox.needed();
    // Not that of memory, which has to be proven.
    this.#through = log.journal.head()?.sequence ?? 0;
  }

  /** A week went to the archive since it began, and with it entries that it has not read: it has to begin anew. */
  get isOvertaken(): boolean {
    return readCheckpoint(this.#sql).sequence !== this.#begunFrom;
  }

  /** Reads on; null: there is more to read. */
  next(entriesMax: number): readonly Check[] | null {
    const entries = this.#log.journal.entriesBetween(this.#readThrough, this.#through, entriesMax);
    this.#folded = advanced(this.#folded, entries);
    this.#needed.look(entries);
    this.#entries += entries.length;
    this.#readThrough = entries.at(-1)?.sequence ?? this.#readThrough;
    return entries.length < entriesMax ? this.#checks() : null;
  }

  /** `left` is what is stored, `right` what it must be. */
  #checks(): readonly Check[] {
    const { onHand, reserved, committed, promised, sold, open, owed, placed, toFulfil, closed, caseOf, shortage, fulfilled } =
      this.#stored;
    const folded = this.#folded;
    return [
      check('I1', sum([...onHand.values()]), sum(Object.values(folded.onHand))),
      ...[...onHand]
        .filter(([key, units]) => units !== (folded.onHand[key] ?? 0))
        .map(([key, units]) => check('I1', units, folded.onHand[key] ?? 0)),
      check('I2', reserved, open),
      check('I2', committed, owed),
      check('I2', committed, sum(Object.values(folded.committed))),
      check('I2', promised, placed),
      check('I2', sold, toFulfil),
      check('I3', closed, 0),
      check('I7', caseOf, shortage),
      check('I10', this.#begunFrom + this.#entries, this.sequence),
      check('I10', fulfilled, fulfilledIn(folded.quotaVersions ?? [])),
      check('I11', this.#needed.kept, this.#needed.calledFor),
    ];
  }
}

/** What a turn would change. */
interface Stored {
  readonly onHand: ReadonlyMap<string, number>;
  readonly reserved: number;
  readonly committed: number;
  readonly promised: number;
  /** Own open orders of all channels, in units of what they sold. */
  readonly sold: number;
  /** The same from the rows of reservations: open, owed, both, placed or not, and what channels count by themselves. */
  readonly open: number;
  readonly owed: number;
  readonly placed: number;
  readonly toFulfil: number;
  /** Reservations among the live ones that are none. */
  readonly closed: number;
  readonly caseOf: number;
  readonly shortage: number;
  readonly fulfilled: number;
}

function storedNow(sql: SqlStorage, stock: Stock): Stored {
  const sums = { open: 0, owed: 0, placed: 0, toFulfil: 0, closed: 0 };
  for (const { state } of sql.exec<{ state: string }>('SELECT state FROM reservation')) {
    const reservation = JSON.parse(state) as Reservation;
    if (!isLive(reservation)) sums.closed += 1;
    for (const line of reservation.lines) {
      sums.open += unitsOf(line.openAt);
      sums.owed += unitsOf(line.owedAt);
      sums.placed += line.open + line.owed;
      sums.toFulfil += owedBy(stock.sku, reservation, line)?.quantity ?? 0;
    }
  }
  return {
    ...sums,
    onHand: new Map([...stock.balances].map(([key, { onHand }]) => [key, onHand])),
    reserved: sum([...stock.reserved.values()]),
    committed: sum([...stock.committed.values()]),
    promised: sum([...stock.promised.values()]),
    sold: sum([...stock.owed.values()]),
    caseOf: [...stock.cases.values()].find(({ about }) => about.kind === 'over_reservation')?.difference ?? 0,
    shortage: shortageNow(stock),
    fulfilled: fulfilledIn(stock.quotaVersions),
  };
}

function check(invariant: Check['invariant'], left: number, right: number): Check {
  return { invariant, holds: left === right, left, right };
}

function fulfilledIn(versions: Stock['quotaVersions']): number {
  return sum(versions.map(({ fulfilled }) => fulfilled));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
