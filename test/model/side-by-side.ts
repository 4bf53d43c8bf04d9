import { inspect } from 'node:util';
import type { Answer, Command } from '../../domain/command.ts';
import type { Context } from '../../domain/decision.ts';
import type { Entry } from '../../domain/event.ts';
import { evolve } from '../../domain/evolve.ts';
import { admit, forget } from '../../domain/live.ts';
import type { LocationId, ReservationId } from '../../domain/ids.ts';
import { levelOf } from '../../domain/level.ts';
import { NEVER_MS } from '../../domain/limits.ts';
import type { Trouble } from '../../domain/network.ts';
import { offers } from '../../domain/offer.ts';
import { withOwed } from '../../domain/owed.ts';
import { offeredAt, offeredAtOnePlace } from './offered.ts';
import { promisedDates } from '../../domain/promise.ts';
import { consumedUnder } from '../../domain/quotas.ts';
import { isLive, statusOf as statusOfReal, unitsOf } from '../../domain/reservation.ts';
import { emptyStock, onHandAt, STOCK_STATUSES, type CaseAbout, type Reservation } from '../../domain/stock.ts';
import { termsOf } from '../../domain/terms.ts';
import { tidy, turn } from '../../domain/turn.ts';
import { buyersOf } from '../story/buyers.ts';
import { sku } from '../story/ids.ts';
import { essence } from '../story/invariants.ts';
import { receive, reserve } from '../story/orders.ts';
import { PaperBooks } from '../story/paper-books.ts';
import { SHOP, SHOPS, type Action } from './actions.ts';
import { agree } from './agree.ts';
import { naiveLevel } from './naive-level.ts';
import { naiveAvailable, naiveOffer, servedBy } from './naive-offer.ts';
import { stepsIn, wrongSteps } from './naive-resolution.ts';
import {
  backorderedOf,
  NaiveStock,
  placesOf,
  statusOf,
  type Expected,
  type NaiveLine,
  type NaiveReservation,
} from './naive-stock.ts';

const PIN_OUTCOME_MS = 60;
const OPENING = [
  [15, 'dc'],
  [9, 'store'],
  [3, 'outlet'],
] as const;

/** By reservation and line. */
type PlacesBefore = ReadonlyMap<ReservationId, readonly NaiveLine['places'][]>;

/** The core and the naive model do the same, step by step, and are compared after each. */
export class SideBySide {
  readonly stock = emptyStock(sku('TEA'));
  readonly #mirror = emptyStock(sku('TEA'));
  readonly #naive = new NaiveStock(SHOP, PIN_OUTCOME_MS);
  readonly #books = new PaperBooks(this.stock.sku, 'commit');
  /** Closed reservations rest outside the memory, as rows. */
  readonly #closed = new Map<ReservationId, Reservation>();
  readonly #met = new Map<string, number>();
  /** What was asked and said, for whoever reads a failure. */
  readonly #told: { readonly atMs: number; readonly command: Command; answer: Answer | null }[] = [];
  #nowMs = 1_000;
  #network = SHOP;

  /** How often each answer was given. */
  get met(): ReadonlyMap<string, number> {
    return this.#met;
  }

  constructor() {
    for (const [units, at] of OPENING) this.step({ when: { laterMs: 0 }, what: () => receive(units, at) });
    this.step({ when: { laterMs: 0 }, what: () => reserve('r0', 4) });
  }

  /** One line for each command. */
  told(): readonly string[] {
    return this.#told.map(({ atMs, command, answer }) => {
      const { type, ...rest } = command;
      const said = answer === null ? 'no answer' : gistOf(answer);
      return `${atMs} ms  ${type} ${inspect(rest, { breakLength: Infinity, depth: Infinity })} → ${said}`;
    });
  }

  step({ when, what, shop = null }: Action): void {
    this.#nowMs = Math.max(this.#nowMs, this.#timeOf(when));
    if (shop !== null) this.#network = { ...SHOP, ...SHOPS[shop] };
    const ids = this.#naive.reservations.map(({ id }) => id);
    const command = what({ ids, nowMs: this.#nowMs, cases: [...this.#naive.cases.keys()] });
    // Two reservations of one millisecond have no order among them.
    if (command.type === 'reserve' || command.type === 'take_order') this.#nowMs += 1;

    const naive = this.#naive;
    this.#network = { ...this.#network, trouble: troubleAt(this.#nowMs) };
    naive.network = this.#network;
    naive.passTime(this.#nowMs, waitingSinceMs(this.#nowMs));
    if (naive.backordered > 0 || naive.shortage > 0) this.#letAlarmRing();
    const placesBefore = new Map(naive.reservations.map(({ id, lines }) => [id, lines.map(({ places }) => places)]));
    const netBefore = new Map(this.#network.locations.map(({ id }) => [id, naive.net(id)]));
    const onHandBefore = new Map(this.#network.locations.map(({ id }) => [id, naive.onHand(id)]));
    const expected = naive.do(command, this.#nowMs);
    if (expected.kind === 'open') return;

    const asked = { atMs: this.#nowMs, command, answer: null as Answer | null };
    this.#told.push(asked);
    const { answer, entries } = this.#turn(command);
    asked.answer = answer;
    this.#note(command, answer);
    agree(said(answer), expected);
    const steps = this.#stepsIn(entries);
    this.#adopt(command, entries, placesBefore);
    agree(wrongSteps(naive, this.#network, steps), []);
    this.#checkTaking(command, netBefore, onHandBefore, placesBefore);
    this.#checkPlacing(entries);
    this.#checkNumbers();
    if (answer.accepted && answer.reservation !== null)
      agree(answer.promisedAtMs ?? null, naive.promises().get(answer.reservation.id) ?? null);
    this.#checkJournal(entries);
  }

  /** Where units are free by now they are placed first, and where they lie is for the core to say. */
  #letAlarmRing(): void {
    const entries = tidy(this.stock, this.#context());
    this.#books.record(entries);
    for (const entry of entries) evolve(this.#mirror, entry);
    const steps = this.#stepsIn(entries);
    for (const real of this.stock.live.values()) this.#naive.adopt(real);
    agree(wrongSteps(this.#naive, this.#network, steps), []);
    this.#checkPlacing(entries);
    this.#rest();
  }

  /** What happened of itself; whose units were needed elsewhere is for the core to say, and whether they could be. */
  #stepsIn(entries: readonly Entry[]): ReturnType<typeof stepsIn> {
    const steps = stepsIn(entries);
    for (const step of steps) {
      this.#count(step.type);
      if (step.type === 'released') agree(this.#naive.end(step.reservation), true);
    }
    return steps;
  }

  #context(): Context {
    const buyers = buyersOf(this.#closed);
    return {
      nowMs: this.#nowMs,
      waitingSinceMs: waitingSinceMs(this.#nowMs),
      network: this.#network,
      books: this.#books,
      buyers,
      pinOutcomeMs: PIN_OUTCOME_MS,
    };
  }

  #turn(command: Command) {
    const named = 'reservation' in command && command.reservation !== null ? this.#closed.get(command.reservation) : undefined;
    if (named !== undefined) admit(this.stock, named);
    const done = turn(this.stock, command, this.#context(), null);
    this.#books.record(done.entries);
    return done;
  }

  /** Where the units lie now: what the core says, if it may say so. */
  #adopt(command: Command, entries: readonly Entry[], placesBefore: PlacesBefore): void {
    const touched = new Set(entries.flatMap(({ event }) => ('reservation' in event ? [event.reservation] : [])));
    for (const real of this.stock.live.values()) {
      const before = placesBefore.get(real.id);
      if (!touched.has(real.id) && before !== undefined) agree(real.lines.map(placesOf), before);
      for (const line of real.lines) {
        if (line.at === null) continue;
        const places = placesOf(line);
        agree(
          places.every(({ location }) => location === line.at),
          true,
        );
        // Who asked for a place does not wait for another.
        agree(line.open + line.owed, unitsOf(places));
      }
      this.#naive.adopt(real);
    }
    if (command.type !== 'fulfill') return;
    for (const { event } of entries)
      if (event.type === 'shipped')
        for (const { location, quantity } of event.lines.flatMap((one) => one.placed)) this.#naive.left(location, quantity);
  }

  /** [I5] Nothing we decide takes a place below its safety stock; only facts do. */
  #checkTaking(
    command: Command,
    netBefore: ReadonlyMap<LocationId, number>,
    onHandBefore: ReadonlyMap<LocationId, number>,
    placesBefore: PlacesBefore,
  ): void {
    for (const { id: location } of this.#network.locations) {
      const safetyStock = this.#naive.policy.safetyStock.find((one) => one.location === location)?.quantity ?? 0;
      const taken = (command.type === 'take_order' ? command.lines : []).filter(({ at }) => at === location);
      const sold = taken.reduce((total, { quantity }) => total + quantity, 0);
      const came = this.#naive.onHand(location) - (onHandBefore.get(location) ?? 0) - sold;
      const least = Math.min(safetyStock, (netBefore.get(location) ?? 0) + came);
      const net = this.#naive.net(location);
      agree(Math.max(least, net), net);
    }
    // Where a place stopped selling, what it had promised before stays there.
    for (const { id, channel, lines } of this.#naive.reservations) {
      const served = servedBy(this.#network, channel);
      const before = placesBefore.get(id)?.flat() ?? [];
      const strange = lines
        .flatMap(({ places }) => places)
        .some(
          ({ of, location }) =>
            of === 'open' && !served.includes(location) && !before.some((one) => one.of === 'open' && one.location === location),
        );
      agree(strange, false);
    }
  }

  /** Nobody waits for what is there, and nobody younger was served before. */
  #checkPlacing(entries: readonly Entry[]): void {
    const waiting = this.#naive.reservations.filter(({ lines }) => lines.some((line) => backorderedOf(line) > 0));
    if (waiting.length === 0) return;
    const terms = this.#naive.terms;
    for (const { channel } of waiting) {
      for (const at of servedBy(this.#network, channel)) agree(naiveAvailable(terms, this.#network, channel, at), 0);
    }
    const shippedBy = new Set(entries.flatMap(({ event }) => (event.type === 'shipped' ? [event.reservation] : [])));
    const lost = new Set(entries.flatMap(({ event }) => (event.type === 'backordered' ? [event.reservation] : [])));
    for (const { event } of entries) {
      if (event.type !== 'placed' || shippedBy.has(event.reservation)) continue;
      const served = this.#naive.reservations.find(({ id }) => id === event.reservation);
      // What is kept for one channel does not wait for the elders of another.
      const keeps = terms.quotas.some((one) => one.protected > 0);
      // Who lost a place in this very turn did not wait when others were served.
      const older = waiting.filter((one) => one.createdAtMs < (served?.createdAtMs ?? 0) && !lost.has(one.id));
      agree(
        older.filter(
          ({ channel }) =>
            servedBy(this.#network, channel).includes(event.at.location) && (!keeps || channel === served?.channel),
        ),
        [],
      );
    }
  }

  /** [I1] [I2] [I3] [I4] [I6] [I7] */
  #checkNumbers(): void {
    const { stock } = this;
    const naive = this.#naive;
    const here = new Map([...this.#closed, ...stock.live]);
    agree([...here.values()].map(summaryOf).toSorted(byId), naive.reservations.map(naiveSummaryOf).toSorted(byId));
    for (const { id } of this.#network.locations) {
      agree(
        STOCK_STATUSES.map((status) => onHandAt(stock, { location: id, status })),
        STOCK_STATUSES.map((status) => naive.onHand(id, status)),
      );
      agree(
        [stock.reserved.get(id) ?? 0, stock.committed.get(id) ?? 0],
        [naive.promised('open', id), naive.promised('owed', id)],
      );
    }
    agree(stock.backordered, naive.backordered);
    const terms = naive.terms;
    agree(promisedDates(stock, this.#context()), naive.promises());
    for (const quota of naive.policy.quotas) agree(consumedUnder(stock, quota), naive.consumed(quota));
    const told = withOwed(termsOf(stock, this.#context()), stock, this.#network);
    const offeredTo = offers(told, this.#network);
    for (const { id } of this.#network.channels) {
      const offered = offeredTo(id);
      const expected = naiveOffer(terms, this.#network, id);
      agree([offered.availableToSell, offeredAtOnePlace(offered)], [expected.any, expected.one]);
      for (const [at, units] of expected.places) agree(offeredAt(offered, at), units);
      const item = { sku: stock.sku, kit: null, parts: [{ units: 1, snapshot: { status: 'active', terms: told } as const }] };
      const { quantity, places } = levelOf(item, this.#network, id);
      const shown = naiveLevel(terms, this.#network, id, naive.reservations);
      agree(quantity, shown.quantity);
      // Of a place at which there never was anything the core has nothing to say.
      for (const one of places) agree(one.quantity, shown.places.get(one.location));
    }
    const cases = [...stock.cases.values()];
    const short = cases.flatMap(({ about, difference }) => (about.kind === 'over_reservation' ? [difference] : []));
    agree(short, naive.shortage > 0 ? [naive.shortage] : []);
    const refused = cases.flatMap(({ about, difference }) =>
      about.kind === 'posting_refused' ? [[about.posting, difference]] : [],
    );
    agree(refused, [...naive.refusedPostings]);
    naive.cases = new Map(cases.map(({ number, about }) => [number, whatOf(about)] as const));
    const pins = cases.flatMap(({ about }) => (about.kind === 'pin_without_outcome' ? [about.reservation] : []));
    agree(pins.toSorted(), naive.overduePins(this.#nowMs));
    const owed = naive.reservations.flatMap((one) => one.lines).reduce((total, line) => total + line.units.owed, 0);
    const onHand = this.#network.locations.reduce((total, { id }) => total + naive.onHand(id), 0);
    if (short.length === 0) agree(Math.max(0, owed - onHand - naive.policy.backorderLimit), 0);
  }

  /** [I10] [I17] The journal alone makes the same state, and its time never goes back. */
  #checkJournal(entries: readonly Entry[]): void {
    for (const entry of entries) {
      agree(entry.sequence, this.#mirror.sequence + 1);
      agree(entry.atMs, this.#nowMs);
      evolve(this.#mirror, entry);
    }
    this.#rest();
    agree(essence(this.stock), essence(this.#mirror));
  }

  /** Closed ones rest until somebody calls them. */
  #rest(): void {
    for (const reservation of this.stock.live.values()) {
      if (isLive(reservation)) this.#closed.delete(reservation.id);
      else {
        this.#closed.set(reservation.id, reservation);
        forget(this.stock, reservation);
      }
    }
  }

  #timeOf(when: Action['when']): number {
    if ('laterMs' in when) return this.#nowMs + when.laterMs;
    const deadlines = this.#naive.deadlines();
    return (deadlines[when.deadline % Math.max(1, deadlines.length)] ?? this.#nowMs) + when.offMs;
  }

  #note({ type }: Command, answer: Answer): void {
    this.#count(`${type}: ${gistOf(answer)}`);
  }

  #count(what: string): void {
    this.#met.set(what, (this.#met.get(what) ?? 0) + 1);
  }
}

/** The ERP listens and is away by turns, so that channels trust and do not; since when is the same for both models. */
function waitingSinceMs(nowMs: number): number | null {
  const away = nowMs % 128;
  return away < 64 ? null : nowMs - (away - 64);
}

/** Its feed lags, and the ERP is left alone, now and then. */
function troubleAt(nowMs: number): Trouble {
  const since = (every: number): number | null => (nowMs % every < every / 2 ? null : nowMs - (nowMs % every) + every / 2);
  return { feedSinceMs: since(400), laneSinceMs: since(300) };
}

function gistOf(answer: Answer): string {
  return answer.accepted ? (answer.fact?.outcome ?? 'accepted') : answer.rejection.code;
}

function said(answer: Answer): Expected {
  if (!answer.accepted) return { kind: 'refused', rejection: answer.rejection };
  const { fact } = answer;
  if (fact === null) return { kind: 'accepted' };
  if (fact.outcome === 'deferred') throw new Error('nothing was sent, so nothing is under way');
  if (fact.outcome === 'stale') return { kind: 'stale' };
  return fact.outcome === 'changed' ? { kind: 'changed', variance: fact.variance } : { kind: 'applied', variance: fact.variance };
}

function whatOf(about: CaseAbout): number | 'pin' | 'shortage' {
  if (about.kind === 'posting_refused') return about.posting;
  return about.kind === 'over_reservation' ? 'shortage' : 'pin';
}

function summaryOf(reservation: Reservation) {
  const { id, buyer, reference = null, term, lines } = reservation;
  return {
    id,
    buyer,
    reference,
    status: statusOfReal(reservation),
    until: term.kind === 'active' ? term.expiresAtMs : term.kind === 'pinned' ? term.outcomeDueMs : null,
    lines: lines.map(({ asked, open, owed, fulfilled, cancelled, released, expired }) => ({
      asked,
      open,
      owed,
      fulfilled,
      cancelled,
      released,
      expired,
    })),
  };
}

function naiveSummaryOf(one: NaiveReservation): ReturnType<typeof summaryOf> {
  const status = statusOf(one);
  return {
    id: one.id,
    buyer: one.buyer,
    reference: one.reference,
    status,
    until: status === 'active' ? one.expiresAtMs : status === 'pinned' ? Math.min(one.pinnedUntilMs ?? 0, NEVER_MS) : null,
    lines: one.lines.map(({ asked, units }) => ({ asked, ...units })),
  };
}

function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : 1;
}
