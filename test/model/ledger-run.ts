import type { Command } from '../../domain/command.ts';
import { compareReadings } from '../../domain/comparison.ts';
import type { Entry, Event } from '../../domain/event.ts';
import { postingKey, postingOf, type IssueAt, type Posting } from '../../domain/posting.ts';
import { emptyStock, onHandAt, placeKey, type CountMeaning, type Stock } from '../../domain/stock.ts';
import { turn } from '../../domain/turn.ts';
import type { Books, Told } from '../../domain/variance.ts';
import { location, reservationId, sku, source } from '../story/ids.ts';
import { cancel, commit, erpCount, fulfill, moved, policy, reconcile, reserve, stockTake, takeOrder } from '../story/orders.ts';
import { ALL_IN_SIGHT } from '../story/buyers.ts';
import { PaperBooks } from '../story/paper-books.ts';
import { NETWORK } from '../story/story.ts';
import { Dice } from './dice.ts';
import { PaperErp, type ErpFact, type Reading } from './paper-erp.ts';

export const RARE = [
  'applied',
  'stale',
  'deferred',
  'late',
  'beyond',
  'pending at a count',
  'reallocated',
  'backordered',
  'refused',
  'ordered',
  'counted before it was told',
  'left from another place than the ERP named',
  'equal',
  'differs',
  'compared while postings wait',
  'compared while a posting is under way',
] as const;
export type Rare = (typeof RARE)[number];

const PLACES = ['dc', 'store'] as const;
const ERP = source('erp');

interface Order {
  readonly id: string;
  readonly owner: 'front' | 'erp';
  /** Who took it: we, the market that told us, or the ERP, for a place that it named or for none. */
  readonly soldAt: string | null | undefined;
  readonly quantity: number;
  shipped: number;
}

/** Front and ERP beside each other, with everything between them slow, lost, doubled and out of order. */
export class LedgerRun {
  readonly reached = new Set<Rare>();
  /** What happened, for whoever reads a failure. */
  readonly said: string[] = [];
  readonly #dice: Dice;
  readonly #stock: Stock = emptyStock(sku('TEA'));
  readonly #paper: PaperBooks;
  readonly #books: Books;
  readonly #erp: PaperErp;
  readonly #issueAt: IssueAt;
  readonly #meanings: readonly CountMeaning[];
  readonly #told = new Set<ErpFact>();
  readonly #readings: Reading[] = [];
  readonly #toldOf = new Map<Reading, Told>();
  readonly #orders: Order[] = [];
  /** Sent and on the way: the ERP will get it. */
  readonly #onTheWay = new Set<Entry>();
  readonly #tampered: boolean;
  #nowMs = 0;

  constructor(
    seed: number,
    issueAt: IssueAt,
    meanings: readonly CountMeaning[],
    spoil: (books: Books) => Partial<Books> = () => ({}),
    tampered = false,
  ) {
    this.#tampered = tampered;
    this.#dice = new Dice(seed);
    this.#issueAt = issueAt;
    this.#meanings = meanings;
    this.#erp = new PaperErp(issueAt);
    this.#paper = new PaperBooks(this.#stock.sku, issueAt);
    const paper = this.#paper;
    const honest: Books = {
      oldestMark: 0,
      oldestMs: 0,
      notInErp: (place, mark, told) => paper.notInErp(place, mark, told),
      beyond: (from, place, mark) => paper.beyond(from, place, mark),
      stoodStill: (from, place, since) => paper.stoodStill(from, place, since),
      since: (place, asOfMs, books) => paper.since(place, asOfMs, books),
    };
    this.#books = { ...honest, ...spoil(honest) };
    const rest = this.#dice.oneIn(2) ? ['list' as const] : ['backorder' as const, 'list' as const];
    this.#do(policy({ backorderLimit: 4, overReservation: this.#dice.oneIn(3) ? rest : ['reallocate', ...rest] }));
    for (const at of PLACES) this.#erp.happen('received', 10, at);
  }

  step(): void {
    this.#nowMs += this.#dice.roll(0, 20);
    const steps = [
      () => this.#order(),
      () => this.#order(),
      () => this.#marketOrder(),
      () => this.#erpOrder(),
      () => this.#settleOrder(),
      () => this.#frontFact(),
      () => this.#erpFact(),
      () => this.#erpFact(),
      () => this.#erpShips(),
      () => this.#erpShips(),
      () => this.#send(),
      () => this.#send(),
      () => this.#arrive(),
      () => this.#ask(),
      () => this.#ask(),
      () => this.#tell(),
      () => this.#tell(),
      () => this.#read(),
      () => this.#read(),
      () => this.#count(),
      () => this.#count(),
      () => this.#compare(),
      () => this.#compare(),
      ...(this.#tampered ? [() => this.#tamper()] : []),
    ];
    this.#dice.pick(steps)?.();
  }

  /** [R34] [R36] What comparisons said that is not what the ERP's books and ours are apart by. */
  readonly wrong: string[] = [];

  /** X = ERP balance + own postings not in the ERP − ERP facts not applied here, place by place. */
  unbalanced(): readonly string[] {
    return PLACES.flatMap((at) => {
      const base = this.#stock.balances.get(`sellable ${at}`)?.bases[ERP];
      const meanings = base === undefined ? this.#meanings : [base.meaning];
      const baseMark = base !== undefined && 'mark' in base ? base.mark : 0;
      return meanings.flatMap((meaning) => {
        const pending = this.#postings().filter(([, posting]) => this.#erp.markOf(posting.key) === null);
        const untold = this.#untoldBeyond(baseMark);
        const ours = this.#x(at, meaning);
        const theirs =
          this.#erp.read(at, meaning).quantity +
          this.#weigh(
            pending.map(([, { lines }]) => lines),
            at,
            meaning,
          ) -
          this.#weigh(
            untold.map(({ bookings }) => bookings),
            at,
            meaning,
          );
        return ours === theirs ? [] : [`${at}, ${meaning}: ${ours} here, ${theirs} by the ERP's books`];
      });
    });
  }

  /** Everything that is under way arrives. */
  heal(): void {
    for (const fact of this.#erp.facts) this.#deliver(fact);
    for (const [entry, posting] of this.#postings()) this.#paper.posted(entry, this.#erp.post(posting), this.#nowMs);
  }

  differences(): readonly string[] {
    return PLACES.flatMap((at) => {
      const base = this.#stock.balances.get(`sellable ${at}`)?.bases[ERP];
      const meanings = base === undefined ? this.#meanings : [base.meaning];
      const untold = this.#untoldBeyond(base !== undefined && 'mark' in base ? base.mark : 0).map(({ bookings }) => bookings);
      const theirs = (meaning: CountMeaning): number => this.#erp.read(at, meaning).quantity - this.#weigh(untold, at, meaning);
      return meanings.filter((meaning) => this.#x(at, meaning) !== theirs(meaning)).map((meaning) => `${at}, ${meaning}`);
    });
  }

  #order(): void {
    const order = this.#newOrder(undefined);
    if (this.#do(reserve(order.id, order.quantity)) !== 'accepted') return;
    this.#do(commit(order.id, null, { orderRef: order.id }));
    this.#orders.push(order);
  }

  /** Told to us by somebody whose books are not the ERP's, so the ERP hears of it from us. */
  #marketOrder(): void {
    const order = this.#newOrder(undefined);
    const line = this.#dice.oneIn(2) ? order.quantity : ([order.quantity, this.#place()] as const);
    this.#do(takeOrder(order.id, [line], { orderRef: order.id, placedAtMs: this.#nowMs }));
    this.#orders.push(order);
  }

  #erpOrder(): void {
    const soldAt = this.#dice.oneIn(3) ? null : this.#place();
    const order = this.#newOrder(soldAt);
    this.#erp.takeOrder(order.id, order.quantity, soldAt);
    this.#orders.push(order);
  }

  #newOrder(soldAt: Order['soldAt']): Order {
    const owner = this.#dice.oneIn(2) ? 'front' : 'erp';
    return { id: `order-${this.#orders.length}`, owner, soldAt, quantity: this.#dice.roll(1, 4), shipped: 0 };
  }

  #settleOrder(): void {
    const order = this.#dice.pick(this.#orders.filter(({ owner }) => owner === 'front'));
    if (order === undefined) return;
    this.#do((this.#dice.oneIn(3) ? cancel : fulfill)(order.id, this.#dice.roll(1, order.quantity)));
  }

  #frontFact(): void {
    const at = this.#place();
    const occurredAtMs = Math.max(0, this.#nowMs - this.#dice.roll(0, 60));
    const order = this.#dice.pick(this.#orders.filter(({ owner }) => owner === 'front'));
    const facts = [
      () => moved('received', this.#dice.roll(1, 5), { at, occurredAtMs }),
      () => moved('adjusted', this.#dice.oneIn(2) ? -1 : 1, { at, occurredAtMs }),
      () => moved('sold', this.#dice.roll(1, 2), { at, occurredAtMs }),
      () => moved('shipped', this.#dice.roll(1, 3), { at, occurredAtMs, orderRef: order?.id ?? 'unknown' }),
      () => stockTake(this.#dice.roll(0, 12), occurredAtMs, { at }),
    ];
    const fact = this.#dice.pick(facts)?.();
    if (fact !== undefined) this.#do(fact);
  }

  #erpFact(): void {
    const facts = [
      () => this.#erp.happen('received', this.#dice.roll(1, 5), this.#place()),
      () => this.#erp.happen('sold', this.#dice.roll(1, 3), this.#place()),
      () => this.#erp.happen('adjusted', this.#dice.oneIn(2) ? -2 : 2, this.#place()),
      () => this.#erp.transfer(this.#dice.roll(1, 3), 'dc', 'store'),
    ];
    this.#dice.pick(facts)?.();
  }

  /** The ERP ships only orders that it looks after itself, and at most what they owe. */
  #erpShips(): void {
    const due = this.#orders.filter((one) => one.owner === 'erp' && one.shipped < one.quantity && this.#isTold(one));
    const taken = due.filter(({ soldAt }) => typeof soldAt === 'string');
    const order = this.#dice.pick(taken.length > 0 && this.#dice.oneIn(2) ? taken : due);
    if (order === undefined) return;
    const quantity = this.#dice.roll(1, order.quantity - order.shipped);
    order.shipped += quantity;
    this.#erp.ship(order.id, quantity, this.#place(), order.soldAt);
  }

  /** The oldest pending posting leaves; now and then it never arrives. */
  #send(): void {
    const [next] = this.#postings().filter(([entry]) => this.#paper.stateOf(entry).state === 'pending');
    if (next === undefined) return;
    this.#paper.sent(next[0]);
    if (!this.#dice.oneIn(5)) this.#onTheWay.add(next[0]);
  }

  #arrive(): void {
    const entry = this.#dice.pick([...this.#onTheWay]);
    const posting = entry === undefined ? null : postingOf(this.#stock.sku, entry, this.#issueAt);
    if (entry === undefined || posting === null) return;
    this.#onTheWay.delete(entry);
    this.#erp.post(posting);
  }

  /** Asked by key. What is still on the way has no answer yet. */
  #ask(): void {
    const sent = this.#postings().filter(([entry]) => this.#paper.stateOf(entry).state === 'sent' && !this.#onTheWay.has(entry));
    const asked = this.#dice.pick(sent);
    if (asked === undefined) return;
    const mark = this.#erp.markOf(asked[1].key);
    if (mark === null) this.#paper.unposted(asked[0]);
    else this.#paper.posted(asked[0], mark, this.#nowMs);
  }

  #tell(): void {
    const fact = this.#dice.pick(this.#erp.facts.filter((one) => !this.#told.has(one)));
    if (fact !== undefined) this.#deliver(fact);
  }

  #deliver(fact: ErpFact): void {
    if (this.#told.has(fact)) return;
    this.#told.add(fact);
    const places = fact.bookings.map((one) => this.#stock.balances.get(`sellable ${one.location}`)?.bases[ERP]);
    if (places.some((base) => base !== undefined && 'mark' in base && fact.mark <= base.mark)) this.reached.add('late');
    this.#do(fact.command);
  }

  #read(): void {
    this.#readings.push(this.#erp.read(this.#place(), this.#dice.pick(this.#meanings) ?? 'on_hand'));
  }

  /** Any reading may come in at any time, also twice. */
  #count(): void {
    const reading = this.#dice.pick(this.#dice.oneIn(2) ? this.#readings : this.#readings.slice(-2));
    if (reading === undefined) return;
    const place = { location: location(reading.location), status: 'sellable' } as const;
    const lacking = this.#paper.notInErp(place, reading.mark);
    const beyond = this.#paper.beyond(ERP, place, reading.mark);
    const outcome = this.#do(erpCount(reading.quantity, reading.mark, { at: reading.location, meaning: reading.meaning }));
    if (outcome !== 'applied') return;
    if (lacking !== null && lacking.length > 0) this.reached.add('pending at a count');
    if (beyond.length > 0) this.reached.add('beyond');
  }

  #tamper(): void {
    this.#erp.tamper(this.#dice.oneIn(2) ? -2 : 3, this.#place());
  }

  /** What the ERP has and nobody told us, beyond what a count brought. */
  #untoldBeyond(mark: number): readonly Pick<ErpFact, 'mark' | 'bookings'>[] {
    const onTheWay = this.#erp.facts.filter((fact) => !this.#told.has(fact));
    return [...onTheWay, ...this.#erp.untold].filter((one) => one.mark > mark);
  }

  /** Any reading, compared at any time, is apart from ours by what was not told, and by nothing that is under way. */
  #compare(): void {
    const read = this.#dice.pick(this.#dice.oneIn(2) ? this.#readings : this.#readings.slice(-2));
    if (read === undefined) return;
    const { location: at, quantity, mark, meaning } = read;
    const place = { location: location(at), status: 'sellable' } as const;
    // Whoever asks the ERP for what is under way may do so at any time after it was read, and compare long after that.
    if (!this.#toldOf.has(read) && this.#dice.oneIn(2)) this.#toldOf.set(read, this.#askByKey());
    const told = this.#toldOf.get(read);
    const holds = told === undefined ? { mark } : { mark, told };
    const reading = { ...place, source: ERP, quantity, meaning, holds };
    const [found] = compareReadings(this.#stock, [reading], this.#books).places;
    if (found?.outcome !== 'known') return;
    const base = this.#stock.balances.get(placeKey(place))?.bases[ERP];
    // Of an ERP that tells two numbers, one is compared with its own kind only.
    if (base !== undefined && base.meaning !== meaning) return;
    const untold = this.#untoldBeyond(base !== undefined && 'mark' in base ? base.mark : 0).filter((one) => one.mark <= mark);
    const expected = this.#weigh(
      untold.map(({ bookings }) => bookings),
      at,
      meaning,
    );
    if (found.variance !== expected) this.wrong.push(`${at} at ${mark}, ${meaning}: ${found.variance} and not ${expected}`);
    this.#note(expected === 0 ? 'equal' : 'differs');
    if ((this.#paper.notInErp(place, mark) ?? []).length > 0) this.#note('compared while postings wait');
    if (this.#paper.notInErp(place, mark) === null) this.#note('compared while a posting is under way');
    if (expected === 0 || this.#dice.oneIn(2)) return;
    const booking = { holds, meaning, at, id: `run-${at}-${mark}` };
    const outcome = this.#do(reconcile(quantity, found.variance, booking));
    if (outcome !== 'applied') this.wrong.push(`what was found was not booked: ${outcome}`);
    if (this.#do(reconcile(quantity, found.variance, { ...booking, id: 'again' })) !== 'changed')
      this.wrong.push('it was booked twice');
  }

  #askByKey(): Told {
    const { through, sequences } = this.#paper.standing().underWay;
    return {
      through,
      postings: sequences.map((sequence) => ({ sequence, mark: this.#erp.markOf(postingKey(this.#stock.sku, sequence)) })),
    };
  }

  #do(command: Command): string {
    const context = {
      nowMs: this.#nowMs,
      waitingSinceMs: null,
      network: NETWORK,
      books: this.#books,
      buyers: ALL_IN_SIGHT,
      pinOutcomeMs: 1_000,
    };
    const { entries, answer } = turn(this.#stock, command, context, null);
    this.#paper.record(entries);
    const outcome = answer.accepted ? (answer.fact?.outcome ?? 'accepted') : 'refused';
    this.#note(outcome);
    for (const { event } of entries) {
      this.#note(event.type);
      if (event.type === 'ordered' && this.#isCounted(event)) this.#note('counted before it was told');
      if (event.type === 'reallocated' && event.unnamed === 'to') this.#note('left from another place than the ERP named');
    }
    this.said.push(`${JSON.stringify(command)} → ${outcome}`);
    return outcome;
  }

  #isCounted({ location: at, mark }: Extract<Event, { type: 'ordered' }>): boolean {
    const base = this.#stock.balances.get(`sellable ${at}`)?.bases[ERP];
    return base !== undefined && 'mark' in base && mark !== null && mark <= base.mark;
  }

  #note(outcome: string): void {
    const rare = RARE.find((one) => one === outcome);
    if (rare !== undefined) this.reached.add(rare);
  }

  #x(at: string, meaning: CountMeaning): number {
    const onHand = onHandAt(this.#stock, { location: location(at), status: 'sellable' });
    return meaning === 'on_hand' ? onHand : onHand - (this.#stock.committed.get(location(at)) ?? 0) + this.#soldNowhere(at);
  }

  /** Units that we put here of orders that the ERP took for elsewhere, or for nowhere. */
  #soldNowhere(at: string): number {
    return this.#orders
      .filter(({ soldAt }) => soldAt !== undefined && soldAt !== at)
      .flatMap(({ id }) => this.#stock.live.get(reservationId(id))?.lines ?? [])
      .flatMap(({ owedAt }) => owedAt.filter((placed) => placed.location === at))
      .reduce((total, { quantity }) => total + quantity, 0);
  }

  /** An order comes before the movements that name it. */
  #isTold({ id, soldAt }: Order): boolean {
    return soldAt === undefined || this.#stock.byOrder.has(id);
  }

  #weigh(bookings: readonly Parameters<PaperErp['weigh']>[0][], at: string, meaning: CountMeaning): number {
    return this.#erp.weigh(
      bookings.flat().filter((one) => one.location === at),
      meaning,
    );
  }

  #postings(): readonly (readonly [Entry, Posting])[] {
    return this.#paper.entries.flatMap((entry) => {
      const posting = postingOf(this.#stock.sku, entry, this.#issueAt);
      return posting === null ? [] : [[entry, posting] as const];
    });
  }

  #place(): string {
    return this.#dice.pick(PLACES) ?? 'dc';
  }
}
