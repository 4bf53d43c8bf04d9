import { createHash } from 'node:crypto';
import type { Basket } from '../buyers/answers.ts';
import type { Ask } from '../buyers/ask.ts';
import { Buyer } from '../buyers/buyer.ts';
import { CHANNELS, randomBasket, SKUS } from '../buyers/scarce-shop.ts';
import { Dice } from '../model/dice.ts';
import { askerAt } from './ask-over-http.ts';
import type { Holdfast } from './holdfast.ts';
import { LAPSES_SECONDS, phaseOf, PHASES, wholeLife, type Phase } from './killed-carts.ts';
import { cartsOnDisk } from './on-disk.ts';

const BUYERS = 8;
const KILL_AFTER_MS = [20, 400] as const;
const TRIES_MAX = 400;
/** Calls that buyers may give up waiting for. */
const LEAVING: readonly string[] = ['reserve', 'pin', 'commit'];
const HOPELESS = 1_000_000;
/** Longer than what a checkout does here, kills and all. */
const LASTS_SECONDS = 45;

/** Buyers who go on buying, and somebody who kills whoever serves them. */
export class Siege {
  readonly buyers: Buyer[] = [];
  /** Those who died with the runtime: what they asked for last, nobody asks for again. */
  readonly gone: Buyer[] = [];
  readonly met = new Map<Phase, Map<string, number>>();
  readonly #holdfast: Holdfast;
  readonly #seed: number;
  readonly #killsMin: number;
  readonly #dice: Dice;
  readonly #keys: ReadonlyMap<string, SalesKey>;
  readonly #now = new Map<number, Buyer>();
  readonly #leaving = new Set<Buyer>();
  #kills = 0;
  #over = false;
  #up: Promise<void> = Promise.resolve();
  readonly #happened = { called: Promise.withResolvers<void>(), answered: Promise.withResolvers<void>() };

  constructor(holdfast: Holdfast, keys: ReadonlyMap<string, SalesKey>, seed: number, killsMin: number) {
    this.#holdfast = holdfast;
    this.#keys = keys;
    this.#seed = seed;
    this.#dice = new Dice(seed);
    this.#killsMin = killsMin;
  }

  async run(): Promise<void> {
    const living = Promise.all(Array.from({ length: BUYERS }, (_, n) => this.#buy(n)));
    try {
      await Promise.race([this.#kill(), living]);
    } finally {
      this.#over = true;
    }
    await living;
  }

  told(): string {
    const rows = PHASES.map((phase) => {
      const by = [...(this.met.get(phase) ?? [])].toSorted(([, a], [, b]) => b - a);
      const times = by.reduce((total, [, count]) => total + count, 0);
      return `  ${phase.padEnd(28)} ${String(times).padStart(4)}   ${by.map(([what, count]) => `${what} ${count}`).join(', ')}`;
    });
    return [
      `${this.#kills} kills met ${this.buyers.length} carts in these phases, and ${this.gone.length} buyers never asked again:`,
      ...rows,
    ].join('\n');
  }

  async #buy(n: number): Promise<void> {
    const dice = new Dice(this.#seed + n);
    for (let life = 0; !this.#over; life += 1) {
      const basket = severalOf(randomBasket(dice), dice);
      const buyer = new Buyer(`buyer-${n}-${life}`, basket, {
        ask: askerAt(this.#holdfast.url, this.#keys.get(basket.channel)?.key ?? ''),
        nowMs: () => Date.now(),
        pause: async (tries, why) => {
          if (this.#leaving.has(buyer)) throw new Gone();
          if (tries > TRIES_MAX) throw new Error(`buyer ${n} has no answer after ${tries} tries: ${why}`);
          await this.#up;
          await new Promise((resolve) => setTimeout(resolve, 25));
        },
        begins: () => this.#happened.called.resolve(),
        ends: async () => this.#happened.answered.resolve(),
      });
      this.buyers.push(buyer);
      this.#now.set(n, buyer);
      await wholeLife(buyer, dice).catch((error: unknown) => {
        if (!(error instanceof Gone)) throw error;
        this.#leaving.delete(buyer);
        this.gone.push(buyer);
      });
    }
  }

  async #kill(): Promise<void> {
    const [least, most] = KILL_AFTER_MS;
    const enough = (): boolean => this.#kills >= this.#killsMin && PHASES.every((phase) => this.met.has(phase));
    while (!this.#over && !enough() && this.#kills < this.#killsMin * 2) {
      // Half of the kills wait until it serves as usual, so that they meet more than what a start takes.
      if (this.#dice.oneIn(2)) for (let answers = 0; answers < BUYERS; answers += 1) await this.#next('answered');
      await this.#next('called');
      await new Promise((resolve) => setTimeout(resolve, this.#dice.roll(least, most)));
      this.#kills += 1;
      this.#up = this.#holdfast.killRuntime(() => this.#look());
      await this.#up;
    }
  }

  async #next(what: 'called' | 'answered'): Promise<void> {
    this.#happened[what] = Promise.withResolvers();
    await this.#happened[what].promise;
  }

  /** What everybody was waiting for, and what of it was on disk. */
  #look(): void {
    const waiting = [...this.#now.values()].map((buyer) => ({ buyer, what: buyer.asking?.what ?? 'nothing' }));
    const carts = cartsOnDisk(this.#holdfast.state, Date.now() - 10_000);
    for (const { buyer, what } of waiting) {
      const phase = phaseOf(buyer, carts.get(buyer.id ?? this.#idOf(buyer)));
      const by = this.met.get(phase) ?? new Map<string, number>();
      by.set(what, (by.get(what) ?? 0) + 1);
      this.met.set(phase, by);
      if (LEAVING.includes(what) && this.#dice.oneIn(6)) this.#leaving.add(buyer);
    }
  }

  /** The name that the API gives it: of the key and of what was asked under (docs/architecture.md). */
  #idOf({ basket, reserveKey }: Buyer): string {
    const hash = createHash('sha256').update(`${this.#keys.get(basket.channel)?.id ?? ''}\0${reserveKey}`);
    return `cart.${hash.digest('base64url').slice(0, 22)}`;
  }
}

class Gone extends Error {}

export interface SalesKey {
  readonly id: string;
  readonly key: string;
}

export async function salesKeys(admin: Ask): Promise<ReadonlyMap<string, SalesKey>> {
  const made = CHANNELS.map(async (channel) => {
    const scopes = ['availability:read', 'reservations:write'];
    const { body } = await admin('POST', '/v1/keys', { name: channel, scopes, channel });
    return [channel, { id: body.id, key: body.key }] as const;
  });
  return new Map(await Promise.all(made));
}

/** Only baskets of several items have a coordinator; some ask for more than there ever was, and what they took goes back. */
function severalOf(basket: Basket, dice: Dice): Basket {
  const skus = new Set(basket.lines.map(({ sku }) => sku));
  const others = SKUS.filter((sku) => !skus.has(sku));
  const hopeless = dice.oneIn(4);
  // The more items give something, the longer it takes to give it back.
  const more = hopeless
    ? others.map((sku, index) => ({ sku, quantity: index === 0 ? HOPELESS : 1 }))
    : others.slice(0, skus.size > 1 ? 0 : 1).map((sku) => ({ sku, quantity: 1 }));
  const mode = hopeless ? 'all_or_nothing' : basket.mode;
  return { ...basket, mode, lines: [...basket.lines, ...more], ttl_seconds: dice.oneIn(6) ? LAPSES_SECONDS : LASTS_SECONDS };
}
