// One item's object in a few lines, right and wrong, so that the checkers can be seen to catch what is wrong. All time is
// made of turns that one seeded scheduler gives away, so a seed is one run.
import { Dice } from '../model/dice.ts';
import type { Asked, Operation, Said, Units } from './history.ts';
import { Turns } from './turns.ts';

export const BUGS = [
  'an await between check and write',
  'the answer before the write',
  'no keys',
  'a quantity off by one',
  'a stale read',
  'a commit of what was released',
  'the key in a second turn',
  'a sequence that lies',
] as const;
export type Bug = (typeof BUGS)[number] | 'none';

export const OPENING = 5;
const CLIENTS = 6;
const OPERATIONS_EACH = 40;

/** Clients who ask a tiny shop that crashes now and then, and who throw some answers away: what they saw of it. */
export async function tinyHistory(seed: number, bug: Bug): Promise<readonly Operation[]> {
  const turns = new Turns(seed);
  const shop = new TinyShop(turns, bug);
  const history: Operation[] = [];
  const clients = Array.from({ length: CLIENTS }, (_, n) => client(`c${n}`, new Dice(seed * 1_000 + n), shop, turns, history));
  await turns.untilDone(Promise.all(clients), (dice) => {
    if (dice.oneIn(60)) shop.crash();
  });
  return history;
}

async function client(name: string, dice: Dice, shop: TinyShop, turns: Turns, history: Operation[]): Promise<void> {
  let mine: string | null = null;
  for (let n = 0; n < OPERATIONS_EACH; n += 1) {
    const id: string = `${name}#${n}`;
    const asked = nextAsked(mine, dice);
    const invokedAt = turns.now();
    const said = await untilAnswered(() => shop.ask(id, asked), dice, turns);
    history.push({ id, client: name, asked, said, invokedAt, returnedAt: turns.now(), fromMs: 0, untilMs: 1_000_000 });
    if (said.kind === 'reservation') mine = dice.oneIn(5) && said.units.open === 0 ? null : said.id;
    if (said.kind === 'refused' && dice.oneIn(2)) mine = null;
  }
}

function nextAsked(mine: string | null, dice: Dice): Asked {
  if (dice.oneIn(3)) return { what: 'read' };
  if (mine === null) return { what: 'reserve', quantity: dice.roll(1, 3), mode: 'all_or_nothing', ttlMs: 1_000_000 };
  switch (dice.roll(1, 3)) {
    case 1:
      return { what: 'commit', reservation: mine, quantity: null, keepRest: false, reacquire: false };
    case 2:
      return { what: 'cancel', reservation: mine, quantity: null };
    default:
      return { what: 'release', reservation: mine, quantity: null };
  }
}

async function untilAnswered(ask: () => Promise<Said>, dice: Dice, turns: Turns): Promise<Said> {
  for (;;) {
    const said = await ask().catch(() => null);
    if (said !== null && !dice.oneIn(10)) return said;
    await turns.next();
  }
}

interface Store {
  free: number;
  sequence: number;
  readonly reservations: Map<string, Units>;
  readonly answers: Map<string, Said>;
}

class TinyShop {
  readonly #turns: Turns;
  readonly #bug: Bug;
  #disk: Store = { free: OPENING, sequence: 1, reservations: new Map(), answers: new Map() };
  #memory = structuredClone(this.#disk);
  #lives = 1;
  /** What was free some changes ago. */
  readonly #before: { readonly free: number; readonly sequence: number }[] = [];

  constructor(turns: Turns, bug: Bug) {
    this.#turns = turns;
    this.#bug = bug;
  }

  crash(): void {
    this.#lives += 1;
    this.#memory = structuredClone(this.#disk);
  }

  async ask(key: string, asked: Asked): Promise<Said> {
    await this.#turn();
    if (asked.what === 'read') return this.#read();
    const known = this.#bug === 'no keys' ? undefined : this.#memory.answers.get(key);
    if (known !== undefined) return known;
    const enough = asked.what !== 'reserve' || this.#enough(asked.quantity);
    if (this.#bug === 'an await between check and write') await this.#turn();
    const said = this.#changed(key, asked, enough);
    if (this.#bug === 'the key in a second turn') {
      this.#save();
      await this.#turn();
    }
    this.#memory.answers.set(key, said);
    if (this.#bug !== 'the answer before the write' || this.#turns.dice.oneIn(12)) this.#save();
    await this.#turn();
    return said;
  }

  #read(): Said {
    const stale = this.#bug === 'a stale read' ? this.#before.at(-3) : undefined;
    const { free, sequence } = stale ?? this.#memory;
    return { kind: 'number', available: Math.max(0, free), sequence: this.#told(sequence), asOfMs: null };
  }

  #enough(quantity: number): boolean {
    return quantity <= this.#memory.free + (this.#bug === 'a quantity off by one' ? 1 : 0);
  }

  #changed(key: string, asked: Asked, enough: boolean): Said {
    const store = this.#memory;
    const refused = (code: string, requested: number | null = null): Said => {
      const short = requested === null ? NOWHERE : { available: store.free, sequence: this.#told(store.sequence), asOfMs: null };
      return { kind: 'refused', code, requested, ...short };
    };
    if (asked.what === 'reserve') {
      if (!enough) return refused('insufficient_stock', asked.quantity);
      const id = this.#bug === 'no keys' ? `${key} ${store.sequence}` : key;
      return this.#put(id, { ...NONE, open: asked.quantity }, -asked.quantity);
    }
    if (!('reservation' in asked)) throw new Error('nobody asks for this here');
    const units = store.reservations.get(asked.reservation);
    if (units === undefined) return refused('reservation_not_found');
    const { open, owed } = units;
    const same = (): Said => this.#shown(asked.reservation, units);
    if (asked.what === 'commit') {
      if (open > 0) return this.#put(asked.reservation, { ...units, open: 0, owed: open }, 0);
      if (this.#bug === 'a commit of what was released' && units.released > 0) {
        return this.#put(asked.reservation, { ...units, released: 0, owed: units.released }, 0);
      }
      return refused(owed > 0 ? 'already_committed' : units.cancelled > 0 ? 'reservation_cancelled' : 'reservation_released');
    }
    if (asked.what === 'release') {
      if (open > 0) return this.#put(asked.reservation, { ...units, open: 0, released: open }, open);
      if (units.released > 0) return same();
      return refused(owed > 0 ? 'already_committed' : 'reservation_cancelled');
    }
    if (owed > 0) return this.#put(asked.reservation, { ...units, owed: 0, cancelled: owed }, owed);
    return units.cancelled > 0 ? same() : refused('not_committed');
  }

  #put(id: string, units: Units, freed: number): Said {
    const store = this.#memory;
    this.#before.push({ free: store.free, sequence: store.sequence });
    store.free += freed;
    store.sequence += 1;
    store.reservations.set(id, units);
    return this.#shown(id, units);
  }

  #shown(id: string, units: Units): Said {
    const endsAtMs = units.open > 0 ? 1_000_000 : null;
    return { kind: 'reservation', id, units, pinned: false, endsAtMs, sequence: this.#told(this.#memory.sequence), asOfMs: null };
  }

  #told(sequence: number): number {
    return this.#bug === 'a sequence that lies' && this.#turns.dice.oneIn(5) ? Math.max(1, sequence - 3) : sequence;
  }

  #save(): void {
    this.#disk = structuredClone(this.#memory);
  }

  /** Who waits when it crashes hears nothing. */
  async #turn(): Promise<void> {
    const life = this.#lives;
    await this.#turns.next();
    if (life !== this.#lives) throw new Error('crashed');
  }
}

const NOWHERE = { available: null, sequence: null, asOfMs: null };
const NONE: Units = { open: 0, owed: 0, fulfilled: 0, cancelled: 0, released: 0, expired: 0 };
