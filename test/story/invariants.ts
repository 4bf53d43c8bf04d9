import { effectOf } from '../../domain/effect.ts';
import type { Entry } from '../../domain/event.ts';
import { evolve } from '../../domain/evolve.ts';
import { grantedOf, isLive, unitsOf } from '../../domain/reservation.ts';
import { emptyStock, placeKey, type Line, type Placed, type Stock } from '../../domain/stock.ts';

/** What must be so after every turn, whatever the turn was (docs/spec.md, 3). Returns what is broken. */
export function brokenInvariants(stock: Stock, journal: readonly Entry[], nowMs: number): readonly string[] {
  const broken = (name: string, holds: boolean): readonly string[] => (holds ? [] : [name]);
  return [
    ...broken('I1 on_hand is the sum of the movements', same(onHandOf(stock), onHandFrom(journal))),
    ...broken('I2 reserved is derived', same(sumsOf(stock), sumsFrom(stock))),
    ...broken('I3 every granted unit is in one class', everyUnitOnce(stock, journal)),
    ...broken('I7 a shortage is a case, with its number', same(shortageOf(stock), shortageCases(stock))),
    ...broken(
      'I10 the journal has no gap',
      journal.every(({ sequence }, index) => sequence === index + 1),
    ),
    ...broken('I10 the state is the fold of the journal', same(essence(stock), essence(fold(stock, journal)))),
    ...broken(
      'I17 time never goes back',
      journal.every(({ atMs }, index) => atMs >= (journal[index - 1]?.atMs ?? 0)),
    ),
    ...broken(
      'I17 nothing counts at its deadline',
      live(stock).every(({ term }) => term.kind !== 'active' || term.expiresAtMs > nowMs),
    ),
    ...broken('I17 nothing expires before its deadline', journal.every(expiredInTime)),
  ];
}

function fold({ sku }: Stock, journal: readonly Entry[]): Stock {
  const stock = emptyStock(sku);
  for (const entry of journal) evolve(stock, entry);
  return stock;
}

/** Everything that decides what the stock answers from now on. */
export function essence(stock: Stock): unknown {
  return {
    sequence: stock.sequence,
    lastNowMs: stock.lastNowMs,
    item: stock.item,
    balances: sorted(stock.balances),
    live: sorted(new Map(live(stock).map((one) => [one.id, one]))),
    cases: sorted(stock.cases),
    quotaVersions: stock.quotaVersions,
    sums: sumsOf(stock),
    waiting: [...stock.waiting].sort(),
  };
}

function live(stock: Stock) {
  return [...stock.live.values()].filter(isLive);
}

function onHandOf(stock: Stock) {
  return sorted(new Map([...stock.balances.values()].map((balance) => [placeKey(balance), balance.onHand])));
}

function onHandFrom(journal: readonly Entry[]) {
  const sums = new Map<string, number>();
  for (const { event } of journal) {
    // Most orders and moves of promises leave what is on hand as it is.
    const may = event.type === 'ordered' || event.type === 'reallocated';
    const does = event.type === 'moved' || event.type === 'counted' || event.type === 'reconciled' || event.type === 'shipped';
    if (!may && !does) continue;
    for (const line of effectOf(event).lines.filter(({ onHand }) => !may || onHand !== 0))
      sums.set(placeKey(line), (sums.get(placeKey(line)) ?? 0) + line.onHand);
  }
  return sorted(sums);
}

function sumsOf({ reserved, committed, promised, owed, backordered }: Stock) {
  return {
    reserved: sorted(reserved),
    committed: sorted(committed),
    promised: sorted(promised),
    sold: [...owed.values()].reduce((total, units) => total + units, 0),
    backordered,
  };
}

function sumsFrom(stock: Stock): ReturnType<typeof sumsOf> {
  const lines = live(stock).flatMap((one) => one.lines);
  const missing = ({ open, openAt, owed, owedAt }: Line): number => open - unitsOf(openAt) + owed - unitsOf(owedAt);
  return {
    reserved: perLocation(lines.flatMap((line) => line.openAt)),
    committed: perLocation(lines.flatMap((line) => line.owedAt)),
    promised: sorted(perChannel(stock)),
    sold: soldNow(stock),
    backordered: lines.reduce((total, line) => total + missing(line), 0),
  };
}

/** Units still to fulfil of what the lines were sold as; a cart's line that does not say so may be part of a kit. */
function soldNow(stock: Stock): number {
  const known = live(stock).flatMap(({ id, lines }) =>
    lines.filter(({ soldAs }) => soldAs !== undefined || !id.startsWith('cart.')),
  );
  return known.reduce((total, { owed, soldAs }) => total + Math.floor(owed / (soldAs?.units ?? 1)), 0);
}

function perLocation(placed: readonly Placed[]) {
  const sums = new Map<string, number>();
  for (const { location, quantity } of placed) sums.set(location, (sums.get(location) ?? 0) + quantity);
  return sorted(sums);
}

function perChannel(stock: Stock): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const { channel, lines } of live(stock)) {
    const units = lines.reduce((total, { open, owed }) => total + open + owed, 0);
    if (units > 0) sums.set(channel, (sums.get(channel) ?? 0) + units);
  }
  return sums;
}

function everyUnitOnce(stock: Stock, journal: readonly Entry[]): boolean {
  const granted = new Map<string, number>();
  for (const { event } of journal) {
    if (event.type !== 'reserved' && event.type !== 'grown' && event.type !== 'ordered') continue;
    for (const { line, quantity } of event.lines) {
      const key = `${event.reservation} ${line}`;
      granted.set(key, (granted.get(key) ?? 0) + quantity);
    }
  }
  return [...stock.live.values()].every(({ id, lines }) =>
    lines.every((line) => grantedOf(line) === granted.get(`${id} ${line.line}`)),
  );
}

function shortageOf(stock: Stock): readonly number[] {
  const locations = new Set([...stock.balances.values()].map((balance) => balance.location));
  for (const at of [...stock.reserved.keys(), ...stock.committed.keys()]) locations.add(at);
  let shortage = Math.max(0, stock.backordered - (stock.item?.policy.backorderLimit ?? 0));
  for (const at of locations) {
    const onHand = stock.balances.get(placeKey({ location: at, status: 'sellable' }))?.onHand ?? 0;
    shortage += Math.max(0, (stock.reserved.get(at) ?? 0) + (stock.committed.get(at) ?? 0) - onHand);
  }
  return shortage > 0 ? [shortage] : [];
}

function shortageCases(stock: Stock): readonly number[] {
  return [...stock.cases.values()].filter(({ about }) => about.kind === 'over_reservation').map(({ difference }) => difference);
}

function expiredInTime({ event, atMs }: Entry): boolean {
  return event.type !== 'expired' || event.reservations.every((one) => one.atMs <= atMs);
}

function sorted<T>(map: ReadonlyMap<string | number, T>): readonly (readonly [string | number, T])[] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
