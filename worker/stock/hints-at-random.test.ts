import { expect, test } from 'vitest';
import { FRESH_FOR_MS_WARY } from '../../domain/freshness.ts';
import { Dice } from '../../test/model/dice.ts';
import { Shop, TEA } from '../../test/shop.ts';
import { SENT_KEYS_MS } from '../../contracts/limits.ts';

const STEPS = 250;
const PLACES = ['dc', 'store'];
const POLICIES = [
  {},
  { backorder_limit: 2 },
  { quotas: [{ channel: 'web', protected: 1 }] },
  { quotas: [{ channel: 'app', protected: 2, cap: 2 }] },
  { stop_sell: true },
];
const CHANNELS = [{}, { buffer: 1 }, { locations: ['store', 'dc'] }, { stop_sell: true }];

interface Asked {
  readonly role: 'web' | 'app';
  readonly key: string;
  readonly body: object;
}

/** A sale in which everything happens that may bring units back. */
class Sale {
  readonly #dice: Dice;
  readonly #shop: Shop;
  readonly #granted: (Asked & { readonly id: string; readonly atMs: number })[] = [];
  /** When somebody may have brought units back, or opened what was closed; what time brings is not among it. */
  #raisedMs: number;
  #keys = 0;
  hints = 0;
  checked = 0;

  constructor(seed: number, shop: Shop) {
    this.#dice = new Dice(seed);
    this.#shop = shop;
    this.#raisedMs = shop.nowMs;
  }

  async step(): Promise<void> {
    const shop = this.#shop;
    shop.nowMs += this.#pick([1, 1, 1, 2, 20, 400, 3_000, 61_000]);
    const kind = this.#dice.roll(1, 14);
    if (kind <= 8) return this.#reserve();
    if (kind === 9) return this.#repeat();
    if (kind === 14) {
      await shop.get(this.#pick(['web', 'app'] as const), `/v1/availability/${TEA}${this.#pick(['', '?consistency=strong'])}`);
      return;
    }
    const one = this.#granted.length === 0 ? undefined : this.#pick(this.#granted);
    if (kind === 10 && one !== undefined) await shop.post(one.role, `/v1/reservations/${one.id}/release`, {});
    if (kind === 11) await shop.receive(TEA, this.#dice.roll(1, 2), this.#pick(PLACES));
    if (kind === 12) await shop.put(`/v1/items/${TEA}/policy`, this.#pick(POLICIES));
    if (kind === 13) await shop.put('/v1/channels/web', { sold_out_hint: true, ...this.#pick(CHANNELS) });
    this.#raisedMs = shop.nowMs;
  }

  async #reserve(): Promise<void> {
    const role = this.#pick(['web', 'web', 'app'] as const);
    const at = this.#dice.oneIn(2) ? { location: role === 'app' ? 'dc' : this.#pick(PLACES) } : {};
    const line = { sku: TEA, quantity: this.#dice.roll(1, 4), ...at };
    const body = {
      lines: this.#dice.oneIn(2) ? [line, { sku: TEA, quantity: 1 }] : [line],
      ttl_seconds: this.#pick([60, 120, 900]),
      ...(this.#dice.oneIn(2) ? { mode: 'partial' } : {}),
      ...(this.#dice.oneIn(3) ? { split: 'never' } : {}),
    };
    const asked = { role, key: `buyer-${++this.#keys}`, body };
    const said = await this.#ask(asked);
    if (said.status === 201) this.#granted.push({ ...asked, id: said.body.id, atMs: this.#shop.nowMs });
    if (said.body.code === 'sold_out_hint') await this.#isTrue(asked, Date.parse(said.body.as_of));
  }

  /** Unless somebody brought units back since, who insists is told the same by the object. */
  async #isTrue(asked: Asked, asOfMs: number): Promise<void> {
    this.hints += 1;
    expect(this.#shop.nowMs - asOfMs).toBeLessThan(FRESH_FOR_MS_WARY);
    if (asOfMs <= this.#raisedMs) return;
    this.checked += 1;
    expect((await this.#ask({ ...asked, key: `${asked.key}-insists` }, '?consistency=strong')).body.code).toBe(
      'insufficient_stock',
    );
  }

  /** [R5] Who was granted units finds them again. */
  async #repeat(): Promise<void> {
    if (this.#granted.length === 0) return;
    const one = this.#pick(this.#granted);
    if (this.#shop.nowMs - one.atMs < SENT_KEYS_MS) expect((await this.#ask(one)).body.id).toBe(one.id);
  }

  #ask({ role, key, body }: Asked, query = '') {
    return this.#shop.post(role, `/v1/reservations${query}`, body, key);
  }

  #pick<T>(items: readonly T[]): T {
    const picked = this.#dice.pick(items);
    if (picked === undefined) throw new Error('there is one');
    return picked;
  }
}

test.each([1, 2, 3, 4, 5, 6])(
  '[R91] [R39] who is hinted would be refused, whatever was asked and changed (seed %i)',
  async (seed) => {
    const shop = await Shop.open();
    await shop.put('/v1/channels/web', { sold_out_hint: true });
    await shop.put('/v1/channels/app', { sold_out_hint: true, locations: ['dc'] });
    await shop.receive(TEA, 3);
    const sale = new Sale(seed, shop);
    for (let step = 0; step < STEPS; step += 1) await sale.step();
    // Or it would prove nothing.
    expect([sale.hints > 5, sale.checked > 2]).toEqual([true, true]);
  },
);
