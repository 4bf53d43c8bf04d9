import { expect, test } from 'vitest';
import { Dice } from '../../test/model/dice.ts';
import { keyOf, MUG, TEA, type Role } from '../../test/shop.ts';
import { TwoShops, type Asked } from '../../test/two-shops.ts';

const KIT = 'SET-1';
const STEPS = 400;
// Room to furnish the shop in.
const LIMITED = { ofKey: { requests: 14, windowSeconds: 5 }, ofClasses: new Map([[100, { requests: 15, windowSeconds: 5 }]]) };

const NAMES = [TEA, TEA, TEA, TEA, MUG, MUG, KIT, 'NOPE', 'tea-1', '%54EA-1', '%zz', `${TEA}%20`, `${TEA}/`, 'query', '..', ''];
const QUERIES = [
  '',
  '',
  '',
  '',
  '',
  '?channel=web',
  '?channel=web',
  '?channel=app',
  '?channel=nope',
  '?channel=',
  '?channel=%77eb',
  '?',
  '?consistency=strong',
  '?consistency=strong',
  '?consistency=cached',
  '?consistency=Strong',
  '?location=dc',
  '?Channel=web',
  '?channel=web&consistency=strong',
  '?channel=app&consistency=strong',
  '?consistency=strong&channel=web',
  '?channel=web&channel=app',
  '?channel=web#app',
  '?channel=web&',
  '?channel=__proto__',
  '?colour=green',
];
const ROLES: readonly Role[] = ['web', 'web', 'web', 'web', 'app', 'app', 'reader', 'reader', 'stock', 'admin'];
const AUTHORIZATIONS = [
  '',
  'Bearer',
  `Basic ${keyOf('web')}`,
  `Bearer ${keyOf('web')}x`,
  `Bearer ${keyOf('web')}, Bearer ${keyOf('app')}`,
];
const LISTS: readonly (readonly unknown[])[] = [
  [TEA],
  [TEA, MUG],
  [MUG, TEA, TEA],
  [KIT, TEA],
  ['NOPE', TEA],
  [' TEA-1'],
  [7],
  [],
];
// Now and then the clock is set back.
const TIMES = [0, 0, 1, 1, 10, 49, 50, 300, 700, 999, 1_000, 5_000, 9_999, -3_000];
const NETWORKS = [{}, { buffer: 2 }, { stop_sell: true }, { locations: ['store'] }, { locations: ['dc', 'store'], buffer: 1 }];
const KEYS_AGAIN = [
  'revoked_at_ms = NULL',
  `scopes = '["availability:read","reservations:write"]', channel = 'app' WHERE id = 'app'`,
];
const KEYS = [
  `revoked_at_ms = 1 WHERE id = 'web'`,
  `channel = 'web' WHERE id = 'app'`,
  `scopes = '["feeds:read"]' WHERE id = 'app'`,
  'revoked_at_ms = NULL',
  'revoked_at_ms = NULL',
];

/** What the dice ask, and what they change meanwhile. */
class Visit {
  readonly #dice: Dice;
  readonly #two: TwoShops;
  readonly #tags: string[] = ['*', '"1"', 'W/"0.0.0", "more"'];
  readonly #newest = new Map<string, number>();
  readonly met = new Map<string, number>();

  constructor(seed: number, two: TwoShops) {
    this.#dice = new Dice(seed);
    this.#two = two;
  }

  async step(): Promise<void> {
    if (this.#dice.oneIn(4)) await this.#change();
    const asked = this.#question();
    const { status, headers, body, atOnce } = await this.#two.ask(asked);
    const kind = `${atOnce ? 'at once' : 'later'} ${status}`;
    this.met.set(kind, (this.met.get(kind) ?? 0) + 1);
    if (headers['etag'] !== undefined) this.#tags.push(headers['etag']);
    if (status === 200 && body !== '') this.#neverBack(JSON.parse(body));
  }

  #question(): Asked {
    if (this.#dice.oneIn(5)) return this.#many();
    return this.#dice.oneIn(3) ? this.#reservation() : this.#one();
  }

  /** [R39] There is one isolate, so whatever it says of a plain item is never older than what it said before. */
  #neverBack(said: { readonly items?: readonly Said[] } & Said): void {
    for (const { sku, sequence } of said.items ?? [said]) {
      if (sku !== TEA && sku !== MUG) continue;
      expect(sequence).toBeGreaterThanOrEqual(this.#newest.get(sku) ?? 0);
      this.#newest.set(sku, sequence);
    }
  }

  #one(): Asked {
    const method = this.#dice.oneIn(8) ? this.#pick(['HEAD', 'OPTIONS', 'POST', 'DELETE']) : 'GET';
    // Half of them are what shops ask most, or little would be at hand.
    const isOdd = this.#dice.oneIn(2);
    const path = `/v1/availability/${this.#pick(isOdd ? NAMES : [TEA, MUG])}${this.#pick(isOdd ? QUERIES : ['', '?channel=web'])}`;
    return { path, method, headers: this.#headers() };
  }

  #many(): Asked {
    const words: Record<string, unknown> = { skus: this.#pick(LISTS) };
    if (this.#dice.oneIn(4)) words['channel'] = this.#pick(['web', 'app', 'nope', null, 7]);
    if (this.#dice.oneIn(8)) words['consistency'] = this.#pick(['strong', 'cached']);
    if (this.#dice.oneIn(8)) words[this.#pick(['locations', 'colour'])] = ['dc'];
    const path = `/v1/availability/query${this.#dice.oneIn(8) ? '?channel=web' : ''}`;
    return { path, method: 'POST', headers: this.#headers(), body: JSON.stringify(words) };
  }

  /** Under few keys, so that some come again, with the same words or with others; half of them are what a crowd asks. */
  #reservation(): Asked {
    const line: Record<string, unknown> = { sku: this.#pick([TEA, MUG]), quantity: 1 };
    const words: Record<string, unknown> = { lines: [line] };
    if (this.#dice.oneIn(2)) this.#alter(line, words);
    const path = `/v1/reservations${this.#dice.oneIn(8) ? '?consistency=strong' : ''}`;
    const key = this.#dice.oneIn(12) ? this.#pick(['', 'a b', '"quoted"']) : `key-${this.#dice.roll(1, 80)}`;
    return { path, method: 'POST', headers: { ...this.#headers(), 'idempotency-key': key }, body: JSON.stringify(words) };
  }

  #alter(line: Record<string, unknown>, words: Record<string, unknown>): void {
    if (this.#dice.oneIn(3)) line['sku'] = this.#pick(NAMES);
    if (this.#dice.oneIn(3)) line['quantity'] = this.#dice.roll(0, 3);
    if (this.#dice.oneIn(6)) line[this.#pick(['location', 'unit', 'colour'])] = this.#pick(['dc', 'box', 7]);
    if (this.#dice.oneIn(6)) words['lines'] = [line, line];
    if (this.#dice.oneIn(3)) words['channel'] = this.#pick(['web', 'app', 'nope', null, 7]);
    if (this.#dice.oneIn(3)) words['buyer'] = this.#pick(['somebody', 'somebody else', '', 7]);
    if (this.#dice.oneIn(3)) words['mode'] = this.#pick(['partial', 'all_or_nothing', 'none']);
    if (this.#dice.oneIn(3)) words['ttl_seconds'] = this.#pick([1, 5, 900, 0, '5']);
  }

  #headers(): Record<string, string> {
    const authorization = this.#dice.oneIn(8) ? this.#pick(AUTHORIZATIONS) : `Bearer ${keyOf(this.#pick(ROLES))}`;
    const known = this.#dice.oneIn(3) ? { 'if-none-match': this.#pick(this.#tags) } : {};
    const trace = this.#dice.oneIn(6)
      ? { traceparent: this.#pick(['', '00-0-0-0', `00-${'1'.repeat(32)}-${'2'.repeat(16)}-00`]) }
      : {};
    return { authorization, ...known, ...trace };
  }

  async #change(): Promise<void> {
    const kind = this.#dice.roll(1, 7);
    const ms = this.#pick(TIMES);
    const units = this.#dice.roll(1, 3);
    const network = this.#pick(NETWORKS);
    const key = this.#pick(KEYS);
    await this.#two.inBoth(async (shop) => {
      if (kind <= 3) shop.nowMs += ms;
      // Where requests are counted, one too many is refused, in both.
      if (kind === 4) await shop.receive(TEA, units).catch(() => undefined);
      if (kind === 5) await shop.reserve(units);
      if (kind === 6) await shop.put('/v1/channels/web', network);
      if (kind === 7)
        for (const change of [...KEYS_AGAIN, key]) await shop.database.prepare(`UPDATE api_key SET ${change}`).run();
    });
  }

  #pick<T>(items: readonly [T, ...T[]] | readonly T[]): T {
    return this.#dice.pick(items) as T;
  }
}

interface Said {
  readonly sku: string;
  readonly sequence: number;
}

test.each([
  [1, undefined],
  [2, undefined],
  [3, undefined],
  [4, LIMITED],
])(
  '[R39] [R46] whatever is asked and changed by the dice (seed %i), in front of the routes is said what they say',
  async (seed, limits) => {
    const two = await TwoShops.open(limits);
    await two.inBoth((shop) => shop.put(`/v1/items/${KIT}`, { status: 'active', components: [{ sku: TEA, factor: 2 }] }));
    const visit = new Visit(seed, two);
    for (let step = 0; step < STEPS; step += 1) await visit.step();
    // Or it would prove nothing.
    if (limits !== undefined) expect(visit.met.get('later 429') ?? 0).toBeGreaterThan(5);
    expect(visit.met.get('at once 200') ?? 0).toBeGreaterThan(10);
    expect(visit.met.get('later 201') ?? 0).toBeGreaterThan(5);
  },
);
