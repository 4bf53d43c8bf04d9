// One SKU's journal read by somebody who never saw `evolve`: what every entry did, added up, and whether it was allowed.
// Only types are shared with the core.
import type { Entry, Event, Units } from '../../domain/event.ts';
import type { ChannelId, LocationId, ReservationId } from '../../domain/ids.ts';
import type { Network } from '../../domain/network.ts';
import type { Terms } from '../../domain/offer.ts';
import type { Balance, Case, CaseAbout, ItemPolicy, Placed, QuotaPolicy, Reservation, Split } from '../../domain/stock.ts';
import { naiveAts, naiveAvailable, servedBy } from './naive-offer.ts';

const UNIT_CLASSES = ['open', 'owed', 'fulfilled', 'cancelled', 'released', 'expired'] as const;
export type UnitClass = (typeof UNIT_CLASSES)[number];

export interface PaperLine {
  readonly line: number;
  readonly at: LocationId | null;
  readonly units: Record<UnitClass, number>;
  readonly places: { readonly open: Map<LocationId, number>; readonly owed: Map<LocationId, number> };
}

export interface PaperReservation {
  readonly id: ReservationId;
  readonly channel: ChannelId;
  readonly split: Split;
  readonly lines: readonly PaperLine[];
  /** null: pinned. */
  endsAtMs: number | null;
}

type Policy = Pick<ItemPolicy, 'backorderLimit' | 'lowStockAt' | 'safetyStock' | 'buffers' | 'quotas' | 'stopSell'>;
const NO_POLICY: Policy = { backorderLimit: 0, lowStockAt: 5, safetyStock: [], buffers: [], quotas: [], stopSell: false };

/** What an object says of itself. */
export interface Kept {
  readonly balances: readonly Balance[];
  readonly reservations: readonly Reservation[];
  readonly cases: readonly Case[];
  readonly snapshot: { readonly terms: Pick<Terms, 'places' | 'backordered'> };
}

export class PaperJournal {
  readonly broken: string[] = [];
  readonly reservations = new Map<ReservationId, PaperReservation>();
  /** By `status location`. */
  readonly onHand = new Map<string, number>();
  readonly cases = new Map<number, { readonly about: CaseAbout; readonly difference: number }>();
  #sequence = 0;
  #atMs = 0;
  #policy: Policy = NO_POLICY;
  /** A quota, and what left under it. */
  #quotas: readonly { readonly quota: QuotaPolicy; left: number }[] = [];
  readonly #network: Network;

  constructor(network: Network) {
    this.#network = network;
  }

  /** All of these entries, whose turns are known by their time and trace; `then` hears after each of them. */
  static of(entries: readonly Entry[], network: Network, then?: (paper: PaperJournal, sequence: number) => void): PaperJournal {
    const paper = new PaperJournal(network);
    for (const [index, entry] of entries.entries()) {
      paper.read(entry);
      const next = entries[index + 1];
      if (next?.atMs !== entry.atMs || next.correlationId !== entry.correlationId) paper.endTurn();
      then?.(paper, entry.sequence);
    }
    return paper;
  }

  read({ sequence, atMs, event }: Entry): void {
    this.#demand('I10 the journal has no gap', sequence === this.#sequence + 1);
    this.#demand('I17 time never goes back', atMs >= this.#atMs);
    this.#sequence = sequence;
    this.#atMs = atMs;
    this.#happened(event, sequence);
    this.#demand('I3 every unit is in one class, and none below zero', this.#everyUnitOnce());
  }

  endTurn(): void {
    const shortage = [...this.cases.values()].find(({ about }) => about.kind === 'over_reservation');
    this.#demand('I7 a shortage is a case with its number', (shortage?.difference ?? 0) === this.shortage);
    const owed = this.#sum('owed');
    const most = this.sellable + this.#policy.backorderLimit;
    this.#demand('I6 what is committed was there, or a case is open', shortage !== undefined || owed <= most);
    const overdue = [...this.reservations.values()].some((one) => isOpen(one) && (one.endsAtMs ?? Infinity) <= this.#atMs);
    this.#demand('I17 nothing counts at its deadline', !overdue);
  }

  get sellable(): number {
    return this.#network.locations.reduce((total, { id }) => total + (this.onHand.get(`sellable ${id}`) ?? 0), 0);
  }

  promised(of: 'open' | 'owed', location: LocationId): number {
    return this.#lines().reduce((total, { places }) => total + (places[of].get(location) ?? 0), 0);
  }

  get backordered(): number {
    return this.#lines().reduce((total, line) => total + unplaced(line, 'open') + unplaced(line, 'owed'), 0);
  }

  get shortage(): number {
    const debts = this.#places().map(({ sellable, reserved, committed }) => Math.max(0, reserved + committed - sellable));
    return debts.reduce((total, one) => total + one, 0) + Math.max(0, this.backordered - this.#policy.backorderLimit);
  }

  /** What R27 reads, at the time of the newest entry or later. */
  termsAt(nowMs = this.#atMs): Terms {
    const { backorderLimit, lowStockAt, buffers, stopSell } = this.#policy;
    const quotas = this.#quotas.flatMap(({ quota, left }) => {
      const { channel, protected: kept, cap } = quota;
      return isOpenAt(quota, nowMs) ? [{ channel, protected: kept, cap, consumed: this.#livesOf(channel) + left }] : [];
    });
    return { places: this.#places(), backordered: this.backordered, backorderLimit, lowStockAt, buffers, quotas, stopSell };
  }

  #places(): Terms['places'] {
    return this.#network.locations.map(({ id }) => ({
      location: id,
      sellable: this.onHand.get(`sellable ${id}`) ?? 0,
      reserved: this.promised('open', id),
      committed: this.promised('owed', id),
      safetyStock: this.#policy.safetyStock.find(({ location }) => location === id)?.quantity ?? 0,
    }));
  }

  #livesOf(channel: ChannelId): number {
    const lines = [...this.reservations.values()].flatMap((one) => (one.channel === channel ? one.lines : []));
    return lines.reduce((total, { units }) => total + units.open + units.owed, 0);
  }

  /** Where the object itself sees it otherwise (I1, I2, I3). */
  differences({ balances, reservations, snapshot, cases }: Kept): readonly string[] {
    const said = (what: string, here: unknown, there: unknown): readonly string[] =>
      JSON.stringify(here) === JSON.stringify(there) ? [] : [`${what}: ${JSON.stringify(here)}, kept ${JSON.stringify(there)}`];
    const places = this.#places();
    const live = [...this.reservations.values()].filter(({ lines }) => lines.some(({ units }) => units.open + units.owed > 0));
    const inOrder = <T>(items: readonly (readonly [string, T])[]) => items.toSorted(([a], [b]) => (a < b ? -1 : 1));
    return [
      ...said(
        'I1 on hand',
        inOrder([...this.onHand]),
        inOrder(balances.flatMap((one) => (one.onHand === 0 ? [] : ([[`${one.status} ${one.location}`, one.onHand]] as const)))),
      ),
      ...places.flatMap(({ location, reserved, committed }) => {
        const kept = snapshot.terms.places.find((one) => one.location === location);
        return said(`I2 promised at ${location}`, [reserved, committed], [kept?.reserved ?? 0, kept?.committed ?? 0]);
      }),
      ...said('I2 backordered', this.backordered, snapshot.terms.backordered),
      ...said(
        'I3 live units',
        inOrder(live.map(({ id, lines }) => [id, lines.map(({ units }) => UNIT_CLASSES.map((of) => units[of]))])),
        inOrder(reservations.map(({ id, lines }) => [id, lines.map((line) => UNIT_CLASSES.map((of) => line[of]))])),
      ),
      ...said(
        'cases',
        [...this.cases.keys()],
        cases.map(({ number }) => number),
      ),
    ];
  }

  #happened(event: Event, sequence: number): void {
    switch (event.type) {
      case 'reserved':
        this.#demand('I9 a reservation begins once', !this.reservations.has(event.reservation));
        this.reservations.set(event.reservation, {
          id: event.reservation,
          channel: event.channel,
          split: event.split,
          endsAtMs: event.expiresAtMs,
          lines: event.lines.map(({ line, at }) => newLine(line, at)),
        });
        return this.#take(event.reservation, event.lines, null);
      case 'ordered':
        if (event.location !== null) this.#move('sellable', event.location, event.onHand);
        return this.#order(event);
      case 'handed_over':
        return;
      case 'grown':
        return this.#take(event.reservation, event.lines, null);
      case 'retaken':
        this.#take(event.reservation, event.lines, 'expired');
        return this.#ends(event.reservation, null);
      case 'extended':
        return this.#ends(event.reservation, event.expiresAtMs);
      case 'pinned':
        return this.#ends(event.reservation, null);
      case 'released':
        return this.#shift(event.reservation, event.lines, 'open', 'released');
      case 'expired':
        for (const { reservation, atMs } of event.reservations) this.#expire(reservation, atMs);
        return;
      case 'committed':
        return this.#shift(event.reservation, event.lines, 'open', 'owed');
      case 'cancelled':
        return this.#shift(event.reservation, event.lines, 'owed', 'cancelled');
      case 'shipped':
        this.#move('sellable', event.location, event.onHand);
        this.#left(event);
        return this.#shift(event.reservation, event.lines, 'owed', 'fulfilled');
      case 'placed':
        return this.#place(event, { to: event.at });
      case 'reallocated': {
        const unnamed = this.#lineOf(this.#found(event.reservation), event.line).at === null;
        this.#demand('R28b only who named no place is moved', unnamed || event.reason === undefined);
        this.#move('sellable', event.from, event.onHand ?? 0);
        return this.#place(event, { from: { ...event.at, location: event.from }, to: event.at });
      }
      case 'backordered':
        return this.#place(event, { from: event.from });
      case 'moved':
        for (const { status, location, onHand } of event.changes) this.#move(status, location, onHand);
        return;
      case 'counted':
      case 'reconciled':
        return this.#move(event.status, event.location, event.onHand);
      case 'item_changed':
        this.#policy = { ...NO_POLICY, ...event.item.policy };
        this.#quotas = this.#policy.quotas.map((quota) => ({ quota, left: this.#leftUnder(quota) }));
        return;
      case 'case_opened':
        this.cases.set(sequence, { about: event.about, difference: event.difference });
        return;
      case 'case_changed':
        this.cases.set(event.case.number, event.case);
        return;
      case 'case_closed':
        this.cases.delete(event.case.number);
        return;
    }
  }

  /** [I5] What a plan takes is offered to its channel right before, in all and at each place. */
  #take(id: ReservationId, units: readonly Units[], from: 'expired' | null): void {
    const reservation = this.#found(id);
    const terms = this.termsAt();
    const network = this.#network;
    const { channel } = reservation;
    const total = units.reduce((sum, one) => sum + one.quantity, 0);
    const placed = units.flatMap((one) => one.placed);
    this.#demand('I5 a plan takes at most its offer', total <= naiveAts(terms, network, channel));
    const named = units.filter(({ line }) => this.#lineOf(reservation, line).at !== null);
    const firm = naiveAts({ ...terms, backorderLimit: 0 }, network, channel);
    this.#demand('I5 who names a place waits for nothing', unitsOf(named) <= firm);
    for (const { location } of placed) {
      const here = unitsOf(placed.filter((one) => one.location === location));
      this.#demand('I5 a plan takes from its channel’s places', servedBy(network, channel).includes(location));
      this.#demand('I5 a place gives what it offers', here <= naiveAvailable(terms, network, channel, location));
    }
    for (const { line: number, quantity, placed: at } of units) {
      const line = this.#lineOf(reservation, number);
      if (line.at !== null)
        this.#demand('a named place is honoured', unitsOf(at) === quantity && at.every((one) => one.location === line.at));
      if (from !== null) line.units[from] -= quantity;
      line.units.open += quantity;
      for (const one of at) add(line.places.open, one.location, one.quantity);
    }
    const parcels = new Set(reservation.lines.flatMap(({ places }) => [...places.open.keys()]));
    this.#demand('an unsplit reservation has one place', reservation.split === 'allowed' || parcels.size <= 1);
  }

  /** R30c: owed from the start and asked of nobody; each entry brings the units of one place. */
  #order({ reservation: id, channel, lines }: Extract<Event, { type: 'ordered' }>): void {
    const known = this.reservations.get(id) ?? { id, channel, split: 'allowed' as const, endsAtMs: null, lines: [] };
    const all = [...known.lines];
    for (const { line: number, quantity, placed, at } of lines) {
      const line = all.find((one) => one.line === number) ?? newLine(number, at);
      if (!all.includes(line)) all.push(line);
      line.units.owed += quantity;
      for (const one of placed) add(line.places.owed, one.location, one.quantity);
    }
    this.reservations.set(id, { ...known, lines: all.toSorted((a, b) => a.line - b.line) });
  }

  #shift(id: ReservationId, units: readonly Units[], from: 'open' | 'owed', to: UnitClass): void {
    for (const { line: number, quantity, placed } of units) {
      const { units: line, places } = this.#lineOf(this.#found(id), number);
      line[from] -= quantity;
      line[to] += quantity;
      for (const one of placed) {
        add(places[from], one.location, -one.quantity);
        if (to === 'owed') add(places.owed, one.location, one.quantity);
      }
    }
  }

  #expire(id: ReservationId, atMs: number): void {
    const reservation = this.#found(id);
    this.#demand('I17 nothing expires before its deadline', reservation.endsAtMs === atMs && atMs <= this.#atMs);
    for (const { units, places } of reservation.lines) {
      units.expired += units.open;
      units.open = 0;
      places.open.clear();
    }
  }

  #place(
    { reservation, line, class: of }: Extract<Event, { type: 'placed' | 'reallocated' | 'backordered' }>,
    { from, to }: { readonly from?: Placed; readonly to?: Placed },
  ): void {
    const places = this.#lineOf(this.#found(reservation), line).places[of];
    if (from !== undefined) add(places, from.location, -from.quantity);
    if (to !== undefined) add(places, to.location, to.quantity);
  }

  #ends(id: ReservationId, endsAtMs: number | null): void {
    this.#found(id).endsAtMs = endsAtMs;
  }

  #move(status: string, location: LocationId, units: number): void {
    add(this.onHand, `${status} ${location}`, units);
  }

  #left({ reservation, lines }: Extract<Event, { type: 'shipped' }>): void {
    const { channel } = this.#found(reservation);
    for (const one of this.#quotas) {
      if (one.quota.channel === channel && isOpenAt(one.quota, this.#atMs)) one.left += unitsOf(lines);
    }
  }

  /** A quota with the same window goes on; another one begins with nothing. */
  #leftUnder({ channel, startsAtMs, endsAtMs }: QuotaPolicy): number {
    const same = this.#quotas.find(
      ({ quota }) => quota.channel === channel && quota.startsAtMs === startsAtMs && quota.endsAtMs === endsAtMs,
    );
    return same?.left ?? 0;
  }

  #found(id: ReservationId): PaperReservation {
    const reservation = this.reservations.get(id);
    if (reservation === undefined) throw new Error(`${this.#sequence}: of ${id} nothing was heard before`);
    return reservation;
  }

  #lineOf({ id, lines }: PaperReservation, line: number): PaperLine {
    const found = lines.find((one) => one.line === line);
    if (found === undefined) throw new Error(`${this.#sequence}: ${id} has no line ${line}`);
    return found;
  }

  #lines(): readonly PaperLine[] {
    return [...this.reservations.values()].flatMap(({ lines }) => lines);
  }

  #sum(of: UnitClass): number {
    return this.#lines().reduce((total, { units }) => total + units[of], 0);
  }

  #everyUnitOnce(): boolean {
    return this.#lines().every(
      (line) =>
        UNIT_CLASSES.every((of) => line.units[of] >= 0) &&
        (['open', 'owed'] as const).every(
          (of) => unplaced(line, of) >= 0 && [...line.places[of].values()].every((units) => units >= 0),
        ),
    );
  }

  #demand(what: string, holds: boolean): void {
    if (!holds) this.broken.push(`${this.#sequence}: ${what}`);
  }
}

export function isOpen({ lines }: PaperReservation): boolean {
  return lines.some(({ units }) => units.open > 0);
}

function unplaced({ units, places }: PaperLine, of: 'open' | 'owed'): number {
  return units[of] - [...places[of].values()].reduce((total, one) => total + one, 0);
}

function isOpenAt({ startsAtMs, endsAtMs }: QuotaPolicy, atMs: number): boolean {
  return atMs >= (startsAtMs ?? -Infinity) && atMs < (endsAtMs ?? Infinity);
}

function unitsOf(placed: readonly Pick<Placed, 'quantity'>[]): number {
  return placed.reduce((total, { quantity }) => total + quantity, 0);
}

function add<Key>(sums: Map<Key, number>, key: Key, units: number): void {
  const sum = (sums.get(key) ?? 0) + units;
  if (sum === 0) sums.delete(key);
  else sums.set(key, sum);
}

function newLine(line: number, at: LocationId | null): PaperLine {
  return {
    line,
    at,
    units: { open: 0, owed: 0, fulfilled: 0, cancelled: 0, released: 0, expired: 0 },
    places: { open: new Map(), owed: new Map() },
  };
}
