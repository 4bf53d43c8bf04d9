import type { Command } from '../../domain/command.ts';
import type { Entry } from '../../domain/event.ts';
import { postingOf } from '../../domain/posting.ts';
import { emptyStock } from '../../domain/stock.ts';
import { turn } from '../../domain/turn.ts';
import { varianceOf, type Books, type Reading, type Standing } from '../../domain/variance.ts';
import { ALL_IN_SIGHT } from '../story/buyers.ts';
import { location, sku, source } from '../story/ids.ts';
import { commit, moved, reconcile, reserve } from '../story/orders.ts';
import { PaperBooks } from '../story/paper-books.ts';
import { NETWORK } from '../story/story.ts';
import { Dice } from './dice.ts';
import { PaperErp, type ErpFact } from './paper-erp.ts';

const PLACES = ['dc', 'store'] as const;
const ERP = source('erp');

/** What was read of an ERP that tells no marks, and what was known right before. */
interface Read {
  readonly at: string;
  readonly quantity: number;
  readonly standing: Standing;
  /** What was tampered with and in the number. */
  readonly tampered: number;
}

/** Front and an ERP without marks side by side: postings and facts come and go while somebody reads and compares. */
export class UnmarkedRun {
  readonly wrong: string[] = [];
  known = 0;
  deferred = 0;
  corrected = 0;
  readonly #dice: Dice;
  readonly #stock = emptyStock(sku('TEA'));
  readonly #books = new PaperBooks(this.#stock.sku, 'commit');
  readonly #seen: Books;
  readonly #erp = new PaperErp('commit');
  readonly #onTheWay: Entry[] = [];
  readonly #told = new Set<ErpFact>();
  /** By place: what nobody told us and nobody corrected yet. */
  readonly #tampered = new Map<string, number>();
  #read: Read | null = null;
  #nowMs = 0;
  #orders = 0;

  constructor(seed: number, spoil: (books: Books) => Partial<Books>) {
    this.#dice = new Dice(seed);
    const paper = this.#books;
    const honest: Books = {
      oldestMark: 0,
      oldestMs: 0,
      notInErp: (place, mark) => paper.notInErp(place, mark),
      beyond: (from, place, mark) => paper.beyond(from, place, mark),
      since: (place, asOfMs, books) => paper.since(place, asOfMs, books),
      stoodStill: (from, place, since) => paper.stoodStill(from, place, since),
    };
    this.#seen = { ...honest, ...spoil(honest) };
    this.#do(moved('received', 20));
    this.#do(moved('received', 20, { at: 'store' }));
  }

  step(): void {
    this.#nowMs += 1;
    const steps = [
      () => this.#sell(),
      () => this.#do(moved('received', this.#dice.roll(1, 3), { at: this.#place() })),
      () => this.#send(),
      () => this.#arrive(),
      () => this.#arrive(),
      () => this.#arrive(),
      () => this.#arrive(),
      () => this.#arrive(),
      () => this.#erp.happen(this.#dice.oneIn(2) ? 'received' : 'sold', this.#dice.roll(1, 2), this.#place()),
      () => this.#tell(),
      () => this.#tamper(),
      () => this.#look(),
      () => this.#look(),
      () => this.#compare(),
      () => this.#compare(),
    ];
    this.#dice.pick(steps)?.();
  }

  #sell(): void {
    const id = `order-${(this.#orders += 1)}`;
    if (this.#do(reserve(id, this.#dice.roll(1, 2))) === 'accepted') this.#do(commit(id, null, { orderRef: id }));
  }

  #send(): void {
    const waiting = this.#books.postings().filter((entry) => this.#books.stateOf(entry).state === 'pending');
    for (const entry of waiting.slice(0, this.#dice.roll(1, 3))) {
      this.#books.sent(entry);
      this.#onTheWay.push(entry);
    }
  }

  /** Booked, and answered right then; or booked, and the answer comes with a later arrival. */
  #arrive(): void {
    const [entry] = this.#onTheWay;
    const posting = entry === undefined ? null : postingOf(this.#stock.sku, entry, 'commit');
    if (entry === undefined || posting === null) return;
    this.#erp.post(posting);
    if (this.#dice.oneIn(3)) return;
    this.#onTheWay.shift();
    this.#books.posted(entry, null, this.#nowMs);
  }

  #tell(): void {
    for (const fact of this.#erp.facts) {
      if (this.#told.has(fact)) continue;
      this.#told.add(fact);
      this.#do({ ...fact.command, mark: null } as Command);
    }
  }

  #tamper(): void {
    if (!this.#dice.oneIn(4)) return;
    const at = this.#place();
    this.#erp.tamper(-1, at);
    this.#tampered.set(at, (this.#tampered.get(at) ?? 0) - 1);
  }

  #look(): void {
    const at = this.#place();
    const standing = this.#books.standing();
    const { quantity } = this.#erp.read(at, 'on_hand');
    this.#read = { at, quantity, standing, tampered: this.#tampered.get(at) ?? 0 };
  }

  /** The feed is read to its end before the books are asked. */
  #compare(): void {
    const read = this.#read;
    this.#read = null;
    if (read === null) return;
    this.#tell();
    const { at, quantity, standing } = read;
    const place = { location: location(at), status: 'sellable' } as const;
    const reading: Reading = { ...place, source: ERP, quantity, meaning: 'on_hand_minus_committed', holds: { standing } };
    const found = varianceOf(this.#stock, reading, this.#seen);
    if (found.outcome !== 'known') return void (this.deferred += 1);
    this.known += 1;
    if (found.variance !== read.tampered) this.wrong.push(`${at}: ${found.variance} and not ${read.tampered}`);
    if (found.variance === 0 || this.#dice.oneIn(3)) return;
    const outcome = this.#do(reconcile(quantity, found.variance, { at, holds: { standing }, id: `run-${this.#nowMs}` }));
    if (outcome !== 'applied') this.wrong.push(`what was found was not booked: ${outcome}`);
    this.corrected += 1;
    this.#tampered.set(at, (this.#tampered.get(at) ?? 0) - found.variance);
  }

  #do(command: Command): string {
    const context = {
      nowMs: this.#nowMs,
      waitingSinceMs: null,
      network: NETWORK,
      books: this.#seen,
      buyers: ALL_IN_SIGHT,
      pinOutcomeMs: 1_000,
    };
    const { entries, answer } = turn(this.#stock, command, context, null);
    this.#books.record(entries);
    return answer.accepted ? (answer.fact?.outcome ?? 'accepted') : 'refused';
  }

  #place(): string {
    return this.#dice.pick(PLACES) ?? 'dc';
  }
}
