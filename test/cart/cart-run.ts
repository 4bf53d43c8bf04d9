import { heldAs, publicId, skusOf, type AdoptOrder, type Cart, type OnCart, type ReserveCart } from '../../domain/cart/cart.ts';
import { stepsOf } from '../../domain/cart/progress.ts';
import type { ReservationId, Sku } from '../../domain/ids.ts';
import { NEVER_MS } from '../../domain/limits.ts';
import { isLive, statusOf } from '../../domain/reservation.ts';
import { DEFAULT_POLICY, type Reservation } from '../../domain/stock.ts';
import type { CartResult } from '../../durable-objects/cart-reservation/protocol.ts';
import { FakeObject } from '../fake-object.ts';
import { Dice } from '../model/dice.ts';
import { channel, location, reservationId, sku, source } from '../story/ids.ts';
import { brokenInvariants } from '../story/invariants.ts';
import { moved } from '../story/orders.ts';
import { NETWORK } from '../story/story.ts';
import { CartProcess } from './cart-process.ts';
import { CALM, UnsafeNetwork, type Faults } from './unsafe-network.ts';

const SKUS = ['TEA', 'MUG', 'POT', 'TIN'].map(sku);
const STOCK_UNITS = 9;
const BEGINS_AT_MS = 1_000_000;
/** Faults end then; everything must have come to its end soon after (I16). */
const HEALS_AFTER_MS = 240_000;
const ENDS_AFTER_MS = HEALS_AFTER_MS + 400_000;

type Answered = Extract<CartResult, { outcome: 'answered' }>;

/** Some buyers with carts over the same few units, on a network with faults. Whatever must never be so is looked for after every event. */
export class CartRun {
  readonly met = new Map<string, number>();
  events = 0;
  readonly #dice: Dice;
  readonly #network: UnsafeNetwork;
  readonly #objects = new Map<Sku, FakeObject>();
  readonly #carts = new Map<string, CartProcess>();
  #unfinished = 0;
  #orders = 0;
  /** Facts may promise more than there is (R30c); plans may not. */
  #factsTold = false;
  readonly #told: AdoptOrder[] = [];
  #problem: Error | null = null;

  constructor(seed: number, faults: Faults) {
    this.#dice = new Dice(seed);
    this.#network = new UnsafeNetwork(this.#dice, faults, BEGINS_AT_MS);
    for (const one of SKUS) this.#objects.set(one, this.#stocked(one));
  }

  /** What went wrong on purpose. */
  get faults(): ReadonlyMap<string, number> {
    return this.#network.happened;
  }

  async run(buyers: number): Promise<void> {
    for (let n = 0; n < buyers; n += 1) this.#goesOn(this.#buy(`cart${n}`));
    if (this.#dice.oneIn(3)) {
      this.#factsTold = true;
      this.#goesOn(this.#tell('order'));
    }
    const healsAtMs = BEGINS_AT_MS + HEALS_AFTER_MS;
    while (await this.#network.step(BEGINS_AT_MS + ENDS_AFTER_MS)) {
      this.events += 1;
      if (this.#problem !== null) throw this.#problem;
      if (this.#network.nowMs > healsAtMs) this.#network.faults = CALM;
      else if (this.#network.crashes()) this.#crashOne();
      this.#check();
    }
    this.#checkEnd();
  }

  #goesOn(visit: Promise<void>): void {
    this.#unfinished += 1;
    void visit.then(
      () => (this.#unfinished -= 1),
      (error: unknown) => (this.#problem ??= new Error(String(error), { cause: error })),
    );
  }

  #stocked(name: Sku): FakeObject {
    // No two machines agree about the time (F18).
    const skewMs = this.#dice.roll(-400, 400);
    const object = new FakeObject(name, () => this.#network.nowMs + skewMs);
    const policy = { ...DEFAULT_POLICY, buyerCap: { quantity: 6, periodSeconds: 3_600 } };
    const asked = [{ type: 'set_item', status: 'active', policy } as const, moved('received', STOCK_UNITS, { id: 'opening' })];
    object.executeNow({
      networkVersion: NETWORK.version,
      network: NETWORK,
      asked: asked.map((command) => ({ command, key: null, correlationId: 'opening' })),
    });
    return object;
  }

  /** One buyer's whole visit: reserves, changes their mind, pays or walks away. */
  async #buy(name: string): Promise<void> {
    const cart = new CartProcess(this.#network, (one) => this.#found(one));
    this.#carts.set(name, cart);
    await this.#network.wait(this.#dice.roll(0, 60_000));
    const reserve = this.#wish(name);
    const reserved = await this.#until(cart, reserve, 'reserve');
    if (!reserved.answer.accepted) return;
    if (reserve.mode === 'all_or_nothing') {
      this.#must(
        reserved.answer.cart.lines.every((line) => line.open + line.expired + line.released === line.asked),
        'I15: an accepted cart has all of its units',
      );
    }
    // Sometimes two devices of one buyer do not know of each other.
    const devices = this.#dice.oneIn(3) ? 2 : 1;
    await Promise.all(Array.from({ length: devices }, (_, device) => this.#changes(cart, reserve, device, devices === 1)));
  }

  /** A market tells an order of its own, and two of its machines do so at once; then it is dealt with like any other. */
  async #tell(name: string): Promise<void> {
    const cart = new CartProcess(this.#network, (one) => this.#found(one));
    this.#carts.set(name, cart);
    const wish = this.#wish(name);
    const order: AdoptOrder = {
      type: 'adopt',
      cart: wish.cart,
      channel: wish.channel,
      lines: wish.lines,
      orderRef: 'MKT-1',
      id: 'MKT-1',
      source: source('market'),
      books: this.#dice.oneIn(2) ? 'front' : 'erp',
      mark: null,
      placedAtMs: BEGINS_AT_MS,
    };
    this.#told.push(order);
    await this.#network.wait(this.#dice.roll(0, 60_000));
    await Promise.all([this.#until(cart, order, 'told'), this.#until(cart, order, 'told')]);
    await this.#changes(cart, wish, 0, true);
  }

  async #changes(cart: CartProcess, reserve: ReserveCart, device: number, alone: boolean): Promise<void> {
    for (let n = this.#dice.roll(0, 5); n > 0; n -= 1) {
      await this.#network.wait(this.#pauseMs(cart));
      await this.#until(cart, this.#change(reserve), `change ${n} by ${device}`, alone);
    }
  }

  /** Mostly no pause; sometimes a long one, and often enough one to the very deadline (F20). */
  #pauseMs(cart: CartProcess): number {
    const toDeadlineMs = (cart.store.read()?.endsAtMs ?? 0) - this.#network.nowMs;
    if (this.#dice.oneIn(4)) return this.#dice.roll(0, 70_000);
    if (toDeadlineMs > 1_000 && this.#dice.oneIn(3)) return toDeadlineMs + this.#dice.roll(-600, 400);
    return this.#dice.roll(0, 2_000);
  }

  #wish(name: string): ReserveCart {
    const wanted = SKUS.filter(() => this.#dice.oneIn(2));
    const skus = wanted.length > 1 ? wanted : SKUS.slice(0, 2);
    const kit = this.#dice.oneIn(3);
    const lines = skus.map((one, index) => {
      const quantity = this.#dice.roll(1, 4);
      const parts =
        kit && index === 0 ? skus.slice(0, 2).map((part, n) => ({ sku: part, units: n + 1 })) : [{ sku: one, units: 1 }];
      return { line: index + 1, sku: kit && index === 0 ? sku('KIT') : one, quantity, at: null, parts };
    });
    return {
      type: 'reserve',
      cart: reservationId(`cart.${name}`),
      channel: channel('web'),
      buyer: null,
      ttlMs: this.#dice.roll(10, 60) * 1_000,
      lines,
      mode: this.#dice.oneIn(4) ? 'partial' : 'all_or_nothing',
      split: this.#dice.oneIn(5) ? 'never' : 'allowed',
      prefer: [],
      candidates: ['store', 'dc'].map(location),
    };
  }

  #change({ cart, lines }: ReserveCart): OnCart {
    const on = { reservation: cart, caller: channel('web') };
    const some = this.#dice.oneIn(2)
      ? null
      : lines.filter(() => this.#dice.oneIn(2)).map(({ line }) => ({ line, quantity: this.#dice.roll(0, 2) }));
    const few = some === null || some.length === 0 ? null : some;
    switch (this.#dice.roll(1, 10)) {
      case 10:
        return {
          type: 'hand_over',
          ...on,
          ...(this.#dice.oneIn(3) ? { reference: 'CART-7' } : { buyer: this.#dice.oneIn(2) ? 'ann' : 'bob' }),
        };
      case 1:
        return { type: 'extend', ...on, ttlMs: this.#dice.roll(10, 60) * 1_000 };
      case 2:
        return { type: 'resize', ...on, lines: lines.slice(0, 2).map(({ line }) => ({ line, quantity: this.#dice.roll(1, 5) })) };
      case 3:
        return { type: 'release', ...on, lines: few };
      case 4:
        return { type: 'fulfill', ...on, lines: few };
      case 5:
        return { type: 'cancel', ...on, lines: few };
      case 6:
      case 7:
        return { type: 'pin', ...on };
      default: {
        const [keepRest, reacquire] = [this.#dice.oneIn(3), this.#dice.oneIn(2)];
        return { type: 'commit', ...on, orderRef: `order-${(this.#orders += 1)}`, lines: few, keepRest, reacquire };
      }
    }
  }

  /** Asks under one key until there is an answer, and once more for the same one (I9). */
  async #until(cart: CartProcess, command: ReserveCart | AdoptOrder | OnCart, key: string, alone = true): Promise<Answered> {
    const call = { network: NETWORK, command, key: { hash: key, fingerprint: 'same' }, correlationId: key };
    let first: Answered | null = null;
    const opened = this.#opensOf(
      publicId(command.type === 'reserve' || command.type === 'adopt' ? command.cart : command.reservation),
    );
    for (;;) {
      // Some callers lose patience before the answer is there.
      if (this.#dice.oneIn(8)) void cart.execute(call).then((result) => this.#meet(`${command.type}: ${gistOf(result)}`));
      const result = await cart.execute(call);
      this.#meet(`${command.type}: ${gistOf(result)}`);
      if (result?.outcome === 'answered') {
        if (first !== null && result.replay !== null) this.#must(same(first.answer, result.answer), 'I9: one key, one answer');
        this.#checkAnswer(result);
        if (first === null && !result.answer.accepted) this.#checkRefused(command, alone ? opened : null);
        if (first !== null || !this.#dice.oneIn(3) || !isKept(result)) return first ?? result;
        first = result;
      }
      await this.#network.wait(this.#dice.roll(100, 3_000));
    }
  }

  #checkAnswer({ answer }: Answered): void {
    if (answer.accepted) {
      const { status, lines } = answer.cart;
      this.#must(status !== 'active' || lines.every(({ expired }) => expired === 0), 'R11: lines of a cart lapse together');
    }
    if (answer.accepted || !('lines' in answer.rejection)) return;
    this.#must(
      answer.rejection.lines.length > 0 && answer.rejection.lines.every(({ requested, available }) => available < requested),
      'I8: every line that is named is short',
    );
  }

  /** A refusal changes nothing: no unit is sold, and none is taken. */
  #checkRefused(command: ReserveCart | AdoptOrder | OnCart, opened: readonly string[] | null): void {
    this.#must(command.type !== 'adopt', 'R30c: an order is a fact');
    if (command.type === 'commit') {
      const sold = [...this.#objects.values()].some(({ journal }) =>
        journal.some(({ event }) => event.type === 'committed' && event.orderRef === command.orderRef),
      );
      this.#must(!sold, `I15: ${command.orderRef} was refused and has units`);
    }
    if (command.type !== 'resize' || opened === null) return;
    const now = this.#opensOf(command.reservation);
    // What lapsed meanwhile is nobody's doing.
    this.#must(
      now.every((one) => opened.includes(one)),
      `R15: a refused resize left ${now.join(', ')} of ${opened.join(', ')}`,
    );
  }

  #opensOf(id: ReservationId): readonly string[] {
    return SKUS.flatMap((one) =>
      [...this.#found(one).stock.live.values()]
        .filter((reservation) => publicId(reservation.id) === id)
        .flatMap(({ lines }) => lines.flatMap(({ line, open }) => (open > 0 ? [`${one} ${line}: ${open}`] : []))),
    );
  }

  #crashOne(): void {
    this.#dice.pick([...this.#carts.values()])?.crash();
    this.#meet('crash');
  }

  #check(): void {
    for (const object of this.#objects.values()) {
      const nowMs = object.stock.lastNowMs;
      const broken = brokenInvariants(object.stock, object.journal, nowMs);
      this.#must(broken.length === 0, `${object.stock.sku}: ${broken.join(', ')}`);
      this.#must(
        object.stock.cases.size === 0 ||
          [...object.stock.cases.values()].every(({ about }) => about.kind === 'pin_without_outcome' || this.#factsTold),
        'I6: nothing is sold twice',
      );
    }
    for (const process of this.#carts.values()) {
      const cart = process.store.read();
      if (cart === null) continue;
      if (cart.stage === 'aborted') this.#meet('aborted');
      if (cart.attempt > 1) this.met.set('attempts', Math.max(cart.attempt, this.met.get('attempts') ?? 0));
      if (cart.freeing.length > 0) this.#meet('units to give back');
      if (cart.running?.step === 'undo') this.#meet(`undo ${cart.running.command.type}`);
      for (const one of SKUS) this.#checkHeld(cart, one);
      if (cart.stage === 'reserved' && cart.running === null && cart.freeing.length === 0) this.#checkAtRest(cart);
      this.#checkDecided(cart);
    }
  }

  /** I15: what a cart has let go of, no object promises any more. */
  #checkHeld(cart: Cart, name: Sku): void {
    for (const reservation of this.#found(name).stock.live.values()) {
      if (publicId(reservation.id) !== cart.id || !isLive(reservation)) continue;
      const current = reservation.id === heldAs(cart) && (cart.stage === 'reserving' || cart.stage === 'reserved');
      const told = cart.freeing.some((one) => one.sku === name && one.heldAs === reservation.id);
      this.#must(current || told, `I15: ${name} holds ${reservation.id}, which its cart gave up`);
    }
  }

  /** While nothing is asked of a cart, its lines are all in the same state. */
  #checkAtRest(cart: Cart): void {
    const held = new Map(SKUS.map((one) => [one, this.#heldBy(cart, one)] as const));
    const open = [...held.values()].filter((one) => one !== undefined && one.lines.some((line) => line.open > 0));
    const pinned = open.filter((one) => one?.term.kind === 'pinned');
    const expired = [...held.values()].flatMap((one) => one?.lines.filter((line) => line.expired > 0) ?? []);
    // Parts of kits that lapsed before they could be given back stay lapsed.
    const lapsed = expired.some(({ line }) => cart.lines.some((one) => one.line === line && one.parts.length === 1));
    this.#must(pinned.length === 0 || (pinned.length === open.length && !lapsed), `R24: ${cart.id} is pinned in part`);
    const ends = new Set(open.flatMap((one) => (one?.term.kind === 'active' ? [one.term.expiresAtMs] : [])));
    this.#must(
      [...ends].every((atMs) => atMs === cart.endsAtMs),
      `R13: lines of ${cart.id} end at ${[...ends].join(' and ')}`,
    );
    // Where one line has lapsed, the open ones of the others are as good as lapsed.
    const owners = [...held.values()].filter((one) =>
      one?.lines.some((line) => line.owed > 0 || (line.open > 0 && expired.length === 0)),
    );
    this.#must(
      owners.every((one) => one?.buyer === cart.buyer && (one?.reference ?? null) === (cart.reference ?? null)),
      `R41: ${cart.id} is all of it ${cart.buyer}'s`,
    );
    for (const { line, parts } of cart.lines) {
      const lines = parts.map(({ sku: part, units }) => ({ units, of: held.get(part)?.lines.find((one) => one.line === line) }));
      const whole = (['open', 'owed', 'fulfilled', 'cancelled'] as const).every((units) => {
        const kits = lines.map((one) => (one.of?.[units] ?? 0) / one.units);
        return new Set(kits).size === 1 || (units === 'open' && expired.length > 0 && pinned.length === 0);
      });
      this.#must(whole, `R22: ${cart.id} holds whole kits of line ${line}`);
    }
  }

  /** I15: once a commit is decided, every line that it sells is pinned or committed. */
  #checkDecided(cart: Cart): void {
    const { running } = cart;
    if (running?.command.type !== 'commit' || running.step !== 'do') return;
    this.#meet('commit: seen decided');
    for (const { sku: name, command } of stepsOf(cart, running).do) {
      const sold = command.type === 'commit' && (command.lines ?? []).some(({ quantity }) => quantity > 0);
      const held = this.#heldBy(cart, name);
      const safe =
        held !== undefined && (held.term.kind === 'pinned' || held.lines.some(({ owed, fulfilled }) => owed + fulfilled > 0));
      this.#must(!sold || safe, `I15: ${name} may lapse although ${cart.id} is being committed`);
    }
  }

  /** I16: faults have ended, so every cart has come to an end. */
  #checkEnd(): void {
    if (this.#problem !== null) throw this.#problem;
    this.#must(this.#unfinished === 0, 'I16: everybody was answered');
    this.#network.nowMs = BEGINS_AT_MS + ENDS_AFTER_MS + 1_000;
    for (const object of this.#objects.values()) object.reservationNow(reservationId('nobody'));
    this.#check();
    for (const order of this.#told) this.#checkTold(order);
    for (const process of this.#carts.values()) {
      const cart = process.store.read();
      if (cart === null) continue;
      this.#must(cart.running === null && cart.freeing.length === 0, `I16: ${cart.id} has come to its end`);
      const held = SKUS.flatMap((one) => this.#heldBy(cart, one) ?? []);
      const open = held.filter(({ lines }) => lines.some((line) => line.open > 0));
      this.#must(
        open.every(({ term }) => term.kind === 'pinned'),
        `I16: ${cart.id} holds nothing that lapsed`,
      );
      const watching = open.filter(({ term }) => term.kind === 'pinned' && term.outcomeDueMs !== NEVER_MS);
      this.#must(open.length === 0 || watching.length === 1, `R25: one item watches over ${cart.id}, not ${watching.length}`);
      for (const one of held) this.#meet(`ended ${statusOf(one)}`);
    }
  }

  /** R30c: every object has booked its share, once. */
  #checkTold(order: AdoptOrder): void {
    for (const name of skusOf(order)) {
      const booked = this.#found(name).journal.flatMap(({ event }) =>
        event.type === 'ordered' && event.reservation === order.cart ? event.lines : [],
      );
      const units = booked.reduce((total, { quantity }) => total + quantity, 0);
      const told = order.lines.flatMap(({ quantity, parts }) =>
        parts.filter((part) => part.sku === name).map((part) => quantity * part.units),
      );
      this.#must(units === told.reduce((total, one) => total + one, 0), `R30c: ${name} booked ${units} of ${told.join(' and ')}`);
      this.#meet('told and booked');
    }
  }

  #heldBy(cart: Cart, name: Sku): Reservation | undefined {
    return this.#found(name).stock.live.get(heldAs(cart));
  }

  #found(name: Sku): FakeObject {
    const object = this.#objects.get(name);
    if (object === undefined) throw new Error(`there is no ${name}`);
    return object;
  }

  #meet(what: string): void {
    this.met.set(what, (this.met.get(what) ?? 0) + 1);
  }

  #must(holds: boolean, rule: string): void {
    if (!holds) throw new Error(`${rule} (at ${this.#network.nowMs - BEGINS_AT_MS} ms)`);
  }
}

function gistOf(result: CartResult | null): string {
  if (result === null) return 'died';
  if (result.outcome !== 'answered') return result.outcome;
  if (result.replay !== null) return 'replayed';
  return result.answer.accepted ? 'accepted' : result.answer.rejection.code;
}

function isKept({ answer }: Answered): boolean {
  return answer.accepted || answer.rejection.code !== 'reservation_not_found';
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
