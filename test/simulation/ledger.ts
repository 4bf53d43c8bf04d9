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
    if (event.type === 'counted' || event.type === 'reconciled') return this.#counted(event, sequence, weights);
    if (event.type === 'moved') this.#told.add(event.id);
  }

  /** What does not add up. */
  broken(): readonly string[] {
    const documents = this.#erp.documents.filter(({ sku }) => sku === this.sku);
    const posted = new Map<number, number>();
    const wrong: string[] = [];
    let newest = 0;
    for (const { key, lines } of documents) {
      const sequence = sequenceIn(this.sku, key);
      if (sequence === null) continue;
      if (sequence < newest) wrong.push(`R32 the ERP heard of ${newest} before it heard of ${sequence}`);
      newest = sequence;
      posted.set(sequence, (posted.get(sequence) ?? 0) + 1);
      const weights = this.own.get(sequence);
      const same = lines.every((line) => line.onHand - line.committed === (weights?.get(line.location) ?? 0));
      if (!same || lines.length !== (weights?.size ?? 0)) wrong.push(`I13 the ERP booked ${JSON.stringify(lines)} as ${key}`);
    }
    for (const [sequence, times] of posted) if (times > 1) wrong.push(`I12 ${this.sku}#${sequence} was booked ${times} times`);
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

  /** [I12] What the ERP does not have, though all is quiet. */
  get unposted(): readonly number[] {
    return [...this.own.keys()].filter((sequence) => this.#erp.under(`${this.sku}#${sequence}`).length === 0);
  }

  /** [I11] [I13] What was answered as posted is in the ERP. */
  has(sequence: number): boolean {
    return this.#erp.under(`${this.sku}#${sequence}`).length > 0;
  }

  #counted({ location, base }: Extract<Event, { type: 'counted' | 'reconciled' }>, sequence: number, weights: Weights): void {
    if (base === null || !('mark' in base)) return;
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

/** Whether it is for us to tell the ERP of it. */
function isOwn(event: Event): boolean {
  if (event.type === 'moved' || event.type === 'counted' || event.type === 'ordered') return event.books === 'front';
  if (event.type === 'shipped' || event.type === 'reallocated') return event.stated?.books !== 'erp';
  return event.type !== 'reconciled';
}

function sequenceIn(sku: string, key: string): number | null {
  return key.startsWith(`${sku}#`) ? Number(key.slice(sku.length + 1)) : null;
}
