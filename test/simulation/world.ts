import type { Availability } from '../../contracts/availability.ts';
import type { ReservationReply } from '../../contracts/reservations.ts';
import type { LocationId, Sku } from '../../domain/ids.ts';
import type { Said } from '../buyers/ask.ts';
import type { Operation } from '../buyers/expected.ts';
import { Buyer, type Surroundings } from '../buyers/buyer.ts';
import type { Basket } from '../buyers/answers.ts';
import { randomOperation } from '../buyers/scarce-shop.ts';
import type { Dice } from '../model/dice.ts';
import type { SimulatedErp } from './erp.ts';
import type { Runtime } from './runtime/runtime.ts';
import { clientPlace, ITEMS, KIT, PLACES, type Front, type Role } from './shop.ts';

/** The furthest that any clock is off. */
const SKEW_MS = 400;
/** How old a number may be beyond what it says of its age: the way to whoever reads it, and clocks that differ. */
const MOST_STALE_MS = 1_000 + SKEW_MS + 5_000;
const CHANNELS = ['web', 'web', 'app', 'market'] as const;

/**
 * Everybody who wants something of the shop, each after the other's doings and all at once. It is long because it lists them: buyers,
 * readers, whoever tells facts, people in the ERP, and what befalls all of them.
 */
export class World {
  readonly buyers: Buyer[] = [];
  readonly shown: Availability[] = [];
  readonly broken: string[] = [];
  readonly #front: Front;
  readonly #runtime: Runtime;
  readonly #dice: Dice;
  #facts = 0;
  /** The newest sequence of each item that anybody was told. */
  readonly #told = new Map<string, number>();
  /** Clients that are not done. */
  busy = 0;
  #closesAtMs = Infinity;
  /** Whose each reservation is. */
  readonly #owners = new Map<string, string>();

  readonly #erp: SimulatedErp;
  readonly #orders = new Set<string>();

  constructor(front: Front, runtime: Runtime, erp: SimulatedErp) {
    this.#front = front;
    this.#erp = erp;
    this.#runtime = runtime;
    this.#dice = runtime.loop.dice;
  }

  /** From here on until then they come. */
  open(forMs: number): void {
    const { loop } = this.#runtime;
    this.#closesAtMs = loop.nowMs + forMs;
    const often = (leastMs: number, mostMs: number, what: string, happens: () => void): void => {
      for (let atMs = this.#dice.roll(0, mostMs); atMs < forMs; atMs += this.#dice.roll(leastMs, mostMs))
        loop.after(atMs, what, happens);
    };
    often(100, 6_000, 'a buyer comes', () => this.#buyer(randomBasket(this.#dice)));
    often(15_000, 60_000, 'a crowd comes', () => this.#crowd());
    often(500, 12_000, 'a reader comes', () => this.#reader());
    often(1_000, 15_000, 'a fact is told', () => this.#fact());
    often(2_000, 20_000, 'the ERP books', () => this.#erpFact());
    often(3_000, 30_000, 'the ERP counts', () => this.#erpCount());
    often(200, 4_000, 'something befalls', () => this.#befalls());
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
      .catch((error: unknown) => {
        if (error instanceof Left) return;
        this.broken.push(`${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      })
      .finally(() => {
        this.busy -= 1;
      });
  }

  /** Many want the same through the same channel at once, more than there is; whoever gets it leaves it to its deadline, as most do. */
  #crowd(): void {
    const { loop } = this.#runtime;
    const { channel } = randomBasket(this.#dice);
    const sku = this.#dice.pick(ITEMS) ?? 'S01';
    for (let n = this.#dice.roll(8, 24); n > 0; n -= 1) {
      const basket = { channel, lines: [{ sku, quantity: this.#dice.roll(1, 3) }], ...this.#terms() };
      loop.after(this.#dice.roll(0, 20), 'one of a crowd comes', () => this.#buyer(basket, undefined, false));
      if (this.#dice.oneIn(2)) loop.after(this.#dice.roll(0, 20), 'one of a crowd looks', () => this.#reader(channel, sku));
    }
  }

  #terms(): Pick<Basket, 'mode' | 'split' | 'ttl_seconds'> {
    const mode = this.#dice.oneIn(3) ? 'partial' : 'all_or_nothing';
    return { mode, split: this.#dice.oneIn(5) ? 'never' : 'allowed', ttl_seconds: this.#dice.roll(1, 10) };
  }

  #buyer(basket: Basket, asked: (buyer: Buyer) => void = () => undefined, stays = true): void {
    const { loop } = this.#runtime;
    const impatient = this.#dice.oneIn(3);
    const around: Surroundings = {
      ask: async (...call) => {
        const said = await this.#front.ask(basket.channel as Role)(...call);
        if (said.body.code === 'sold_out_hint') this.#hinted(said.body);
        return said;
      },
      nowMs: () => loop.nowMs,
      skewMs: 2 * SKEW_MS,
      pause: async (tries) => {
        // What it asked for may be promised to it all the same, until it lapses.
        if (impatient && buyer.seen === null) throw new Left();
        await loop.wait(Math.min(8_000, 100 * 2 ** Math.min(tries, 7)) + this.#dice.roll(0, 50), 'a buyer tries again');
      },
      ends: async (what, said) => {
        for (const rare of rareIn(what, said)) this.#runtime.note(rare);
        for (const { sku, sequence } of said.body.lines ?? []) if (sku !== KIT) this.#hears(sku, sequence);
      },
    };
    const buyer = new Buyer(`b${this.buyers.length}`, basket, around);
    this.buyers.push(buyer);
    this.#client(buyer.name, async () => {
      await buyer.reserve();
      asked(buyer);
      if (buyer.id !== null) this.#belongs(buyer.id, buyer.name);
      while (stays && buyer.seen !== null && loop.nowMs < this.#closesAtMs && !this.#dice.oneIn(6)) {
        await loop.wait(this.#dice.oneIn(4) ? this.#dice.roll(1_000, 20_000) : this.#dice.roll(0, 1_500), `${buyer.name} thinks`);
        if (this.#dice.oneIn(8)) await buyer.lookAgain();
        else await buyer.do(this.#operation(buyer));
      }
    });
  }

  /** [R91] Nobody decided it, so all that it must be is no older than any number that is shown. */
  #hinted(hint: { readonly as_of: string }): void {
    this.#runtime.note('sold-out hint');
    if (this.#runtime.loop.nowMs - Date.parse(hint.as_of) > MOST_STALE_MS)
      this.broken.push(`[R91] older than any number may be shown: ${JSON.stringify(hint)}`);
  }

  /** [R5] Nobody hears the answer of another, however many calls they shared. */
  #belongs(id: string, name: string): void {
    const owner = this.#owners.get(id) ?? name;
    this.#owners.set(id, owner);
    if (owner !== name) this.broken.push(`[R5] [I9] ${name} was answered with ${id}, which is ${owner}'s`);
  }

  /** [I9] Once all is calm some ask everything again that they ever asked. */
  repeat(): void {
    for (const buyer of this.buyers) if (this.#dice.oneIn(3)) this.#client(`${buyer.name} again`, () => this.#again(buyer));
  }

  async #again(buyer: Buyer): Promise<void> {
    if (buyer.asking === null) await buyer.repeatAll();
  }

  /** It promises what nobody reserved here. */
  isOrder(what: string): boolean {
    return [...this.#orders].some((id) => what.includes(id));
  }

  #operation(buyer: Buyer): Operation {
    const operation = randomOperation(buyer, this.#dice);
    return operation.type === 'extend' ? { type: 'extend', body: { ttl_seconds: this.#dice.roll(1, 15) } } : operation;
  }

  /** Looks at numbers, of one item or of a page of them; each must have been true at its moment. */
  #reader(channel: string = this.#dice.pick(CHANNELS) ?? 'web', sku: string = this.#dice.pick(ITEMS) ?? 'S01'): void {
    if (this.#dice.oneIn(4)) return this.#pageReader(channel);
    const strong = this.#dice.oneIn(2) ? '?consistency=strong' : '';
    this.#client('reader', async () => {
      const ask = this.#front.ask(channel as Role);
      for (let times = this.#dice.roll(1, 4); times > 0; times -= 1) {
        const before = this.#told.get(sku) ?? 0;
        const said = await ask('GET', `/v1/availability/${sku}${strong}`).catch(() => null);
        if (said?.status === 200) this.#looked(said.body);
        if (said?.status === 200 && strong !== '' && said.body.sequence < before)
          this.broken.push(`[I18] ${sku} was at ${before} before ${JSON.stringify(said.body)} was asked for`);
        await this.#runtime.loop.wait(this.#dice.roll(0, 800), 'a reader waits');
      }
    });
  }

  #pageReader(channel: string): void {
    this.#client('reader of a page', async () => {
      const ask = this.#front.ask(channel as Role);
      for (let times = this.#dice.roll(1, 4); times > 0; times -= 1) {
        const said = await ask('POST', '/v1/availability/query', { skus: ITEMS }).catch(() => null);
        if (said?.status === 200) for (const shown of said.body.items) this.#looked(shown);
        await this.#runtime.loop.wait(this.#dice.roll(0, 800), 'a reader waits');
      }
    });
  }

  #hears(sku: string, sequence: number): void {
    this.#told.set(sku, Math.max(this.#told.get(sku) ?? 0, sequence));
  }

  /** A number that was shown; now and then whoever saw it wants all of it at once. */
  #looked(shown: Availability): void {
    this.shown.push(shown);
    this.#hears(shown.sku, shown.sequence);
    const { sku, channel, available_to_sell: quantity, age_ms } = shown;
    if (this.#runtime.loop.nowMs - Date.parse(shown.as_of) - age_ms > MOST_STALE_MS)
      this.broken.push(`[I21] older than it says: ${JSON.stringify(shown)}`);
    if (quantity === 0 || this.#runtime.loop.nowMs > this.#closesAtMs || !this.#dice.oneIn(3)) return;
    this.#buyer({ channel, lines: [{ sku, quantity }], mode: 'all_or_nothing', split: 'allowed', ttl_seconds: 2 }, (buyer) => {
      if (age_ms > 0 && buyer.refusals.length > 0) this.#runtime.note('cache stale read then refusal');
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

  /** Somebody books in the ERP itself; mostly its feed tells of it, and now and then somebody is faster than the feed. */
  #erpFact(): void {
    const { loop } = this.#runtime;
    const key = `erp-${this.#facts++}`;
    const kind = this.#dice.pick(['received', 'sold', 'adjusted'] as const) ?? 'received';
    const [sku, location] = [this.#dice.pick(ITEMS) ?? 'S01', this.#dice.pick(PLACES) ?? 'dc'];
    const quantity = this.#dice.roll(1, 3);
    const onHand = kind === 'sold' || (kind === 'adjusted' && this.#dice.oneIn(2)) ? -quantity : quantity;
    const line = { location: location as LocationId, status: 'sellable', onHand, committed: 0 } as const;
    const about = { orderRef: null, document: null, reason: null, occurredAtMs: loop.nowMs };
    const { mark } = this.#erp.book({ key, kind, sku: sku as Sku, lines: [line], ...about });
    // Past the feed of a restored one nothing says whether what a run booked held it.
    if (!this.#dice.oneIn(3) || (this.#erp.restores && !this.#erp.marks)) return;
    const fact = { id: key, source: 'erp', kind, sku, location, occurred_at: new Date(loop.nowMs).toISOString() };
    const told = { ...fact, ...(this.#erp.marks ? { mark } : {}), quantity: kind === 'adjusted' ? onHand : quantity };
    this.#client(key, async () => {
      await loop.wait(this.#dice.roll(0, 40_000), `${key} is told`);
      await this.#front
        .ask('stock')('POST', '/v1/movements', { movements: [told] })
        .catch(() => null);
    });
  }

  /** What the ERP has of an item at a place now, said now or when it is no longer so, and again where it has to wait. */
  #erpCount(): void {
    // Without marks it cannot say what it holds; and one that arrives when what it held was deleted and posted again means little.
    if (!this.#erp.marks || this.#erp.forgets) return;
    const { loop } = this.#runtime;
    const id = `count-${this.#facts++}`;
    const [sku, location] = [this.#dice.pick(ITEMS) ?? 'S01', this.#dice.pick(PLACES) ?? 'dc'];
    const { onHand, committed } = this.#erp.balanceAt(sku, location);
    const mark = this.#erp.documents.length;
    const count = { id, source: 'erp', sku, location, quantity: onHand - committed, meaning: 'on_hand_minus_committed', mark };
    const body = { counts: [{ ...count, as_of: new Date(loop.nowMs).toISOString() }] };
    this.#client(id, async () => {
      await loop.wait(this.#dice.oneIn(2) ? this.#dice.roll(0, 2_000) : this.#dice.roll(2_000, 60_000), `${id} is told`);
      for (let tries = 0; tries < 5; tries += 1) {
        const said = await this.#front
          .ask('stock')('POST', '/v1/counts', body)
          .catch(() => null);
        const outcome: unknown = said?.status === 200 ? said.body.items[0]?.outcome : null;
        if (outcome === 'stale') this.#runtime.note('snapshot stale');
        if (outcome === 'rejected' && said?.body.items[0]?.code !== 'internal_error')
          this.broken.push(`${id}: ${JSON.stringify(said?.body)}`);
        if (outcome === 'applied' || outcome === 'duplicate' || outcome === 'stale') return;
        await loop.wait(this.#dice.roll(1_000, 15_000), `${id} waits`);
      }
    });
  }

  /** [I23] All is quiet: whoever compares the books finds nothing. */
  compare(): void {
    const { loop } = this.#runtime;
    this.#client('the last run', async () => {
      const ask = this.#front.ask('admin');
      let run = await ask('POST', '/v1/reconciliations', {});
      for (let tries = 0; run.status === 409 && tries < 60; tries += 1) {
        await loop.wait(10_000, 'another run has to end');
        run = await ask('POST', '/v1/reconciliations', {});
      }
      let found = await ask('GET', `/v1/reconciliations/${run.body.id}`);
      for (let tries = 0; found.body.state === 'running' && tries < 120; tries += 1) {
        await loop.wait(5_000, 'the last run goes on');
        found = await ask('GET', `/v1/reconciliations/${run.body.id}`);
      }
      const { state, totals } = found.body;
      if (state === 'done' && totals.places > 0 && totals.places === totals.equal) return;
      const lines = await ask('GET', `/v1/reconciliations/${run.body.id}/lines`);
      this.broken.push(`[I23] all is quiet, and a run found ${JSON.stringify(found.body)} ${JSON.stringify(lines.body)}`);
    });
  }

  /** Mostly shorter than a cart asks on, and now and then longer than anybody waits. */
  #silenceMs(): number {
    return this.#dice.oneIn(4) ? this.#dice.roll(30_000, 90_000) : this.#dice.roll(4_000, 20_000);
  }

  /** What befalls objects, the database and queues, and is nobody's doing. */
  #befalls(): void {
    const { faults, loop, queues, skus, carts } = this.#runtime;
    const objects = [...skus.all.values(), ...[...carts.all.values()].slice(-6)];
    const object = this.#dice.pick(objects);
    if (object === undefined) return;
    if (faults.strikes('clockJumps')) object.jump(this.#dice.roll(-SKEW_MS, SKEW_MS));
    if (faults.strikes('eviction')) object.evict();
    const item = this.#dice.pick([...skus.all.values()]);
    if (item !== undefined && faults.strikes('silence')) item.silentUntilMs = loop.nowMs + this.#silenceMs();
    if (faults.strikes('crashOfObject')) object.crash();
    if (faults.strikes('databaseAway')) faults.databaseAwayUntilMs = loop.nowMs + this.#dice.roll(5_000, 60_000);
    const queue = this.#dice.pick(['erp-movements', 'stock-changes', 'inbound-facts']) ?? '';
    if (faults.strikes('poison')) queues.get(queue)?.put({ nobody: 'can read this' });
  }
}

/** Somebody did not wait for an answer. */
class Left extends Error {}

function rareIn(what: string, { status, body }: Said): readonly string[] {
  const lapsed = what === 'commit' && body.code === 'reservation_expired';
  const lacks = body.code === 'insufficient_stock';
  const inPart = what === 'reserve' && status === 201 && body.lines.some((one: ReservationLine) => one.reserved < one.quantity);
  return [
    ...(lapsed ? ['commit of lapsed'] : []),
    ...(lacks && what === 'reserve' ? ['insufficient'] : []),
    ...(lacks && what === 'pin' ? ['pin refused'] : []),
    ...(inPart ? ['partial grant'] : []),
  ];
}

type ReservationLine = ReservationReply['lines'][number];

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
