import type { ReservationReply } from '../../contracts/reservations.ts';
import { partsOf } from './scarce-shop.ts';
import { brokenIn, type Basket } from './answers.ts';
import { untilAnswered, type Answered, type Ask, type Patience, type Said } from './ask.ts';
import { CLASSES, expected, held, lapsed, unitsOf, type Held, type Operation, type Units } from './expected.ts';

/** A refusal for want of stock, to be held against the journals: was it true at its moment? */
export interface Refusal {
  readonly basket: Basket;
  /** null: the reserve itself. */
  readonly operation: Operation | null;
  /** The reservation as it was before; null: there was none. */
  readonly before: ReservationReply | null;
  readonly said: Said;
}

export interface Asking {
  /** `reserve`, or the operation. */
  readonly what: string;
  readonly body: unknown;
}

export interface Surroundings extends Patience {
  readonly ask: Ask;
  readonly nowMs: () => number;
  /** By how much the clocks of objects may differ from ours. */
  readonly skewMs?: number;
  /** A call begins. */
  readonly begins?: () => void;
  readonly ends?: (what: string, answered: Answered) => Promise<void>;
}

/** One buyer with one basket: asks, holds every answer against the one before and against the rules, and repeats until answered. */
export class Buyer {
  readonly name: string;
  readonly basket: Basket;
  readonly broken: string[] = [];
  readonly refusals: Refusal[] = [];
  /** Every call that had an answer, in order. */
  readonly history: { readonly path: string; readonly body: unknown; readonly key: string; readonly said: Said }[] = [];
  /** What was last heard of the reservation; null: there is none. */
  seen: ReservationReply | null = null;
  /** The call that waits for its answer now, or that it gave up waiting for. */
  asking: Asking | null = null;
  #calls = 0;
  readonly #world: Surroundings;

  constructor(name: string, basket: Basket, world: Surroundings) {
    this.name = name;
    this.basket = basket;
    this.#world = world;
  }

  get id(): string | null {
    return this.seen?.id ?? null;
  }

  async reserve(): Promise<void> {
    const { channel: _, ...body } = this.basket;
    const said = await this.#call('reserve', '/v1/reservations', body);
    if (said.status === 409 && said.body.code === 'insufficient_stock') return this.#refused(null, said);
    if (!this.#demand('a reserve is granted or lacks stock', said.status === 201, said)) return;
    const seen: ReservationReply = said.body;
    this.#look(seen, said);
    const whole = seen.lines.every(({ reserved, quantity }) => reserved === quantity);
    this.#demand('[R22] all or nothing', this.basket.mode === 'partial' || whole, said);
    this.#demand(
      '[R16] partial is something',
      seen.lines.some(({ reserved }) => reserved > 0),
      said,
    );
    this.#demand('what was asked is what stands there', asAsked(seen, this.basket), said);
  }

  /** Asks, and holds the answer against SPEC §1's table: for what was so before, or had lapsed by then. */
  async do(operation: Operation): Promise<boolean> {
    const before = this.seen;
    if (before === null) throw new Error('reserve first');
    const fromMs = this.#world.nowMs();
    const said = await this.#call(operation.type, `/v1/reservations/${before.id}/${operation.type}`, operation.body);
    const could = this.#couldBe(before, fromMs);
    const answers = could.map((one) => expected(operation, one));
    const accepted = answers.filter((one) => 'lines' in one);

    if (said.status === 200) {
      const after: ReservationReply = said.body;
      this.#demand(`${operation.type} was allowed`, accepted.length > 0, said, before);
      // What it left open may have lapsed before it was answered.
      const ended = this.#hasEnded(before);
      const by = ended ? [...accepted, ...accepted.map(({ lines }) => lapsed({ status: 'active', lines }))] : accepted;
      this.#demand(`${operation.type} did what it says`, leaves(after, by, ended), said, before);
      this.#look(after, said);
      return true;
    }
    const codes = answers.flatMap((one) => ('refused' in one ? [one.refused] : one.mayLack ? ['insufficient_stock'] : []));
    if (growsFromNothing(operation, before)) codes.push('exceeds_reservation');
    // What nobody could decide in time is given up, and whoever asks again is told what has become of it (R24).
    const { code } = said.body;
    const gaveUp = said.tries > 1 && this.#hasSeveral && (operation.type === 'pin' || operation.type === 'commit');
    if (gaveUp) codes.push('reservation_released');
    // Items may meet the deadline one after the other: the first that has lapsed answers for itself.
    const between = before.status === 'active' && this.#hasEnded(before) && this.#skewMs > 0;
    if (between && this.#hasSeveral) codes.push('reservation_expired', 'reservation_released');
    this.#demand(
      `${operation.type} is refused for a reason`,
      said.status === 409 && codes.includes(said.body.code),
      said,
      before,
    );
    if (said.body.code === 'insufficient_stock') this.#refused(operation, said);
    // A pin that fails gives everything back (R24), also what it had just taken anew: gone is gone.
    await this.lookAgain(operation.type === 'pin' || operation.type === 'commit', gaveUp && code === 'reservation_released');
    return false;
  }

  /** Reads it: nothing but time may have changed it since. */
  async lookAgain(ended = false, gaveUp = false): Promise<void> {
    const before = this.seen;
    if (before === null) return;
    const fromMs = this.#world.nowMs();
    const said = await untilAnswered(() => this.#world.ask('GET', `/v1/reservations/${before.id}`), this.#world);
    if (!this.#demand('[I20] what was promised is there', said.status === 200, said, before)) return;
    const could = [...this.#couldBe(before, fromMs), ...(gaveUp ? [lapsed({ ...held(before), status: 'active' })] : [])];
    const same = could.map(({ lines }) => ({ lines, mayLack: false }));
    this.#demand('[I20] only time changes what nobody touched', leaves(said.body, same, ended), said, before);
    this.#look(said.body, said);
  }

  /** Reads it after it went away without an answer: whatever came of that, it now knows. */
  async comeBack(): Promise<void> {
    const said = await untilAnswered(() => this.#world.ask('GET', `/v1/reservations/${this.id ?? ''}`), this.#world);
    this.asking = null;
    if (this.#demand('[I20] what was promised is there', said.status === 200, said)) this.#look(said.body, said);
  }

  /** [I9] Every answer again, word for word, the marks of a replay aside. */
  async repeatAll(): Promise<void> {
    for (const { path, body, key, said } of this.history) {
      const again = await untilAnswered(() => this.#world.ask('POST', path, body, { 'idempotency-key': key }), this.#world);
      const { present_status: _, ...now } = again.body;
      const { present_status: __, ...then } = said.body;
      this.#demand('[I9] all answers under a key are equal', again.status === said.status && same(now, then), again, then);
      this.#demand('[R5] a replay says so', again.headers.get('idempotent-replayed') === 'true', again);
    }
  }

  async #call(what: string, path: string, body: unknown): Promise<Answered> {
    const key = this.#key(this.#calls++);
    this.asking = { what, body };
    this.#world.begins?.();
    // [R91] Whoever may have been granted it is not content with a hint.
    const insisting = what === 'reserve' ? `${path}?consistency=strong` : path;
    const said = await untilAnswered(
      (unsure) => this.#world.ask('POST', unsure ? insisting : path, body, { 'idempotency-key': key }),
      this.#world,
    );
    this.asking = null;
    this.history.push({ path, body, key, said });
    await this.#world.ends?.(what, said);
    return said;
  }

  /** Under which it asks for the reservation itself. */
  get reserveKey(): string {
    return this.#key(0);
  }

  #key(call: number): string {
    return `${this.name}-${call}`;
  }

  #look(reply: ReservationReply, said: Said): void {
    this.broken.push(...brokenIn(reply, this.basket).map((what) => `${this.name}: ${what}`));
    this.#demand('it is still the same reservation', this.seen === null || this.seen.id === reply.id, said);
    this.seen = reply;
  }

  /** What was so before, or what time has made of it by now. */
  #couldBe(before: ReservationReply, fromMs: number): readonly Held[] {
    const was = held(before);
    return [...(fromMs - this.#skewMs < endsAtMs(before) ? [was] : []), ...(this.#hasEnded(before) ? [lapsed(was)] : [])];
  }

  #hasEnded(before: ReservationReply): boolean {
    return this.#world.nowMs() + this.#skewMs >= endsAtMs(before);
  }

  get #hasSeveral(): boolean {
    return new Set(this.basket.lines.flatMap(({ sku }) => [...partsOf(sku).keys()])).size > 1;
  }

  get #skewMs(): number {
    return this.#world.skewMs ?? 0;
  }

  #refused(operation: Operation | null, said: Said): void {
    this.refusals.push({ basket: this.basket, operation, before: this.seen, said });
  }

  #demand(what: string, holds: boolean, said: Said, before?: unknown): boolean {
    if (!holds) {
      const was = before === undefined ? '' : `\n    before ${JSON.stringify(before)}`;
      this.broken.push(`${this.name}: ${what}: ${said.status} ${JSON.stringify(said.body)}${was}`);
    }
    return holds;
  }
}

function endsAtMs({ expires_at: endsAt }: ReservationReply): number {
  return endsAt === null ? Infinity : Date.parse(endsAt);
}

/**
 * Each line is as one of the expectations leaves it: lines of different items may meet their deadline one after the other.
 * What goes back while the deadline passes may have lapsed before.
 */
function leaves(reply: ReservationReply, accepted: readonly { readonly lines: Held['lines'] }[], ended: boolean): boolean {
  const gone = ({ released, expired }: Units): number => released + expired;
  const same = (here: Units, there: Units): boolean =>
    ended
      ? (['open', 'owed', 'fulfilled', 'cancelled'] as const).every((of) => here[of] === there[of]) && gone(here) === gone(there)
      : CLASSES.every((of) => here[of] === there[of]);
  return reply.lines.every((line) =>
    accepted.some(({ lines }) => {
      const units = lines.get(line.line);
      return units !== undefined && same(unitsOf(line), units);
    }),
  );
}

/** [R15] Where nothing of a cart is open with an item any more, nothing of it can grow there. */
function growsFromNothing(operation: Operation, { lines }: ReservationReply): boolean {
  if (operation.type !== 'resize') return false;
  const skus = operation.body.lines.flatMap(({ line }) => lines.filter((one) => one.line === line).map(({ sku }) => sku));
  return skus.some((sku) => lines.every((one) => one.sku !== sku || one.open === 0));
}

function asAsked({ lines }: ReservationReply, basket: Basket): boolean {
  return lines.every(({ quantity }, index) => quantity === basket.lines[index]?.quantity);
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
