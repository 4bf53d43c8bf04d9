import { heldAs, publicId, type OnCart, type ReserveCart } from '../../domain/cart/cart.ts';
import type { CartSeen } from '../../domain/cart/seen.ts';
import { NEVER_MS } from '../../domain/limits.ts';
import { isLive } from '../../domain/reservation.ts';
import type { Reservation } from '../../domain/stock.ts';
import type { CartResult } from '../../durable-objects/cart-reservation/protocol.ts';
import type { Call, CallResult } from '../../durable-objects/sku-stock/protocol.ts';
import type { Command } from '../../domain/command.ts';
import { FakeCart } from '../fake-cart.ts';
import { FakeObject } from '../fake-object.ts';
import { channel, location, reservationId, sku } from '../story/ids.ts';
import { receive, release, reserve } from '../story/orders.ts';
import { DEFAULT_POLICY } from '../../domain/stock.ts';
import { NETWORK } from '../story/story.ts';

/** Two of tea and one mug. */
export const KIT = 'KIT';

type Quantities = Readonly<Record<number | string, number>>;

export type Step =
  | readonly ['reserve', Quantities, Partial<Pick<ReserveCart, 'mode' | 'split'>>?]
  | readonly ['extend', number]
  | readonly ['resize', Quantities]
  | readonly ['pin']
  | readonly [
      'commit',
      Quantities | null,
      { readonly keepRest?: boolean; readonly reacquire?: boolean; readonly orderRef?: string }?,
    ]
  | readonly ['release' | 'fulfill' | 'cancel', Quantities | null]
  | readonly ['pass', number]
  | readonly ['others take', string, number];

type Asking = Exclude<Step, readonly ['pass' | 'others take', ...unknown[]]>;

const ID = reservationId('cart.one');

/** One cart over tea and mugs, ten of each, with the real coordinator and the real core. */
export class CartShop {
  nowMs = 1_000_000;
  readonly cart: FakeCart;
  readonly #objects = new Map<string, Hindered>();
  #network = NETWORK;

  constructor() {
    this.cart = this.#newCart();
    for (const name of ['TEA', 'MUG']) {
      this.object(name).tell({ type: 'set_item', status: 'active', policy: null });
      this.object(name).tell(receive(10));
    }
  }

  static async after(steps: readonly Step[]): Promise<CartShop> {
    const shop = new CartShop();
    for (const [n, step] of steps.entries()) await shop.ask(step, `before ${n}`);
    shop.cart.moments = 0;
    return shop;
  }

  get moments(): number {
    return this.cart.moments;
  }

  #newCart(): FakeCart {
    return new FakeCart(
      (name) => this.object(name),
      () => this.nowMs,
    );
  }

  object(name: string): Hindered {
    const known = this.#objects.get(name) ?? new Hindered(name, () => this.nowMs);
    this.#objects.set(name, known);
    return known;
  }

  /** What came of it: the status then, or the code of the refusal. */
  async ask(step: Step, key = 'one key'): Promise<string> {
    if (step[0] === 'pass') this.nowMs += step[1];
    else if (step[0] === 'others take') this.othersTake(step[1], step[2]);
    else return gist(await this.answer(step, key));
    return '';
  }

  async dying(moment: number, step: Step): Promise<void> {
    this.cart.diesAtMoment = moment;
    try {
      await this.ask(step);
    } finally {
      this.cart.crash();
    }
  }

  /** The alarm rings until nothing is left to do, or a day of it has passed without that. */
  async alarms(): Promise<void> {
    for (let rung = 0; rung < 3; rung += 1) {
      this.nowMs += 15_000;
      await this.cart.ring();
    }
  }

  answer(step: Asking, key: string): Promise<CartResult> {
    const call = { network: this.#network, key: { hash: key, fingerprint: 'same' }, correlationId: 'c' };
    return this.cart.stub.execute({ ...call, command: commandOf(step) });
  }

  othersTake(name: string, quantity: number): void {
    this.object(name).tell(reserve(`other ${name} ${quantity}`, quantity, { ttlMs: 86_400_000 }));
  }

  othersTakeAt(name: string, quantity: number, at: string): void {
    this.object(name).tell(reserve(`other ${name} ${quantity} at ${at}`, quantity, { at, ttlMs: 86_400_000 }));
  }

  capsBuyers(name: string, quantity: number): void {
    const policy = { ...DEFAULT_POLICY, buyerCap: { quantity, periodSeconds: 3_600 } };
    this.object(name).tell({ type: 'set_item', status: 'active', policy });
  }

  /** A shortage ended the cart's units of one item. */
  takeBack(name: string): void {
    this.object(name).tell(release(ID));
  }

  /** The item's object stops answering just before it hears this. */
  falls(name: string, type: Command['type']): void {
    this.beforeEach(name, type, () => {
      this.object(name).silent = true;
    });
  }

  beforeEach(name: string, type: Command['type'], happens: () => void): void {
    this.object(name).before = { type, happens };
  }

  skew(name: string, ms: number): void {
    this.object(name).aheadMs = ms;
  }

  forgetCart(): void {
    this.cart.store.rows.clear();
    this.cart.crash();
  }

  /** Every unit that is still promised to the cart. */
  promised(): readonly string[] {
    return this.#live().flatMap(([name, { lines, term }]) =>
      lines.flatMap(({ line, open, owed }) => [
        ...(open > 0 ? [`${name} ${line}: ${open} ${term.kind}`] : []),
        ...(owed > 0 ? [`${name} ${line}: ${owed} owed`] : []),
      ]),
    );
  }

  /** The cart as its caller sees it. */
  async seen(): Promise<CartSeen> {
    const seen = await this.cart.stub.seen(null);
    if (seen === null || seen === 'unknown') throw new Error(String(seen));
    return seen;
  }

  /** Which items watch the pinned cart for its outcome (R25). */
  watching(): readonly string[] {
    return this.#live().flatMap(([name, { term }]) => (term.kind === 'pinned' && term.outcomeDueMs !== NEVER_MS ? [name] : []));
  }

  /** All that the objects hold, and what the coordinator has still to do. */
  state(): unknown {
    const cart = this.cart.store.read();
    const held = [...this.#objects].map(([name, object]) => {
      object.reservationNow(ID);
      const known = cart === null ? undefined : object.stock.live.get(heldAs(cart));
      return [name, known?.lines, known?.term, [...object.stock.reserved], [...object.stock.committed]];
    });
    return { held, running: cart?.running ?? null, freeing: cart?.freeing ?? [], kept: cart?.kept };
  }

  #live(): readonly (readonly [string, Reservation])[] {
    return [...this.#objects].flatMap(([name, object]) => {
      object.reservationNow(ID);
      const own = [...object.stock.live.values()].filter((one) => publicId(one.id) === ID && isLive(one));
      return own.map((one) => [name, one] as const);
    });
  }
}

/** An object that something happens to, and whose clock may be ahead. */
class Hindered extends FakeObject {
  aheadMs = 0;
  /** What the coordinator asked of it; with a question mark where it only wanted to know the answer. */
  readonly questions: string[] = [];
  before: { readonly type: Command['type']; readonly happens: () => void } | null = null;

  constructor(name: string, now: () => number) {
    super(sku(name), () => now() + this.aheadMs);
  }

  override executeNow(call: Call): CallResult {
    const [asked] = call.asked;
    const { before } = this;
    if (asked !== undefined && asked.key !== null)
      this.questions.push(`${asked.command.type}${asked.onlyCheck === true ? '?' : ''}`);
    if (before !== null && asked?.command.type === before.type && asked.onlyCheck !== true && asked.key !== null) {
      this.before = null;
      before.happens();
    }
    return super.executeNow(call);
  }

  tell(command: Command): void {
    const asked = [{ command, key: null, correlationId: 'story' }];
    const result = this.executeNow({ networkVersion: NETWORK.version, network: NETWORK, asked });
    const [reply] = result.outcome === 'done' ? result.replies : [];
    if (reply?.outcome !== 'answered' || !reply.answer.accepted) throw new Error(JSON.stringify(reply ?? result));
  }
}

function commandOf(step: Asking): ReserveCart | OnCart {
  const on = { reservation: ID, caller: channel('web') };
  switch (step[0]) {
    case 'reserve':
      return wishOf(step[1], step[2]);
    case 'extend':
      return { type: 'extend', ...on, ttlMs: step[1] };
    case 'resize':
      return { type: 'resize', ...on, lines: linesOf(step[1]) ?? [] };
    case 'pin':
      return { type: 'pin', ...on };
    case 'commit': {
      const { keepRest = false, reacquire = false, orderRef = 'order' } = step[2] ?? {};
      return { type: 'commit', ...on, orderRef, lines: linesOf(step[1]), keepRest, reacquire };
    }
    case 'release':
    case 'fulfill':
    case 'cancel':
      return { type: step[0], ...on, lines: linesOf(step[1]) };
  }
}

function wishOf(quantities: Quantities, { mode = 'all_or_nothing', split = 'allowed' }: Partial<ReserveCart> = {}): ReserveCart {
  const lines = Object.entries(quantities).map(([name, quantity], index) => {
    const kit = [
      { sku: sku('TEA'), units: 2 },
      { sku: sku('MUG'), units: 1 },
    ];
    return { line: index + 1, sku: sku(name), quantity, at: null, parts: name === KIT ? kit : [{ sku: sku(name), units: 1 }] };
  });
  const candidates = split === 'never' ? ['store', 'dc'].map(location) : [];
  return {
    type: 'reserve',
    cart: ID,
    channel: channel('web'),
    buyer: 'ann',
    ttlMs: 900_000,
    lines,
    mode,
    split,
    prefer: [],
    candidates,
  };
}

function linesOf(quantities: Quantities | null) {
  if (quantities === null) return null;
  return Object.entries(quantities).map(([line, quantity]) => ({ line: Number(line), quantity }));
}

function gist(result: CartResult): string {
  if (result.outcome !== 'answered') return result.outcome;
  return result.answer.accepted ? result.answer.cart.status : result.answer.rejection.code;
}
