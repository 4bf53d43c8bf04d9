import type { Command } from '../../domain/command.ts';
import type { IssueAt, Posting, PostingLine } from '../../domain/posting.ts';
import type { CountMeaning } from '../../domain/stock.ts';
import { location } from '../story/ids.ts';
import { moved, takeOrder } from '../story/orders.ts';

/** What an ERP books at one place: its own two numbers. */
type Booking = Pick<PostingLine, 'location' | 'onHand' | 'committed'>;

/** Something that happened in the ERP and that its feed will tell us, sooner or later. */
export interface ErpFact {
  readonly mark: number;
  readonly bookings: readonly Booking[];
  readonly command: Command;
}

export interface Reading {
  readonly location: string;
  readonly quantity: number;
  readonly mark: number;
  readonly meaning: CountMeaning;
}

/** An ERP that keeps its books with pen and paper: a list of bookings, each with its mark, added up for every question. */
export class PaperErp {
  readonly facts: ErpFact[] = [];
  readonly untold: Omit<ErpFact, 'command'>[] = [];
  readonly #bookings: (Booking & { readonly mark: number })[] = [];
  readonly #documents = new Map<string, number>();
  readonly #issueAt: IssueAt;
  #mark = 0;

  constructor(issueAt: IssueAt) {
    this.#issueAt = issueAt;
  }

  /** Knows its keys: a posting that comes twice is booked once. */
  post({ key, lines }: Posting): number {
    const known = this.#documents.get(key);
    if (known !== undefined) return known;
    const mark = this.#book(lines);
    this.#documents.set(key, mark);
    return mark;
  }

  markOf(key: string): number | null {
    return this.#documents.get(key) ?? null;
  }

  happen(kind: 'received' | 'sold' | 'adjusted', quantity: number, at: string): void {
    const onHand = kind === 'sold' ? -quantity : quantity;
    this.#tell([booking(at, onHand)], (mark, id) => moved(kind, quantity, { at, books: 'erp', mark, id }));
  }

  transfer(quantity: number, from: string, to: string): void {
    const bookings = [booking(from, -quantity), booking(to, quantity)];
    this.#tell(bookings, (mark, id) =>
      moved('transferred', quantity, { at: from, to: [to, 'sellable'], books: 'erp', mark, id }),
    );
  }

  /** An order that it took itself: in the numbers of the place that it gave it to, and while there is none in no number. */
  takeOrder(order: string, quantity: number, at: string | null): void {
    const bookings =
      at === null ? [] : { commit: [booking(at, -quantity)], fulfil: [], both: [booking(at, 0, quantity)] }[this.#issueAt];
    this.#tell(bookings, (mark) =>
      takeOrder(order, [at === null ? quantity : [quantity, at]], { orderRef: order, books: 'erp', mark }),
    );
  }

  /**
   * Goods of an order leave. What it holds as sold at `soldAt`, because it was posted or it took the order there itself,
   * is gone from its number already; elsewhere it is not. `undefined`: an order of ours, which is moved there before.
   */
  ship(orderRef: string, quantity: number, at: string, soldAt: string | null | undefined): void {
    const bookings =
      soldAt === undefined || soldAt === at ? this.#leaves(quantity, at) : this.#leavesUnsold(quantity, at, soldAt);
    this.#tell(bookings, (mark, id) => moved('shipped', quantity, { at, orderRef, books: 'erp', mark, id }));
  }

  #leaves(quantity: number, at: string): readonly Booking[] {
    return { commit: [], fulfil: [booking(at, -quantity)], both: [booking(at, -quantity, -quantity)] }[this.#issueAt];
  }

  #leavesUnsold(quantity: number, at: string, soldAt: string | null): readonly Booking[] {
    if (soldAt === null) return [booking(at, -quantity)];
    const back = { commit: [booking(soldAt, quantity)], fulfil: [], both: [booking(soldAt, 0, -quantity)] }[this.#issueAt];
    return [...back, booking(at, -quantity)];
  }

  /** Somebody mends its number by hand, and its feed says nothing of it. */
  tamper(quantity: number, at: string): void {
    const bookings = [booking(at, quantity)];
    this.untold.push({ mark: this.#book(bookings), bookings });
  }

  read(location: string, meaning: CountMeaning): Reading {
    const here = this.#bookings.filter((one) => one.location === location);
    return { location, quantity: this.weigh(here, meaning), mark: this.#mark, meaning };
  }

  /** What bookings do to the number that this ERP shows under this meaning. */
  weigh(bookings: readonly Booking[], meaning: CountMeaning): number {
    const less = this.#issueAt === 'both' && meaning === 'on_hand_minus_committed';
    return bookings.reduce((total, { onHand, committed }) => total + onHand - (less ? committed : 0), 0);
  }

  #tell(bookings: readonly Booking[], command: (mark: number, id: string) => Command): void {
    const mark = this.#book(bookings);
    this.facts.push({ mark, bookings, command: command(mark, `erp-${mark}`) });
  }

  #book(bookings: readonly Booking[]): number {
    this.#mark += 1;
    for (const one of bookings) this.#bookings.push({ ...one, mark: this.#mark });
    return this.#mark;
  }
}

function booking(at: string, onHand: number, committed = 0): Booking {
  return { location: location(at), onHand, committed };
}
