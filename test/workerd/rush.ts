import { runDurableObjectAlarm } from 'cloudflare:test';
import { env, exports } from 'cloudflare:workers';
import type { Availability } from '../../contracts/availability.ts';
import { hashOf } from '../../worker/catalogue/identify.ts';
import { expectReadAddsUp } from '../adds-up.ts';
import type { Basket } from '../buyers/answers.ts';
import type { Ask } from '../buyers/ask.ts';
import { Buyer } from '../buyers/buyer.ts';
import type { Question } from '../buyers/journals.ts';
import { ofAnswer, ofNumber, ofRefusal } from '../buyers/questions.ts';
import { CHANNELS, NETWORK, randomOperation, SKUS, tell } from '../buyers/scarce-shop.ts';
import type { Dice } from '../model/dice.ts';
import { pass } from './clock.ts';
import { stockOf } from './object-books.ts';

const TRIES_MAX = 200;

/** Everything that goes on at the same time, and what was wrong with it. */
export class Rush {
  readonly numbers: Availability[] = [];
  readonly #met = new Map<string, number>();
  readonly #dice: Dice;
  readonly #admin: Ask;
  #facts = 0;

  constructor(dice: Dice, admin: Ask) {
    this.#dice = dice;
    this.#admin = admin;
  }

  /** How often each answer was given. */
  get met(): ReadonlyMap<string, number> {
    return new Map([...this.#met].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }

  questionsOf(buyers: readonly Buyer[]): readonly Question[] {
    const told = buyers.flatMap(({ history }) => history.flatMap(({ said }) => (said.status < 300 ? [said.body] : [])));
    return [
      ...this.numbers.map((one) => ofNumber(one, NETWORK)),
      ...told.flatMap((one) => ofAnswer(one)),
      ...buyers.flatMap(({ refusals }) => refusals.flatMap((one) => ofRefusal(one, NETWORK))),
    ];
  }

  async live(name: string, basket: Basket, dice: Dice): Promise<Buyer> {
    const buyer = new Buyer(name, basket, {
      ask: askerFor(basket.channel),
      nowMs: () => Date.now(),
      pause: async (tries, why) => {
        if (tries > TRIES_MAX) throw new Error(`${name} has no answer after ${tries} tries: ${why}`);
        this.#meet('asked again');
      },
      ends: async (what, { status, body }) => {
        this.#meet(`${what}: ${status < 300 ? 'done' : body.code}`);
        await this.#meanwhile();
      },
    });
    await buyer.reserve();
    for (let steps = buyer.seen === null ? 0 : dice.roll(1, 6); steps > 0; steps -= 1) {
      await buyer.do(randomOperation(buyer, dice));
      if (dice.oneIn(3)) await buyer.lookAgain();
    }
    return buyer;
  }

  /** After each answer the clock goes on, and somebody else does something. */
  async #meanwhile(): Promise<void> {
    const dice = this.#dice;
    pass(dice.oneIn(100) ? dice.roll(1_000, 4_000) : dice.roll(0, 20));
    const sku = dice.pick(SKUS) ?? '';
    if (dice.oneIn(2)) await this.#read(sku, dice.pick(CHANNELS) ?? '');
    if (dice.oneIn(5)) await this.#happens(sku);
    if (dice.oneIn(20)) await this.#counts(sku);
    if (dice.oneIn(20)) await runDurableObjectAlarm(stockOf(sku));
  }

  /** [I4] [R27] A number that must have been true, and the terms that must add up to it. */
  async #read(sku: string, channel: string): Promise<void> {
    const ask = askerFor(channel);
    const consistency = this.#dice.oneIn(2) ? 'strong' : 'cached';
    const path = `/v1/availability/${sku}?consistency=${consistency}`;
    const seen = await ask('GET', path);
    if (seen.status !== 200) return this.#meet('a number not read');
    this.numbers.push(seen.body);
    await expectReadAddsUp(path, undefined, seen, async (explainPath) => (await ask('GET', explainPath)).body);
  }

  /** Goods come and go, whatever was promised of them. */
  async #happens(sku: string): Promise<void> {
    const dice = this.#dice;
    const location = dice.pick(NETWORK.locations)?.id;
    const kind = dice.pick(['received', 'sold', 'adjusted', 'returned']);
    const quantity = kind === 'adjusted' ? -dice.roll(1, 2) : dice.roll(1, 2);
    const id = `fact-${(this.#facts += 1)}`;
    this.#meet(`fact: ${kind}`);
    await tell(this.#admin, [{ id, source: 'wms', kind, sku, location, quantity, occurred_at: new Date().toISOString() }]);
  }

  async #counts(sku: string): Promise<void> {
    const location = this.#dice.pick(NETWORK.locations)?.id;
    const about = { source: 'wms', sku, location, meaning: 'on_hand_minus_committed', as_of: new Date().toISOString() };
    const counts = [{ ...about, id: `count-${(this.#facts += 1)}`, quantity: this.#dice.roll(0, 8) }];
    const { status, body } = await this.#admin('POST', '/v1/counts', { counts });
    this.#meet(`count: ${status === 200 ? body.items[0].outcome : body.code}`);
  }

  #meet(what: string): void {
    this.#met.set(what, (this.#met.get(what) ?? 0) + 1);
  }
}

const keyOf = (role: string): string => `hf_${role}_${'k'.repeat(32)}`;

export async function admitKeys(): Promise<void> {
  const insert = env.DB.prepare(
    'INSERT INTO api_key (id, hash, name, scopes, channel, created_at_ms) VALUES (?1, ?2, ?1, ?3, ?4, 0)',
  );
  const sales = '["availability:read","reservations:write"]';
  const roles = [['admin', '["admin"]', null] as const, ...CHANNELS.map((channel) => [channel, sales, channel] as const)];
  for (const [id, scopes, channel] of roles) await insert.bind(id, await hashOf(keyOf(id)), scopes, channel).run();
}

export function askerFor(role: string): Ask {
  return async (method, path, body, headers = {}) => {
    const reply = await exports.default.fetch(
      new Request(`http://holdfast${path}`, {
        method,
        headers: { authorization: `Bearer ${keyOf(role)}`, ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    );
    return { status: reply.status, headers: reply.headers, body: await reply.json() };
  };
}
