import { mistrusting } from '../../domain/confidence.ts';
import type { Answer, Command, Fact } from '../../domain/command.ts';
import { decide } from '../../domain/decide.ts';
import type { Context } from '../../domain/decision.ts';
import { noteDemand, type Demand } from '../../domain/demand.ts';
import { effectOf } from '../../domain/effect.ts';
import type { Entry } from '../../domain/event.ts';
import { earliest, nextEdgeMs } from '../../domain/edges.ts';
import { dueMs } from '../../domain/live.ts';
import type { ReservationId } from '../../domain/ids.ts';
import { nextDeadline } from '../../domain/lapse.ts';
import { isOfCart } from '../../domain/cart/cart.ts';
import { statusOf, type ReservationStatus } from '../../domain/reservation.ts';
import { placeKey, type Balance, type Stock } from '../../domain/stock.ts';
import { evidenceOf, type Moment } from '../../domain/terms.ts';
import { tidy, turn } from '../../domain/turn.ts';
import { factIds } from './fact-ids.ts';
import { JournalBooks } from './journal-books.ts';
import { KEYS_PER_CART_MAX, KEYS_PER_RESERVATION_MAX } from './limits.ts';
import type { Outbox } from './outbox.ts';
import type { Asked, Call, CallResult, PostingOutcome, Replayed, Reply, RequestKey, WantedAgain } from './protocol.ts';
import type { Publication } from './publication.ts';
import type { StockLog } from './stock-log.ts';

/** An answer as it lies beside its reservation, to be given again word for word (R5). */
interface Kept extends RequestKey {
  readonly operation: Command['type'];
  readonly answer: Answer;
  readonly sequence: number;
  readonly asOfMs: number;
  readonly correlationId: string;
}

/**
 * Runs commands on one SKU: each in a turn of its own, stored whole or not at all (R37). It is long because every way
 * into a turn (plan, fact, check, time, acknowledgement) shares its memory and what comes after a turn, and apart they
 * would have to hand all of that to each other.
 */
export class Commands {
  readonly #log: StockLog;
  readonly #outbox: Outbox;
  readonly #publication: Publication;
  readonly books: JournalBooks;
  readonly #demand: Demand;
  readonly #pinOutcomeMs: number;
  #inMemory = false;
  /** Up to here, what time alone brings has had its consequences, and the publication knows of it. */
  #passedMs = 0;
  /** A count was applied, so some postings may be settled (R32). */
  #counted = false;

  constructor(sql: SqlStorage, log: StockLog, outbox: Outbox, publication: Publication, demand: Demand, pinOutcomeMs: number) {
    this.#demand = demand;
    this.#pinOutcomeMs = pinOutcomeMs;
    this.#log = log;
    this.#outbox = outbox;
    this.#publication = publication;
    this.books = new JournalBooks(sql, log, outbox);
  }

  /** null: there is no such item. Reads the rows where memory was lost. */
  stock(): Stock | null {
    const stock = this.#log.stock();
    if (stock !== null && !this.#inMemory) this.#read(stock);
    return stock;
  }

  #read(stock: Stock): void {
    this.#outbox.read();
    this.#publication.read();
    this.#passedMs = Math.min(stock.lastNowMs, this.#publication.throughMs);
    this.#inMemory = true;
  }

  /** The next moment at which time changes something by itself. */
  dueMs(stock: Stock): number | null {
    const edgeMs = nextEdgeMs(stock, this.#log.network(), this.moment(this.nowMs(stock)), this.#passedMs);
    return earliest(nextDeadline(stock)?.atMs ?? null, edgeMs);
  }

  #passTo(stock: Stock, nowMs: number): void {
    const edgeMs = nextEdgeMs(stock, this.#log.network(), this.moment(nowMs), this.#passedMs);
    if (edgeMs !== null && edgeMs <= nowMs) this.#publication.offersChanged(nowMs);
    this.#passedMs = Math.max(this.#passedMs, nowMs);
  }

  nowMs(stock: Stock): number {
    return Math.max(Date.now(), stock.lastNowMs);
  }

  moment(nowMs: number): Moment {
    return { nowMs, waitingSinceMs: this.#outbox.waitingSinceMs() };
  }

  run({ networkVersion, network, asked }: Call): CallResult {
    const makesItem = asked.some(({ command }) => command.type === 'set_item');
    if (this.stock() === null) {
      if (!makesItem) return { outcome: 'sku_unknown' };
      this.#read(this.#log.found());
    }
    const seen = this.#log.network().version;
    if (networkVersion !== null && networkVersion < seen) return { outcome: 'network_stale' };
    if (networkVersion !== null && networkVersion > seen) {
      if (network === null) return { outcome: 'network_needed' };
      this.#log.saveNetwork(network);
    }
    const replies = asked.map((one) => this.#reply(one));
    this.#saveProgress();
    return { outcome: 'done', replies };
  }

  #reply(asked: Asked): Reply {
    try {
      return this.#turn((stock) => this.#answer(stock, asked));
    } catch (error) {
      console.error(JSON.stringify({ command: asked.command.type, correlationId: asked.correlationId, error: String(error) }));
      return { outcome: 'failed', message: String(error) };
    }
  }

  /** Whatever `work` does is stored, or nothing, and then memory is read anew. */
  #turn<T>(work: (stock: Stock) => { readonly entries: readonly Entry[]; readonly result: T }): T {
    try {
      const { entries, result } = this.#log.inOneTurn(() => work(this.#log.found()));
      for (const entry of entries) this.#outbox.note(entry);
      this.#publication.note(entries);
      return result;
    } catch (error) {
      this.#inMemory = false;
      this.stock();
      throw error;
    }
  }

  #answer(stock: Stock, asked: Asked): { readonly entries: readonly Entry[]; readonly result: Reply } {
    const { command } = asked;
    if (asked.onlyCheck === true) return this.#check(stock, asked);
    if (isFact(command)) return this.#book(stock, command, asked);
    return 'reservation' in command ? this.#plan(stock, command.reservation, asked) : this.#decide(stock, asked, null);
  }

  /** A fact counts once, however often and by whatever way it comes (R34). */
  #book(stock: Stock, fact: Fact, asked: Asked): { readonly entries: readonly Entry[]; readonly result: Reply } {
    const ids = factIds(fact);
    const known = this.#log.journal.knownFact(ids) ?? this.#stillKnown(stock, fact);
    if (known !== null) {
      this.#publication.add({ duplicates: 1 });
      return { entries: [], result: { outcome: 'duplicate', sequence: known } };
    }
    const decided = this.#decide(stock, asked, null);
    if (decided.applied) this.#log.journal.rememberFact(ids, stock.sequence, this.nowMs(stock));
    return decided;
  }

  /** A reservation may live longer than ids of facts are kept. */
  #stillKnown(stock: Stock, fact: Fact): number | null {
    return fact.type === 'take_order' && this.#log.reservation(stock, fact.reservation) !== null ? stock.sequence : null;
  }

  /** What the answer would be now. That time has passed is recorded, and nothing else. */
  #check(stock: Stock, { command, correlationId }: Asked): { readonly entries: readonly Entry[]; readonly result: Reply } {
    const nowMs = this.nowMs(stock);
    const context = this.#context(nowMs);
    this.#passTo(stock, nowMs);
    const entries = tidy(stock, context);
    this.#log.record(stock, entries, nowMs, null);
    const id = command.type !== 'move' && 'reservation' in command ? command.reservation : null;
    if (id !== null) this.#log.recall(stock, id);
    const decision = decide(stock, command, context);
    const answer: Answer = decision.accepted
      ? {
          accepted: true,
          reservation: id === null ? null : (stock.live.get(id) ?? null),
          fact: decision.fact,
          promisedAtMs: null,
        }
      : decision;
    const { sequence } = stock;
    return { entries, result: { outcome: 'answered', answer, sequence, asOfMs: nowMs, correlationId, replay: null } };
  }

  #plan(stock: Stock, id: ReservationId, asked: Asked): { readonly entries: readonly Entry[]; readonly result: Reply } {
    const recalled = this.#log.recall(stock, id);
    const kept = JSON.parse(recalled ?? '[]') as readonly Kept[];
    const { key, command } = asked;
    if (key === null) return this.#decide(stock, asked, null);
    const earlier = kept.find(({ hash, operation }) => hash === key.hash && operation === command.type);
    if (earlier !== undefined) {
      if (earlier.fingerprint !== key.fingerprint) return { entries: [], result: { outcome: 'key_reused' } };
      this.#publication.add({ replays: 1 });
      const { answer, sequence, asOfMs, correlationId } = earlier;
      const replay = { presentStatus: this.#statusNow(stock, id) };
      return { entries: [], result: { outcome: 'answered', answer, sequence, asOfMs, correlationId, replay } };
    }
    if (command.type === 'reserve' && recalled !== null) return this.#tooLate(stock, asked);
    if (kept.some(({ order }) => (order ?? 0) > (key.order ?? Infinity))) return this.#tooLate(stock, asked);
    if (kept.length >= keysMax(id)) return { entries: [], result: { outcome: 'too_many_operations' } };
    return this.#decide(stock, asked, { id, kept, key });
  }

  /** This reservation was given up before its reserve arrived, or the cart has gone on since it asked (R20). */
  #tooLate(stock: Stock, { correlationId }: Asked): { readonly entries: readonly Entry[]; readonly result: Reply } {
    const answer = { accepted: false, rejection: { code: 'reservation_released' } } as const;
    const at = { sequence: stock.sequence, asOfMs: this.nowMs(stock) };
    return { entries: [], result: { outcome: 'answered', answer, ...at, correlationId, replay: null } };
  }

  #decide(
    stock: Stock,
    { command, correlationId }: Asked,
    keep: { readonly id: ReservationId; readonly kept: readonly Kept[]; readonly key: RequestKey } | null,
  ): { readonly entries: readonly Entry[]; readonly result: Reply; readonly applied: boolean } {
    const nowMs = this.nowMs(stock);
    this.#passTo(stock, nowMs);
    const { entries, answer } = turn(stock, command, this.#context(nowMs), correlationId);
    const said = { answer, sequence: stock.sequence, asOfMs: nowMs, correlationId };
    const answered =
      keep === null || !isKept(answer)
        ? null
        : {
            id: keep.id,
            answers: JSON.stringify([...keep.kept, { ...keep.key, operation: command.type, ...said } satisfies Kept]),
          };
    this.#log.record(stock, entries, nowMs, answered);
    noteDemand(this.#demand, command, answer, nowMs);
    if (!answer.accepted) this.#publication.addRefusal(answer.rejection.code);
    const applied = answer.accepted && answer.fact?.outcome === 'applied';
    if (applied && (command.type === 'count' || command.type === 'reconcile')) this.#counted = true;
    return { entries, applied, result: { outcome: 'answered', ...said, replay: null } };
  }

  /** What lapsed by now is expired, whether or not anybody wrote it down yet (R12). */
  #statusNow(stock: Stock, id: ReservationId): ReservationStatus | null {
    const reservation = stock.live.get(id);
    if (reservation === undefined) return null;
    const { term } = reservation;
    if (term.kind !== 'active' || dueMs(term) > this.nowMs(stock)) return statusOf(reservation);
    const lines = reservation.lines.map((line) => ({ ...line, open: 0, expired: line.expired + line.open }));
    return statusOf({ ...reservation, lines, term: { kind: 'closed' } });
  }

  letTimePass(): void {
    this.#turn((stock) => {
      const nowMs = this.nowMs(stock);
      this.#passTo(stock, nowMs);
      const entries = tidy(stock, this.#context(nowMs));
      this.#log.record(stock, entries, nowMs, null);
      return { entries, result: null };
    });
  }

  /** Answers of the ERP (R32, R33); a posting that it refused for good becomes a case. */
  acknowledge(outcomes: readonly PostingOutcome[]): void {
    this.#turn((stock) => {
      const nowMs = this.nowMs(stock);
      const mistrustBefore = this.#mistrust(stock, nowMs);
      const { posted, refused, found } = this.#outbox.acknowledge(outcomes, nowMs, Math.random());
      const detailOf = new Map(
        outcomes.map((outcome) => [outcome.sequence, outcome.outcome === 'refused' ? outcome.detail : '']),
      );
      const cases: readonly Command[] = [
        ...refused.map((sequence): Command => {
          const detail = detailOf.get(sequence) ?? '';
          return { type: 'open_case', posting: sequence, units: this.#outbox.unitsOf(sequence), detail };
        }),
        ...[...stock.cases.values()].flatMap(({ number, about }): readonly Command[] =>
          about.kind === 'posting_refused' && found.includes(about.posting) ? [{ type: 'resolve_case', case: number }] : [],
        ),
      ];
      const entries = cases.flatMap((command) => turn(stock, command, this.#context(nowMs), null).entries);
      this.#log.record(stock, entries, nowMs, null);
      this.#publication.add({ posted, retries: outcomes.some(({ outcome }) => outcome === 'unknown') ? 1 : 0 });
      this.#publication.touch();
      if (this.#mistrust(stock, nowMs) !== mistrustBefore) this.#publication.offersChanged(nowMs);
      return { entries, result: null };
    });
  }

  /** Postings go out again under their keys (R32); whoever asks twice changes nothing the second time. */
  replay(wanted: readonly WantedAgain[]): readonly Replayed[] {
    return this.#turn((stock) => {
      const nowMs = this.nowMs(stock);
      const mistrustBefore = this.#mistrust(stock, nowMs);
      const result = this.#outbox.replay(wanted, nowMs, stock.sequence);
      if (result.some(({ outcome }) => outcome === 'again')) this.#publication.touch();
      if (this.#mistrust(stock, nowMs) !== mistrustBefore) this.#publication.offersChanged(nowMs);
      return { entries: [], result };
    });
  }

  #mistrust(stock: Stock, nowMs: number): string {
    return mistrusting(this.#log.network(), evidenceOf(stock, this.moment(nowMs))).join(' ');
  }

  /** Lets go of postings that nobody needs for comparison any more (R32). */
  settle(): void {
    const stock = this.stock();
    if (stock === null) return;
    const { journal } = this.#log;
    this.#outbox.rows.settle(
      this.nowMs(stock),
      this.#counted,
      (fates) =>
        fates.every(({ sequence, mark }) =>
          journal
            .entriesAt([sequence])
            .every((entry) =>
              effectOf(entry.event).lines.every((line) => mark !== null && hasCounted(stock.balances.get(placeKey(line)), mark)),
            ),
        ),
      (first, last) => journal.letGo(first, last),
    );
    this.#saveProgress();
    this.#counted = false;
  }

  /** An object may die in the middle of a burst, before anybody was told of it: whoever starts it again need not read all of that. */
  #saveProgress(): void {
    const { sequence } = this.#log.found();
    this.#outbox.saveProgress(sequence);
    this.#publication.saveProgress(sequence);
  }

  #context(nowMs: number): Context {
    return {
      ...this.moment(nowMs),
      network: this.#log.network(),
      books: this.books,
      buyers: this.#log.buyers,
      pinOutcomeMs: this.#pinOutcomeMs,
    };
  }
}

function isFact(command: Command): command is Fact {
  return command.type === 'move' || command.type === 'count' || command.type === 'take_order' || command.type === 'reconcile';
}

function hasCounted(balance: Balance | undefined, mark: number): boolean {
  return Object.values(balance?.bases ?? {}).some((base) => 'mark' in base && base.mark >= mark);
}

/** Refusals for state or stock are answers too and are kept; an unknown id is not (R5). */
function isKept(answer: Answer): boolean {
  return answer.accepted || answer.rejection.code !== 'reservation_not_found';
}

/** The coordinator counts the keys of its cart by itself, and asks several things under each of them. */
function keysMax(id: ReservationId): number {
  return isOfCart(id) ? KEYS_PER_CART_MAX : KEYS_PER_RESERVATION_MAX;
}
