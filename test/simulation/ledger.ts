import type { Entry, Event } from '../../domain/event.ts';
import type { Network } from '../../domain/network.ts';
import type { PaperJournal } from '../model/paper-journal.ts';
import type { SimulatedErp } from './erp.ts';

const MOVES_BOOKS: ReadonlySet<Event['type']> = new Set([
  'ordered',
  'committed',
  'cancelled',
  'shipped',
  'placed',
  'reallocated',
  'backordered',
  'moved',
  'counted',
  'reconciled',
]);

/** An object's clock may be behind that of whoever read. */
const CLOCKS_APART_MS = 1_000;
/** From a second reading to its booking, with everything that may fail on the way. */
const READ_BEFORE_MS_MAX = 30 * 60_000;

/** What one entry did to the number that the ERP shows, place by place. */
type Weights = ReadonlyMap<string, number>;

/**
 * [I12] [I13] One item's number beside the ERP's, at every step: apart by our entries that the ERP does not have yet and by its
 * bookings that we were not told of, and by nothing else. What an entry weighs is how the number on paper changed.
 */
export class Ledger {
  readonly sku: string;
  /** Our own entries that change the number, by sequence. */
  readonly own = new Map<number, Weights>();
  readonly #network: Network;
  readonly #erp: SimulatedErp;
  readonly #met: (what: string) => void;
  /** The ERP's bookings that were booked here, by id. */
  readonly #told = new Set<string>();
  /** Up to which mark a count told all, by place. */
  readonly #bases = new Map<string, number>();
  /** What was booked and should not have been. */
  readonly broke: string[] = [];
  #numbers: Weights;
  #before: Weights;

  constructor(sku: string, network: Network, erp: SimulatedErp, met: (what: string) => void) {
    this.sku = sku;
    this.#network = network;
    this.#erp = erp;
    this.#met = met;
    this.#numbers = new Map();
    this.#before = new Map();
  }

  /** Right after the entry was read on paper. */
  read({ event, sequence }: Entry, paper: PaperJournal): void {
    if (!MOVES_BOOKS.has(event.type)) return;
    this.#before = this.#numbers;
    this.#numbers = this.#read(paper);
    const weights = new Map(
      [...this.#numbers].flatMap(([at, number]) => {
        const change = number - (this.#before.get(at) ?? 0);
        return change === 0 ? [] : [[at, change] as const];
      }),
    );
    if (isOwn(event)) {
      if (weights.size > 0) this.own.set(sequence, weights);
      return;
    }
    if (event.type === 'counted') return this.#counted(event, sequence, weights);
    if (event.type === 'reconciled') return this.#reconciled(event);
    if (event.type === 'moved') this.#told.add(event.id);
  }

  /** What does not add up. */
  broken(): readonly string[] {
    const documents = this.#erp.documents.filter(({ sku }) => sku === this.sku);
    const posted = new Map<number, number>();
    const wrong = this.broke.splice(0);
    let newest = 0;
    for (const { key, lines } of documents) {
      const sequence = sequenceIn(this.sku, key);
      if (sequence === null) continue;
      const again = this.#erp.lost.has(key);
      if (!again && sequence < newest) wrong.push(`R32 the ERP heard of ${newest} before it heard of ${sequence}`);
      if (!again) newest = sequence;
      posted.set(sequence, (posted.get(sequence) ?? 0) + 1);
      const weights = this.own.get(sequence);
      const same = lines.every((line) => line.onHand - line.committed === (weights?.get(line.location) ?? 0));
      if (!same || lines.length !== (weights?.size ?? 0)) wrong.push(`I13 the ERP booked ${JSON.stringify(lines)} as ${key}`);
    }
    for (const [sequence, times] of posted) if (times > 1) wrong.push(`I12 ${this.sku}#${sequence} was booked ${times} times`);
    // From a backup come numbers that were given before: both agree again once people have mended it.
    if (this.#erp.restored !== null) return wrong;
    for (const { id } of this.#network.locations) {
      const { onHand, committed } = this.#erp.balanceAt(this.sku, id);
      let theirs = onHand - committed;
      for (const [sequence, weights] of this.own) if (!posted.has(sequence)) theirs += weights.get(id) ?? 0;
      for (const { key, mark, lines } of documents) {
        if (sequenceIn(this.sku, key) !== null || this.#told.has(key) || mark <= (this.#bases.get(id) ?? 0)) continue;
        for (const line of lines) if (line.location === id) theirs -= line.onHand;
      }
      const ours = this.#numbers.get(id) ?? 0;
      if (ours !== theirs) wrong.push(`I13 at ${id}: ${ours} here, ${theirs} by the ERP’s books`);
    }
    return wrong;
  }

  /** [I23] What nobody told us of is what a run may book, all of it up to its reading, and nothing else ever. */
  #reconciled({ location, base, count, onHand, reason, occurredAtMs }: Extract<Event, { type: 'reconciled' }>): void {
    this.#met('drift corrected');
    if (!/^(late_order|wrong_location|unit_mix_up|unknown): (approved, case|reconciliation) ./.test(reason))
      this.broke.push(`I23 a correction for ${reason}`);
    if (this.#erp.marks && base === null) this.broke.push(`R36 a correction at ${location} is no base`);
    if (this.#erp.restored !== null) return this.#corrected(reason);
    const since = this.#bases.get(location) ?? 0;
    const bases = base !== null && 'mark' in base ? [base.mark] : this.#readAs(location, count, occurredAtMs);
    const gone = this.#goneFor(location, since);
    const through = bases.find((one) => {
      const silent = unitsOf(this.silentAt(location, since, one));
      for (let some = 0; some <= gone.length; some += 1) {
        const taken = gone.slice(0, some);
        if (silent - unitsOf(taken.map(({ units }) => units)) !== onHand) continue;
        for (const { sequence } of taken) this.#writeOff(sequence, location);
        return true;
      }
      return false;
    });
    if (through === undefined) {
      const meant = bases.map((one) => `${unitsOf(this.silentAt(location, since, one))} by ${one}`).join(', ');
      this.broke.push(`I23 ${onHand} were corrected at ${location}, and nobody booked that: ${meant}`);
    }
    this.#bases.set(location, through ?? bases[0] ?? since);
  }

  /** [F17] While people look into it, no run books anything. */
  #corrected(reason: string): void {
    if (this.#erp.isLookedInto() && reason.includes(': reconciliation'))
      this.broke.push(`R36d corrected though restored: ${reason}`);
  }

  /** What it deleted long after it was settled, which nobody asks for any more: there the ERP’s word is all there is (R32). */
  #goneFor(location: string, since: number): readonly { readonly sequence: number; readonly units: number }[] {
    return [...this.#erp.lost].flatMap(([key, { mark, sku }]) => {
      const sequence = sequenceIn(this.sku, key);
      if (sku !== this.sku || sequence === null || mark > since || this.#erp.under(key).length > 0) return [];
      const units = this.own.get(sequence)?.get(location) ?? 0;
      return units === 0 ? [] : [{ sequence, units }];
    });
  }

  #writeOff(sequence: number, location: string): void {
    const rest = [...(this.own.get(sequence) ?? [])].filter(([at]) => at !== location);
    if (rest.length === 0) this.own.delete(sequence);
    else this.own.set(sequence, new Map(rest));
    this.#met('posting written off');
  }

  /** How many documents the ERP may have had when it said so of a place, if it does not tell; the likeliest first. */
  #readAs(location: string, count: number, atMs: number): readonly number[] {
    const times = this.#erp.readings.filter((one) => one.atMs <= atMs + CLOCKS_APART_MS && one.atMs >= atMs - READ_BEFORE_MS_MAX);
    return times
      .map(({ documents }) => documents)
      .reverse()
      .filter((through) => {
        const { onHand, committed } = this.#erp.balanceAt(this.sku, location, through);
        return onHand - committed === count;
      });
  }

  /** What was booked at a place there, and no feed tells of, or told in vain until now. */
  silentAt(location: string, since: number, through = Infinity): readonly number[] {
    const { documents, kept } = this.#erp;
    const silent = documents.filter(({ sku, mark, key, silent: isSilent }) => {
      return sku === this.sku && mark > since && mark <= through && (isSilent || (kept.has(key) && !this.#told.has(key)));
    });
    return silent.flatMap(({ lines }) => lines.flatMap((line) => (line.location === location ? [line.onHand] : [])));
  }

  /** [I13] Once all is quiet both say the same. */
  apart(): readonly string[] {
    return this.#network.locations.flatMap(({ id }) => {
      const { onHand, committed } = this.#erp.balanceAt(this.sku, id);
      const ours = this.#numbers.get(id) ?? 0;
      return ours === onHand - committed ? [] : [`I13 ${this.sku} at ${id}: ${ours} here, ${onHand - committed} in the ERP`];
    });
  }

  /** [I12] What the ERP does not have, though all is quiet. */
  get unposted(): readonly number[] {
    return [...this.own.keys()].filter((sequence) => {
      return this.#erp.under(`${this.sku}#${sequence}`).length === 0 && !this.#wasSettled(sequence);
    });
  }

  /** A number that held it was booked before the ERP was restored: then it is told of no more, and is booked there by hand (R32). */
  #wasSettled(sequence: number): boolean {
    const lost = this.#erp.restored === null ? undefined : this.#erp.lost.get(`${this.sku}#${sequence}`);
    return lost !== undefined && lost.lines.some(({ location }) => (this.#bases.get(location) ?? 0) >= lost.mark);
  }

  /** [I11] [I13] What was answered as posted is in the ERP. */
  has(sequence: number): boolean {
    const key = `${this.sku}#${sequence}`;
    return this.#erp.lost.has(key) || this.#erp.under(key).length > 0;
  }

  #counted({ location, base }: Extract<Event, { type: 'counted' }>, sequence: number, weights: Weights): void {
    if (!('mark' in base)) return;
    this.#bases.set(location, base.mark);
    if (weights.size > 0) this.#met('snapshot corrected');
    const beyond = this.#erp.documents.some(({ key, sku, mark }) => sku === this.sku && mark > base.mark && this.#told.has(key));
    if (beyond) this.#met('delta ahead of snapshot');
    const inFlight = [...this.own.keys()].some((one) => {
      const [document] = one < sequence ? this.#erp.under(`${this.sku}#${one}`) : [];
      return one < sequence && (document === undefined || document.mark > base.mark);
    });
    if (inFlight) this.#met('posting in flight at snapshot');
  }

  #read(paper: PaperJournal): Weights {
    return new Map(
      this.#network.locations.map(({ id }) => [id, (paper.onHand.get(`sellable ${id}`) ?? 0) - paper.promised('owed', id)]),
    );
  }
}

function unitsOf(lines: readonly number[]): number {
  return lines.reduce((sum, units) => sum + units, 0);
}

/** Whether it is for us to tell the ERP of it. */
function isOwn(event: Event): boolean {
  if (event.type === 'moved' || event.type === 'counted' || event.type === 'ordered') return event.books === 'front';
  if (event.type === 'shipped' || event.type === 'reallocated') return event.stated?.books !== 'erp';
  return event.type !== 'reconciled';
}

function sequenceIn(sku: string, key: string): number | null {
  return key.startsWith(`${sku}#`) ? Number(key.slice(sku.length + 1)) : null;
}
