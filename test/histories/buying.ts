import type { ReservationReply } from '../../contracts/reservations.ts';
import type { Said } from '../buyers/ask.ts';
import type { Dice } from '../model/dice.ts';
import { askAndRecord, type Network } from './asking.ts';
import type { Records, What } from './record.ts';

/** The items of one stretch of the run: one that everybody wants, some more, and two that carts ask for and that never lack. */
export interface Shelf {
  readonly hot: string;
  readonly others: readonly string[];
  readonly plenty: readonly string[];
}

export interface Life {
  readonly name: string;
  readonly dice: Dice;
  readonly network: Network;
  readonly recorder: Records;
  readonly wait: (ms: number) => Promise<void>;
}

/** Longer than any run: what has such a deadline does not lapse. */
const LASTS_SECONDS = 3_600;
const LAPSES_SECONDS = 1;
/** Of some of these every status has something against. */
const MORE: readonly Step[] = ['pin', 'commit', 'commit', 'release', 'fulfill', 'cancel', 'resize', 'reacquire'];

/** One client's connection: it buys, looks and brings goods, one thing after the other, now and then two at once. */
export class Buying {
  readonly #life: Life;
  #asked = 0;

  constructor(life: Life) {
    this.#life = life;
  }

  /** From a reserve to an end, or to a point from which nobody goes on. */
  async once(shelf: Shelf): Promise<void> {
    const { dice } = this.#life;
    const sku = dice.oneIn(2) ? shelf.hot : (dice.pick(shelf.others) ?? shelf.hot);
    await this.#read(sku);
    if (dice.oneIn(6)) await this.#cart(shelf);
    else await this.#one(sku);
    await this.#read(sku);
  }

  async #one(sku: string): Promise<void> {
    const { dice } = this.#life;
    const lapses = dice.oneIn(5);
    let seen = await this.#reserve([sku], dice.oneIn(3) ? 'partial' : 'all_or_nothing', lapses ? LAPSES_SECONDS : LASTS_SECONDS);
    if (seen === null) return dice.oneIn(3) ? this.#bring(sku, dice.roll(1, 4)) : undefined;
    if (lapses) {
      // Round about its deadline: a little early, late, and in the very moment, in which others look as well.
      const step = dice.pick(['commit', 'commit', 'reacquire', 'pin', 'extend', 'release'] as const) ?? 'commit';
      const leftMs = Date.parse(seen.expires_at ?? '') - this.#life.network.nowMs();
      const looks = [-1, 0, 1].map((ms) => this.#life.wait(leftMs + ms).then(() => this.#read(sku)));
      await this.#life.wait(leftMs + dice.roll(-5, 12));
      [seen] = await Promise.all([this.#do(seen, step), ...looks]);
    }
    const racing = dice.oneIn(4);
    if (racing) await Promise.all([this.#do(seen, 'commit'), this.#do(seen, dice.oneIn(2) ? 'release' : 'pin')]);
    for (let more = dice.roll(0, racing ? 1 : 3); more > 0; more -= 1) seen = await this.#do(seen, this.#anything(seen));
    seen = await this.#end(seen);
    // What is over stays over, whoever asks for more.
    if (dice.oneIn(2)) await this.#do(seen, dice.pick(MORE) ?? 'commit');
  }

  /** Several items, of which those that may lack are asked for in part: nothing is taken that is not said. */
  async #cart({ hot, plenty }: Shelf): Promise<void> {
    const { dice } = this.#life;
    const inPart = dice.oneIn(3);
    const mode = inPart ? 'partial' : 'all_or_nothing';
    const seen = await this.#reserve(inPart ? [hot, ...plenty.slice(0, 1)] : plenty, mode, LASTS_SECONDS);
    if (seen === null) return;
    if (dice.oneIn(2)) await this.#do(seen, 'pin');
    if (dice.oneIn(5)) await this.#do(seen, 'release');
    else if ((await this.#do(seen, 'commit')).status === 'committed') await this.#do(seen, dice.oneIn(3) ? 'cancel' : 'fulfill');
  }

  #anything({ status }: ReservationReply): Step {
    const { dice } = this.#life;
    const likely: Readonly<Record<string, readonly Step[]>> = {
      active: ['pin', 'commit', 'some', 'resize', 'resize', 'extend', 'look'],
      pinned: ['commit', 'some', 'release', 'look'],
      committed: ['fulfill', 'cancel', 'look'],
      expired: ['pin', 'reacquire', 'commit'],
    };
    return dice.pick(dice.oneIn(6) ? MORE : (likely[status] ?? MORE)) ?? 'look';
  }

  /** Nothing stays promised for long, and what left comes in again, so that there is always something to fight for. */
  async #end(before: ReservationReply): Promise<ReservationReply> {
    const { dice } = this.#life;
    let seen = await this.#do(before, 'look');
    const [line] = seen.lines;
    if (line === undefined) return seen;
    if (line.committed - line.fulfilled - line.cancelled > 0) {
      const fulfilled = line.fulfilled;
      seen = await this.#do(seen, dice.oneIn(2) ? 'fulfill' : 'cancel');
      const left = (seen.lines[0]?.fulfilled ?? 0) - fulfilled;
      if (left > 0 && dice.oneIn(3)) await this.#bring(line.sku, left + dice.roll(0, 4));
    }
    return seen.status === 'active' || seen.status === 'pinned' ? this.#do(seen, 'release') : seen;
  }

  async #reserve(skus: readonly string[], mode: string, ttlSeconds: number): Promise<ReservationReply | null> {
    const lines = skus.map((sku) => ({ sku, quantity: this.#life.dice.roll(1, 4) }));
    const said = await this.#ask('reserve', 'POST', '/v1/reservations', { lines, mode, ttl_seconds: ttlSeconds }, skus);
    return said.status === 201 ? said.body : null;
  }

  async #do(before: ReservationReply, step: Step): Promise<ReservationReply> {
    const { dice } = this.#life;
    const skus = before.lines.map(({ sku }) => sku);
    const at = `/v1/reservations/${before.id}`;
    const open = before.lines[0]?.open ?? 0;
    const some = { lines: [{ line: 1, quantity: dice.roll(1, Math.max(1, open)) }] };
    const order = { order_ref: `order ${this.#life.name} ${this.#asked}` };
    const bodies: Readonly<Record<Step, readonly [What, object]>> = {
      pin: ['pin', {}],
      commit: ['commit', order],
      some: ['commit', { ...order, ...some, keep_rest: dice.oneIn(2) }],
      reacquire: ['commit', { ...order, reacquire: true }],
      release: ['release', dice.oneIn(3) && skus.length === 1 ? some : {}],
      fulfill: ['fulfill', {}],
      cancel: ['cancel', {}],
      resize: ['resize', { lines: [{ line: 1, quantity: Math.max(1, open + dice.roll(-2, 3)) }] }],
      extend: ['extend', { ttl_seconds: dice.oneIn(2) ? LASTS_SECONDS : LASTS_SECONDS / 4 }],
      look: ['look', {}],
    };
    const [what, body] = bodies[step];
    const said =
      what === 'look'
        ? await this.#ask(what, 'GET', at, undefined, skus)
        : await this.#ask(what, 'POST', `${at}/${what}`, body, skus);
    return said.status === 200 ? said.body : before;
  }

  async #bring(sku: string, quantity: number): Promise<void> {
    const fact = { id: `${this.#life.name} ${this.#asked}`, source: 'wms', kind: 'received', sku, location: 'dc', quantity };
    const occurred = { occurred_at: new Date(this.#life.network.nowMs()).toISOString() };
    await this.#ask('receive', 'POST', '/v1/movements', { movements: [{ ...fact, ...occurred }] }, [sku]);
  }

  async #read(sku: string): Promise<void> {
    await this.#ask('read', 'GET', `/v1/availability/${sku}?channel=web&consistency=strong`, undefined, [sku]);
  }

  #ask(what: What, method: 'GET' | 'POST', path: string, body: unknown, skus: readonly string[]): Promise<Said> {
    const { name: client, network, recorder, dice } = this.#life;
    const id = `${client}-${(this.#asked += 1)}`;
    return askAndRecord({ id, client, what, method, path, body, skus }, network, recorder, dice);
  }
}

type Step = 'pin' | 'commit' | 'some' | 'reacquire' | 'release' | 'fulfill' | 'cancel' | 'resize' | 'extend' | 'look';
