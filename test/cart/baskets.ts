import { inspect } from 'node:util';
import type { OnCart, ReserveCart } from '../../domain/cart/cart.ts';
import type { LineQuantity } from '../../domain/command.ts';
import type { CartAnswer } from '../../durable-objects/cart-reservation/protocol.ts';
import { FakeCart } from '../fake-cart.ts';
import { FakeObject } from '../fake-object.ts';
import { agree } from '../model/agree.ts';
import { Dice } from '../model/dice.ts';
import { channel, reservationId, sku } from '../story/ids.ts';
import { receive, reserve } from '../story/orders.ts';
import { NETWORK } from '../story/story.ts';
import { NaiveBasket, type Said } from './naive-basket.ts';

/** What the runs must have met, or they tested less than they seem to. */
export const RARE_ANSWERS = [
  'reserve: active',
  'reserve: insufficient_stock',
  'extend: active',
  'extend: reservation_pinned',
  'extend: reservation_expired',
  'resize: active',
  'resize: insufficient_stock',
  'resize: exceeds_reservation',
  'pin: pinned',
  'pin: insufficient_stock',
  'commit: committed',
  'commit: active',
  'commit: pinned',
  'commit: insufficient_stock',
  'commit: reservation_expired',
  'commit: exceeds_reservation',
  'release: released',
  'fulfill: fulfilled',
  'fulfill: not_committed',
  'cancel: cancelled',
  'cancel: already_fulfilled',
  'hand_over: committed',
];

const SKUS = ['TEA', 'MUG', 'POT'];
const ID = reservationId('cart.one');
const STEPS = 14;

/** One cart over three items that others want as well, in the real coordinator and in the naive one; answers are compared. */
class BasketRun {
  readonly met = new Map<string, number>();
  readonly told: string[] = [];
  readonly #dice: Dice;
  readonly #stock: Readonly<Record<string, number>>;
  readonly #objects: ReadonlyMap<string, FakeObject>;
  readonly #cart: FakeCart;
  readonly #naive: NaiveBasket;
  #sharesParts = false;
  #nowMs = 1_000_000;
  #asked = 0;

  constructor(seed: number) {
    this.#dice = new Dice(seed);
    this.#stock = Object.fromEntries(SKUS.map((name) => [name, this.#dice.roll(1, 9)]));
    this.#objects = new Map(SKUS.map((name) => [name, this.#stocked(name)]));
    this.#cart = new FakeCart(
      (name) => this.#object(name),
      () => this.#nowMs,
    );
    this.#naive = new NaiveBasket(this.#stock);
    this.told.push(`there are ${inspect(this.#stock)}`);
  }

  async run(): Promise<void> {
    await this.#reserve();
    for (let step = 0; step < STEPS && this.#naive.begun; step += 1) {
      this.#pass();
      if (this.#dice.oneIn(4)) this.#othersTake();
      else await this.#change();
    }
  }

  async #reserve(): Promise<void> {
    const wishes = Array.from({ length: this.#dice.roll(2, 3) }, () => this.#wish());
    this.#sharesParts = wishes.some(
      (kit) => kit.parts.length > 1 && wishes.some((other) => other !== kit && other.parts.some((part) => has(kit, part.sku))),
    );
    const mode = this.#dice.oneIn(3) ? 'partial' : 'all_or_nothing';
    const ttlMs = this.#dice.roll(1, 4) * 10_000;
    const command: ReserveCart = {
      type: 'reserve',
      cart: ID,
      channel: channel('web'),
      buyer: null,
      ttlMs,
      lines: wishes.map(({ quantity, parts, sku: name }, index) => ({
        line: index + 1,
        sku: sku(name),
        quantity,
        at: null,
        parts: parts.map((part) => ({ sku: sku(part.sku), units: part.units })),
      })),
      mode,
      split: 'allowed',
      prefer: [],
      candidates: [],
    };
    await this.#compare(command, () => this.#naive.reserve(wishes, mode === 'partial', ttlMs, this.#nowMs));
  }

  /** Mostly plain items; sometimes a kit of two, which other lines may want as well. */
  #wish() {
    const [first = '', second = ''] = SKUS.toSpliced(this.#dice.roll(0, 2), 1);
    const quantity = this.#dice.roll(1, 4);
    const name = this.#dice.pick([first, second]) ?? '';
    if (!this.#dice.oneIn(4)) return { sku: name, quantity, parts: [{ sku: name, units: 1 }] };
    const parts = [first, second].map((part) => ({ sku: part, units: this.#dice.roll(1, 2) }));
    return { sku: `KIT-${first}-${second}-${parts.map(({ units }) => units).join('-')}`, quantity, parts };
  }

  async #change(): Promise<void> {
    const on = { reservation: ID, caller: channel('web') };
    const type = this.#dice.pick(['extend', 'resize', 'pin', 'commit', 'commit', 'release', 'fulfill', 'cancel', 'hand_over']);
    const lines = this.#dice.oneIn(2) ? null : this.#lines(0);
    let command: OnCart;
    if (type === 'extend') command = { type, ...on, ttlMs: this.#dice.roll(1, 4) * 10_000 };
    else if (type === 'resize') command = { type, ...on, lines: this.#lines(1) };
    else if (type === 'hand_over') command = { type, ...on, reference: `CART-${this.#dice.roll(1, 3)}` };
    else if (type === 'commit')
      command = {
        type,
        ...on,
        orderRef: `SO-${this.#dice.roll(1, 3)}`,
        lines,
        keepRest: this.#dice.oneIn(2),
        reacquire: this.#dice.oneIn(2),
      };
    else if (type === 'release' || type === 'fulfill' || type === 'cancel') command = { type, ...on, lines };
    else command = { type: 'pin', ...on };
    await this.#compare(command, () => this.#naive.do(command, this.#nowMs));
  }

  /** The fourth line is never there, and seldom the third. */
  #lines(least: number): readonly LineQuantity[] {
    const some = [1, 2, 3, 4].filter((line) => this.#dice.oneIn(line === 4 ? 15 : 2));
    return (some.length > 0 ? some : [1]).map((line) => ({ line, quantity: this.#dice.roll(least, least + 3) }));
  }

  /** Often to the deadline, or to the moment before or after it. */
  #pass(): void {
    const laterMs = this.#dice.oneIn(5) ? this.#naive.endsAtMs - this.#nowMs + this.#dice.roll(-1, 1) : this.#dice.roll(0, 3_000);
    this.#nowMs += Math.max(0, laterMs);
    this.#naive.passTime(this.#nowMs);
  }

  #othersTake(): void {
    const name = this.#dice.pick(SKUS) ?? '';
    const units = this.#dice.roll(1, 4);
    this.#asked += 1;
    const taken = this.#tell(name, reserve(`other ${this.#asked}`, units, { ttlMs: 86_400_000 }));
    this.told.push(`${this.#nowMs} ms  others ask for ${units} ${name}: ${taken}`);
    agree(taken, this.#naive.othersTake(name, units));
  }

  async #compare(command: ReserveCart | OnCart, naive: () => Said): Promise<void> {
    this.#asked += 1;
    const key = { hash: `key ${this.#asked}`, fingerprint: 'same' };
    const asked = `${this.#nowMs} ms  ${inspect(command, { breakLength: Infinity, depth: Infinity })}`;
    this.told.push(asked);
    const result = await this.#cart.stub.execute({ network: NETWORK, key, correlationId: 'c', command });
    if (result.outcome !== 'answered') throw new Error(result.outcome);
    const said = saidBy(result.answer);
    this.told.push(`  → ${said.said}`);
    this.met.set(`${command.type}: ${said.said}`, (this.met.get(`${command.type}: ${said.said}`) ?? 0) + 1);
    const expected = naive();
    // Beside a kit that takes of the same item, an item says what it could give to each line if the others had theirs.
    const vague = command.type !== 'reserve' && said.said === 'insufficient_stock' && this.#sharesParts;
    agree(vague ? said.said : said, vague ? expected.said : expected);
    if (result.answer.accepted) agree(result.answer.cart.reference ?? null, this.#naive.reference);
  }

  #stocked(name: string): FakeObject {
    const object = new FakeObject(sku(name), () => this.#nowMs);
    for (const command of [{ type: 'set_item', status: 'active', policy: null } as const, receive(this.#stock[name] ?? 0)])
      object.executeNow({
        networkVersion: NETWORK.version,
        network: NETWORK,
        asked: [{ command, key: null, correlationId: 'opening' }],
      });
    return object;
  }

  #tell(name: string, command: ReturnType<typeof reserve>): boolean {
    const asked = [{ command, key: null, correlationId: 'others' }];
    const result = this.#object(name).executeNow({ networkVersion: NETWORK.version, network: NETWORK, asked });
    const [reply] = result.outcome === 'done' ? result.replies : [];
    return reply?.outcome === 'answered' && reply.answer.accepted;
  }

  #object(name: string): FakeObject {
    const object = this.#objects.get(name);
    if (object === undefined) throw new Error(`there is no ${name}`);
    return object;
  }
}

function has({ parts }: { readonly parts: readonly { readonly sku: string }[] }, wanted: string): boolean {
  return parts.some((part) => part.sku === wanted);
}

function saidBy(answer: CartAnswer): Said {
  if (!answer.accepted) {
    const { rejection } = answer;
    const lines = 'lines' in rejection ? rejection.lines : [];
    return {
      said: rejection.code,
      lines: lines.map(({ line, requested, available, ...rest }) => ({
        line,
        sku: 'sku' in rest ? rest.sku : null,
        requested,
        available,
      })),
    };
  }
  return {
    said: answer.cart.status,
    lines: answer.cart.lines.map(({ line, sku: name, asked, open, owed, fulfilled, cancelled, released, expired }) => ({
      line,
      sku: name,
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

/** Runs of so many seeds; the first that fails is the last. */
export async function tryBaskets(first: number, seeds: number) {
  const met = new Map<string, number>();
  for (let seed = first; seed < first + seeds; seed += 1) {
    const run = new BasketRun(seed);
    const failure = await run.run().then(
      () => null,
      (error: unknown) => [...run.told, error instanceof Error ? error.message : String(error)].join('\n'),
    );
    for (const [what, times] of run.met) met.set(what, (met.get(what) ?? 0) + times);
    if (failure !== null) return { seeds: seed - first + 1, met, failure: { what: failure, seed } };
  }
  return { seeds, met, failure: null };
}
