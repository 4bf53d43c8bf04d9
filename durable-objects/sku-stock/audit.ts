import { isLive, unitsOf } from '../../domain/reservation.ts';
import type { Reservation, Stock } from '../../domain/stock.ts';
import { shortageNow } from '../../domain/terms.ts';
import { advanced, readCheckpoint } from './checkpoint.ts';
import type { Outbox } from './outbox.ts';
import type { Check } from './protocol.ts';
import type { StockLog } from './stock-log.ts';

/** Proves one SKU's numbers from its rows and its journal. `left` is what is stored, `right` what it must be. */
export function audit(sql: SqlStorage, stock: Stock, log: StockLog, outbox: Outbox): readonly Check[] {
  const checkpoint = readCheckpoint(sql);
  const folded = advanced(checkpoint, log.journal.entriesAfter(0));
  const kept = [...log.journal.periods].reduce((total, period) => total + count(sql, `journal_${period.toFixed(0)}`), 0);
  const stored = sql
    .exec<{ state: string }>('SELECT state FROM reservation')
    .toArray()
    .map(({ state }) => JSON.parse(state) as Reservation);
  const open = stored.flatMap(({ lines }) => lines.map((line) => unitsOf(line.openAt)));
  const owed = stored.flatMap(({ lines }) => lines.map((line) => unitsOf(line.owedAt)));
  const promised = stored.flatMap(({ lines }) => lines.map((line) => line.open + line.owed));
  const caseNow = [...stock.cases.values()].find(({ about }) => about.kind === 'over_reservation');
  const needed = outbox.countNeeded();

  return [
    check('I1', sum([...stock.balances.values()].map(({ onHand }) => onHand)), sum(Object.values(folded.onHand))),
    ...[...stock.balances]
      .filter(([key, { onHand }]) => onHand !== (folded.onHand[key] ?? 0))
      .map(([key, { onHand }]) => check('I1', onHand, folded.onHand[key] ?? 0)),
    check('I2', sum([...stock.reserved.values()]), sum(open)),
    check('I2', sum([...stock.committed.values()]), sum(owed)),
    check('I2', sum([...stock.committed.values()]), sum(Object.values(folded.committed))),
    check('I2', sum([...stock.promised.values()]), sum(promised)),
    check('I3', stored.filter((one) => !isLive(one)).length, 0),
    check('I7', caseNow?.difference ?? 0, shortageNow(stock)),
    check('I10', checkpoint.sequence + kept, stock.sequence),
    check('I10', fulfilledIn(stock.quotaVersions), fulfilledIn(folded.quotaVersions ?? [])),
    check('I11', needed.kept, needed.calledFor),
  ];
}

function check(invariant: Check['invariant'], left: number, right: number): Check {
  return { invariant, holds: left === right, left, right };
}

function fulfilledIn(versions: Stock['quotaVersions']): number {
  return sum(versions.map(({ fulfilled }) => fulfilled));
}

function count(sql: SqlStorage, table: string): number {
  return sql.exec<{ n: number }>(`SELECT count(*) AS n FROM ${table}`).one().n;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
