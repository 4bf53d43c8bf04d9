import type { Availability } from '../../contracts/availability.ts';
import type { Operation } from '../buyers/expected.ts';
import { Buyer, type Surroundings } from '../buyers/buyer.ts';
import type { Basket } from '../buyers/answers.ts';
import { randomOperation } from '../buyers/scarce-shop.ts';
import type { Dice } from '../model/dice.ts';
import type { Runtime } from './runtime/runtime.ts';
import { clientPlace, ITEMS, KIT, PLACES, type Front, type Role } from './shop.ts';

/** The furthest that any clock is off. */
export const SKEW_MS = 400;
const CHANNELS = ['web', 'web', 'app', 'market'] as const;

/** Everybody who wants something of the shop, each after the other's doings and all at once. */
export class World {
  readonly buyers: Buyer[] = [];
  readonly shown: Availability[] = [];
  readonly answers: { readonly buyer: Buyer; readonly said: Buyer['history'][number] }[] = [];
  readonly broken: string[] = [];
  readonly #front: Front;
  readonly #runtime: Runtime;
  readonly #dice: Dice;
  #facts = 0;
  /** Clients that are not done. */
  busy = 0;
  #closesAtMs = Infinity;

  constructor(front: Front, runtime: Runtime) {
    this.#front = front;
    this.#runtime = runtime;
    this.#dice = runtime.loop.dice;
  }

  /** From here on until then they come. */
  open(forMs: number): void {
    const { loop } = this.#runtime;
    this.#closesAtMs = loop.nowMs + forMs;
    for (let atMs = 0; atMs < forMs; atMs += this.#dice.roll(100, 6_000)) loop.after(atMs, 'a buyer comes', () => this.#buyer());
    for (let atMs = 0; atMs < forMs; atMs += this.#dice.roll(500, 12_000))
      loop.after(atMs, 'a reader comes', () => this.#reader());
    for (let atMs = 0; atMs < forMs; atMs += this.#dice.roll(1_000, 15_000))
      loop.after(atMs, 'a fact is told', () => this.#fact());
    for (let atMs = 0; atMs < forMs; atMs += this.#dice.roll(2_000, 20_000))
      loop.after(atMs, 'something befalls', () => this.#befalls());
  }

  /** What whoever complains had asked and heard before. */
  stories(): readonly string[] {
    return this.buyers.flatMap(({ name, broken, basket, history }) => {
      if (broken.length === 0) return [];
      const calls = history.map(({ path, body, said }) => {
        const units = (said.body.lines ?? []).map((line: object) => Object.values(line).filter((one) => typeof one !== 'object'));
        return `  ${path.slice(path.lastIndexOf('/'))} ${JSON.stringify(body)} → ${said.status} ${said.body.code ?? said.body.status} ${JSON.stringify(units)} as of ${said.body.as_of}, ends ${said.body.expires_at}`;
      });
      return [[`${name}: ${JSON.stringify(basket)}`, ...calls].join('\n')];
    });
  }

  #client(name: string, work: () => Promise<void>): void {
    this.busy += 1;
    const { loop } = this.#runtime;
    void loop
      .in(clientPlace(name), work)
      .catch((error: unknown) =>
        this.broken.push(`${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`),
      )
      .finally(() => {
        this.busy -= 1;
      });
  }

  #buyer(): void {
    const { loop } = this.#runtime;
    const basket = randomBasket(this.#dice);
    const around: Surroundings = {
      ask: this.#front.ask(basket.channel as Role),
      nowMs: () => loop.nowMs,
      skewMs: 2 * SKEW_MS,
      pause: (tries) => loop.wait(Math.min(8_000, 100 * 2 ** Math.min(tries, 7)) + this.#dice.roll(0, 50), 'a buyer tries again'),
      ends: async (what, said) => {
        const code = said.status < 300 ? 'accepted' : said.body.code;
        this.#runtime.note(`${what}: ${code}`);
      },
    };
    const buyer = new Buyer(`b${this.buyers.length}`, basket, around);
    this.buyers.push(buyer);
    this.#client(buyer.name, async () => {
      await buyer.reserve();
      while (buyer.seen !== null && loop.nowMs < this.#closesAtMs && !this.#dice.oneIn(6)) {
        await loop.wait(this.#dice.oneIn(4) ? this.#dice.roll(1_000, 20_000) : this.#dice.roll(0, 1_500), `${buyer.name} thinks`);
        if (this.#dice.oneIn(8)) await buyer.lookAgain();
        else await buyer.do(this.#operation(buyer));
      }
    });
  }

  #operation(buyer: Buyer): Operation {
    const operation = randomOperation(buyer, this.#dice);
    return operation.type === 'extend' ? { type: 'extend', body: { ttl_seconds: this.#dice.roll(1, 15) } } : operation;
  }

  /** Looks at numbers; each must have been true at its moment. */
  #reader(): void {
    const channel = this.#dice.pick(CHANNELS) ?? 'web';
    const sku = this.#dice.pick(ITEMS) ?? 'S01';
    const strong = this.#dice.oneIn(2) ? '?consistency=strong' : '';
    this.#client('reader', async () => {
      const ask = this.#front.ask(channel);
      for (let times = this.#dice.roll(1, 4); times > 0; times -= 1) {
        const said = await ask('GET', `/v1/availability/${sku}${strong}`).catch(() => null);
        if (said?.status === 200) this.shown.push(said.body);
        await this.#runtime.loop.wait(this.#dice.roll(0, 800), 'a reader waits');
      }
    });
  }

  /** The same fact until somebody says that it is booked, and now and then once more. */
  #fact(): void {
    const { loop } = this.#runtime;
    const id = `fact-${this.#facts++}`;
    const kind = this.#dice.pick(['received', 'received', 'adjusted', 'sold', 'transferred'] as const) ?? 'received';
    const fact = {
      id,
      source: 'wms',
      kind,
      sku: this.#dice.pick(ITEMS),
      location: this.#dice.pick(PLACES),
      quantity: kind === 'adjusted' ? (this.#dice.pick([-2, -1, 1]) ?? 1) : this.#dice.roll(1, 3),
      ...(kind === 'transferred' ? { to_location: this.#dice.pick(PLACES), to_status: 'sellable' } : {}),
      occurred_at: new Date(loop.nowMs).toISOString(),
    };
    if ('to_location' in fact && fact.to_location === fact.location) return;
    this.#client(id, async () => {
      const ask = this.#front.ask('stock');
      for (let booked = 0; booked < 1 || this.#dice.oneIn(4);) {
        const said = await ask('POST', '/v1/movements', { movements: [fact] }).catch(() => null);
        const outcome: unknown = said?.status === 200 ? said.body.items[0]?.outcome : null;
        if (outcome === 'applied' || outcome === 'duplicate') {
          if (booked > 0 && outcome === 'applied') this.broken.push(`[I9] ${id} was booked again`);
          booked += 1;
        } else await loop.wait(this.#dice.roll(200, 3_000), `${id} is told again`);
      }
    });
  }

  /** Objects are evicted, and their clocks jump. */
  #befalls(): void {
    const { faults, skus, carts } = this.#runtime;
    const object = this.#dice.pick([...skus.all.values(), ...carts.all.values()]);
    if (object === undefined) return;
    if (faults.strikes('clockJumps')) object.jump(this.#dice.roll(-SKEW_MS, SKEW_MS));
    if (faults.strikes('eviction')) object.evict();
    if (faults.strikes('crashOfObject')) object.crash();
  }
}

function randomBasket(dice: Dice): Basket {
  const channel = dice.pick(CHANNELS) ?? 'web';
  const split = dice.oneIn(5) ? 'never' : 'allowed';
  const skus: readonly string[] = dice.oneIn(2)
    ? [dice.pick(ITEMS) ?? 'S01']
    : (dice.pick([['S01', 'S02'], ['S02', 'S03'], ['S01', 'S02', 'S03'], [KIT], [KIT, 'S03']]) ?? ['S01']);
  const places: readonly string[] = { web: PLACES, app: ['dc', 'east'], market: ['store'] }[channel];
  const lines = skus.map((sku) => {
    const location = split === 'allowed' && sku !== KIT && dice.oneIn(6) ? dice.pick(places) : undefined;
    return { sku, quantity: dice.roll(1, 3), ...(location === undefined ? {} : { location }) };
  });
  return { channel, lines, split, mode: dice.oneIn(3) ? 'partial' : 'all_or_nothing', ttl_seconds: dice.roll(1, 20) };
}
