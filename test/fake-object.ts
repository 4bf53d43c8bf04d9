import type { Answer, Command } from '../domain/command.ts';
import { compareReadings, differs, factsLately } from '../domain/comparison.ts';
import { decide } from '../domain/decide.ts';
import type { Context } from '../domain/decision.ts';
import type { Entry } from '../domain/event.ts';
import { nextEdgeMs } from '../domain/edges.ts';
import type { ReservationId, Sku } from '../domain/ids.ts';
import { EMPTY_NETWORK } from '../domain/network.ts';
import { postingOf } from '../domain/posting.ts';
import { expectedReceipts, promisedAtMs, promisedDates } from '../domain/promise.ts';
import { withOwed } from '../domain/owed.ts';
import { consumedUnder } from '../domain/quotas.ts';
import { isLive, statusOf } from '../domain/reservation.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import { saysSoldOut } from '../domain/sold-out.ts';
import { emptyStock, type Stock } from '../domain/stock.ts';
import { termsOf } from '../domain/terms.ts';
import { tidy, turn } from '../domain/turn.ts';
import { openOrdersDue } from '../durable-objects/sku-stock/open-orders.ts';
import type { ErpPort } from '../erp/port.ts';
import type { ArchiveEnd, Asked, Call, CallResult, Check, Reply, SkuStockStub } from '../durable-objects/sku-stock/protocol.ts';
import { ALL_IN_SIGHT } from './story/buyers.ts';
import { PaperBooks } from './story/paper-books.ts';

const NOBODY = '' as ReservationId;

type Answered = Extract<Reply, { outcome: 'answered' }>;

/** One SKU's object without a runtime: the real core, with memory for storage. */
export class FakeObject implements SkuStockStub {
  /** What it was asked, in order. */
  readonly heard: Command[] = [];
  /** What the next call does instead of answering. */
  trouble: (() => CallResult) | null = null;
  asked = 0;
  /** What became of its postings, where a test says so. */
  readonly fates = new Map<number, 'refused' | 'posted' | 'under_way' | 'forgotten'>();
  /** What its audit finds, where a test says so. */
  checks: readonly Check[] = [];
  archived: ArchiveEnd = { head: null, throughMs: 0 };
  /** Whoever asks hears nothing. */
  silent = false;
  /** Whoever asks hears it only then. */
  busyUntil: Promise<void> = Promise.resolve();
  #network = EMPTY_NETWORK;
  readonly #stock: Stock;
  readonly #now: () => number;
  readonly #books: PaperBooks;
  readonly #kept = new Map<string, { readonly fingerprint: string; readonly reply: Answered }>();
  readonly #facts = new Map<string, number>();
  /** What came last of each cart: what comes after it of an earlier step comes too late (R20). */
  readonly #newest = new Map<string, number>();
  /** Reservations that cannot begin: they did, or were given up before (R20). */
  readonly #ended = new Set<ReservationId>();

  constructor(sku: Sku, now: () => number) {
    this.#stock = emptyStock(sku);
    this.#books = new PaperBooks(sku, 'commit');
    this.#now = now;
  }

  async execute(call: Call): Promise<CallResult> {
    await this.busyUntil;
    return this.executeNow(call);
  }

  executeNow({ networkVersion, network, asked }: Call): CallResult {
    if (this.silent) throw new Error('nobody answers');
    this.asked += 1;
    const trouble = this.trouble;
    this.trouble = null;
    if (trouble !== null) return trouble();
    if (this.#stock.item === null && !asked.some(({ command }) => command.type === 'set_item')) return { outcome: 'sku_unknown' };
    if (networkVersion !== null && networkVersion < this.#network.version) return { outcome: 'network_stale' };
    if (networkVersion !== null && networkVersion > this.#network.version) {
      if (network === null) return { outcome: 'network_needed' };
      this.#network = network;
    }
    return { outcome: 'done', replies: asked.map((one) => this.#withLesson(one, this.#reply(one))) };
  }

  get stock(): Stock {
    return this.#stock;
  }

  /** What it wrote is on its way to the ERP, and nobody has answered. */
  sendPostings(): void {
    for (const entry of this.#books.entries) this.#books.sent(entry);
  }

  get journal(): readonly Entry[] {
    return this.#books.entries;
  }

  /** Who was refused because nothing is left hears what is true now, if they learn from it. */
  #withLesson({ learns }: Asked, reply: Reply): Reply {
    if (learns !== true || reply.outcome !== 'answered' || !saysSoldOut(reply.answer)) return reply;
    const snapshot = this.#snapshotNow();
    return snapshot === null ? reply : { ...reply, snapshot };
  }

  async snapshot() {
    this.asked += 1;
    return this.#snapshotNow();
  }

  #snapshotNow(): Snapshot | null {
    const { sku, item } = this.#stock;
    if (item === null) return null;
    this.#books.record(tidy(this.#stock, this.#context()));
    return {
      sku,
      status: item.status,
      terms: withOwed(termsOf(this.#stock, this.#context()), this.#stock, this.#network),
      sequence: this.#stock.sequence,
      asOfMs: this.#now(),
      freshForMs: Math.min(1_000, (nextEdgeMs(this.#stock, this.#network, this.#context()) ?? Infinity) - this.#now()),
    };
  }

  async reservation(id: ReservationId) {
    return this.reservationNow(id);
  }

  reservationNow(id: ReservationId) {
    this.#books.record(tidy(this.#stock, this.#context()));
    const value = this.#stock.live.get(id);
    return value === undefined
      ? null
      : {
          value,
          sequence: this.#stock.sequence,
          asOfMs: this.#now(),
          promisedAtMs: promisedAtMs(this.#stock, value, this.#context()),
        };
  }

  async snapshotWith(id: ReservationId) {
    const snapshot = await this.snapshot();
    return snapshot === null ? null : { snapshot, reservation: this.#stock.live.get(id) ?? null };
  }

  async explain({ channel, after, limit }: Parameters<SkuStockStub['explain']>[0]) {
    const snapshot = await this.snapshot();
    if (snapshot === null) return null;
    const all = [...this.#stock.live.values()].filter(isLive).filter((one) => channel === null || one.channel === channel);
    const rest = all.sort((a, b) => (a.id < b.id ? -1 : 1)).filter(({ id }) => after === null || id > after);
    const reservations = rest.slice(0, limit);
    const nextCursor = rest.length > limit ? (reservations.at(-1)?.id ?? null) : null;
    return {
      snapshot,
      balances: [...this.#stock.balances.values()],
      reservations,
      nextCursor,
      lastCount: null,
      postingsInFlight: 0,
      cases: [...this.#stock.cases.values()],
      expected: expectedReceipts(this.#stock, this.#now()),
      promises: [...promisedDates(this.#stock, this.#context())].map(([id, atMs]) => ({ reservation: id, atMs })),
    };
  }

  async consumption() {
    const { item } = this.#stock;
    return item && item.policy.quotas.map((quota) => ({ channel: quota.channel, consumed: consumedUnder(this.#stock, quota) }));
  }

  async waiting() {
    return [];
  }
  async acknowledge() {}
  async replay(wanted: Parameters<SkuStockStub['replay']>[0]) {
    return wanted.map(({ sequence, vanished }) => {
      const entry = this.#books.entries.find((one) => one.sequence === sequence);
      const posted = entry !== undefined && this.#books.stateOf(entry).state === 'posted';
      const fate = this.fates.get(sequence) ?? (posted ? 'posted' : undefined);
      const again = fate === 'refused' || (fate === 'posted' && vanished);
      if (!again) return { sequence, outcome: fate ?? ('none' as const) };
      if (posted) this.#books.unposted(entry);
      else this.fates.set(sequence, 'under_way');
      return { sequence, outcome: 'again' as const };
    });
  }
  async wake() {
    return false;
  }
  async published() {}
  async proof() {
    if (this.silent) throw new Error('nobody answers');
    if (this.#stock.item === null) return null;
    const openOrders = openOrdersDue(this.#stock, this.#now());
    return { sequence: this.#stock.sequence, checks: this.checks, archive: this.archived, openOrders };
  }

  /** What waits goes to the ERP, which answers all of it. */
  async postTo(erp: Pick<ErpPort, 'post'>): Promise<void> {
    const waiting = this.#books.postings().filter((entry) => this.#books.stateOf(entry).state === 'pending');
    const postings = waiting.flatMap((entry) => postingOf(this.#stock.sku, entry, 'commit') ?? []);
    const outcomes = await erp.post(postings, AbortSignal.timeout(1_000));
    for (const [index, entry] of waiting.entries()) {
      const outcome = outcomes[index];
      if (outcome?.outcome === 'posted' || outcome?.outcome === 'duplicate') this.#books.posted(entry, outcome.mark, this.#now());
    }
  }

  /** They left, and nobody has heard yet whether they arrived. */
  sendAll(): void {
    for (const entry of this.#books.postings()) if (this.#books.stateOf(entry).state === 'pending') this.#books.sent(entry);
  }

  async standing() {
    return this.#stock.item === null ? null : this.#books.standing();
  }

  async compare({ readings, explainedBy }: Parameters<SkuStockStub['compare']>[0]) {
    if (this.#stock.item === null) return null;
    this.#books.record(tidy(this.#stock, this.#context()));
    const compared = compareReadings(this.#stock, readings, this.#books);
    const { sequence } = this.#stock;
    const evidence =
      explainedBy === null || !differs(compared)
        ? null
        : {
            posted: this.#books
              .postings()
              .filter((entry) => this.#books.stateOf(entry).state === 'posted')
              .flatMap((entry) => postingOf(this.#stock.sku, entry, 'commit') ?? [])
              .toReversed(),
            facts: factsLately(this.#books.entries.toReversed(), explainedBy, 100),
          };
    return { ...compared, sequence, asOfMs: this.#now(), evidence };
  }

  #context(): Context {
    return {
      nowMs: this.#now(),
      waitingSinceMs: null,
      network: this.#network,
      books: this.#books,
      buyers: ALL_IN_SIGHT,
      pinOutcomeMs: 1_800_000,
    };
  }

  #reply({ command, key, correlationId, onlyCheck }: Asked): Reply {
    const said = { replay: null, correlationId, asOfMs: this.#now() };
    if (onlyCheck === true) {
      this.#books.record(tidy(this.#stock, this.#context()));
      const decision = decide(this.#stock, command, this.#context());
      const reservation = ('reservation' in command && this.#stock.live.get(command.reservation ?? NOBODY)) || null;
      const answer: Answer = decision.accepted ? { accepted: true, reservation, fact: decision.fact } : decision;
      return { outcome: 'answered', answer, ...said, sequence: this.#stock.sequence };
    }
    const fact = factIn(command);
    const known = fact === null ? undefined : this.#facts.get(fact);
    if (known !== undefined) return { outcome: 'duplicate', sequence: known };
    // Answers stand beside their reservation, as in the real object: two carts may call their steps alike.
    const about = 'reservation' in command ? command.reservation : null;
    const keptUnder = key === null ? null : `${about} ${command.type} ${key.hash}`;
    const kept = keptUnder === null ? undefined : this.#kept.get(keptUnder);
    if (kept !== undefined) {
      return kept.fingerprint === key?.fingerprint
        ? { ...kept.reply, replay: { presentStatus: this.#statusOf(command) } }
        : { outcome: 'key_reused' };
    }
    const overtaken = (this.#newest.get(about ?? '') ?? 0) > (key?.order ?? Infinity);
    if (overtaken || (command.type === 'reserve' && this.#ended.has(command.reservation))) {
      const answer = { accepted: false, rejection: { code: 'reservation_released' } } as const;
      return { outcome: 'answered', answer, ...said, sequence: this.#stock.sequence };
    }
    this.heard.push(command);
    const { answer, entries } = turn(this.#stock, command, this.#context(), correlationId);
    if (command.type === 'reserve' || (command.type === 'release' && answer.accepted)) this.#ended.add(command.reservation);
    this.#books.record(entries);
    const reply: Answered = { outcome: 'answered', answer, ...said, sequence: this.#stock.sequence };
    if (fact !== null && answer.accepted && answer.fact?.outcome === 'applied') this.#facts.set(fact, this.#stock.sequence);
    if (!answer.accepted && answer.rejection.code === 'reservation_not_found') return reply;
    if (key?.order !== undefined) this.#newest.set(about ?? '', key.order);
    if (keptUnder !== null && key !== null) this.#kept.set(keptUnder, { fingerprint: key.fingerprint, reply });
    return reply;
  }

  #statusOf(command: Command) {
    const reservation =
      'reservation' in command && command.reservation !== null ? this.#stock.live.get(command.reservation) : undefined;
    return reservation === undefined ? null : statusOf(reservation);
  }
}

/** Under what a fact is known here. */
function factIn(command: Command): string | null {
  if (command.type === 'reconcile') return `reconcile ${command.id}`;
  if (command.type === 'move' || command.type === 'count') return `${command.source} ${command.id}`;
  return command.type === 'take_order' ? `order ${command.source} ${command.id}` : null;
}
