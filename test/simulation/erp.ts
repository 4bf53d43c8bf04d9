import type { LocationId, Sku } from '../../domain/ids.ts';
import type { Posting } from '../../domain/posting.ts';
import {
  ErpUnavailable,
  type ErpBalance,
  type ErpBalancePage,
  type ErpChange,
  type ErpChangePage,
  type ErpPort,
  type ErpReceipt,
  type PostOutcome,
} from '../../erp/port.ts';
import type { Faults } from './runtime/faults.ts';
import type { Loop } from './runtime/loop.ts';

const PAGE_MAX = 20;

/** Its number is the ERP's own: whether anybody is told is another question. */
export type Document = ErpChange & {
  readonly mark: number;
  /** It is in the balances, and no feed ever tells of it. */
  readonly silent: boolean;
};

/** An ERP with pen and paper: a list of documents, each with its number, behind a network that cannot be trusted. */
export class SimulatedErp implements ErpPort {
  readonly enforcesKeys: boolean;
  readonly batchMax: number;
  readonly callsAtOnceMax: number;
  readonly catalogue = null;
  /** Whether it tells the numbers of its documents (R34, R35). */
  readonly marks: boolean;
  /** Whether people delete documents in it. */
  readonly forgets: boolean;
  readonly restores: boolean;
  /** When it came back from a backup, and how many documents it had once; null: it never did. */
  restored: { readonly atMs: number; readonly from: number } | null = null;
  /** Whether a case about that is open. */
  isLookedInto: () => boolean = () => false;
  readonly documents: Document[] = [];
  /** How many documents there were each time that somebody read balances. */
  readonly readings: { readonly atMs: number; readonly documents: number }[] = [];
  /** Keys that its feed told and nobody could book at once. */
  readonly kept = new Set<string>();
  /** Documents of ours that it had and lost, by key. */
  readonly lost = new Map<string, Document>();
  readonly #loop: Loop;
  readonly #faults: Faults;
  readonly #met: (what: string) => void;
  #downUntilMs = 0;
  #throttledUntilMs = 0;

  constructor(loop: Loop, faults: Faults, met: (what: string) => void) {
    this.#loop = loop;
    this.#faults = faults;
    this.#met = met;
    this.enforcesKeys = loop.dice.oneIn(2);
    this.callsAtOnceMax = this.enforcesKeys ? 4 : 1;
    this.batchMax = loop.dice.pick([3, 20, 500]) ?? 20;
    this.marks = !loop.dice.oneIn(4);
    this.restores = loop.dice.oneIn(6);
    this.forgets = this.restores || loop.dice.oneIn(5);
  }

  /** Somebody books in the ERP itself, or we do. */
  book(movement: Omit<ErpChange, 'mark' | 'reference'>, silent = false): Document {
    const mark = this.documents.length + 1;
    const document = { ...movement, mark, reference: `M-${mark}`, silent };
    this.documents.push(document);
    return document;
  }

  /** Somebody deletes one of our documents, number and all; what came after keeps its own. */
  lose(document: Document): void {
    const at = this.documents.indexOf(document);
    if (at === -1) return;
    this.documents[at] = { ...document, key: `deleted ${document.key}`, lines: [], silent: true };
    this.lost.set(document.key, document);
  }

  /** It comes back from a backup: what was booked since never happened there, and numbers are given anew. */
  restore(documents: number): void {
    this.restored = { atMs: this.#loop.nowMs, from: this.documents.length };
    for (const one of this.documents.splice(documents)) if (one.key.includes('#')) this.lost.set(one.key, one);
  }

  under(key: string): readonly Document[] {
    return this.documents.filter((one) => one.key === key);
  }

  /** Of its first so many documents; absent: of all. */
  balanceAt(sku: string, location: string, through = Infinity): { readonly onHand: number; readonly committed: number } {
    let [onHand, committed] = [0, 0];
    for (const one of this.documents) {
      if (one.sku !== sku || one.mark > through) continue;
      for (const line of one.lines) {
        if (line.location !== location || line.status !== 'sellable') continue;
        onHand += line.onHand;
        committed += line.committed;
      }
    }
    return { onHand, committed };
  }

  async post(postings: readonly Posting[], signal: AbortSignal): Promise<readonly PostOutcome[]> {
    const unknown = (some: readonly Posting[], detail: string): readonly PostOutcome[] =>
      some.map(({ key }) => ({ key, outcome: 'unknown', detail }));
    const trouble = await this.#trouble(signal);
    if (trouble !== null && trouble.retryAfterMs !== null) {
      const { retryAfterMs } = trouble;
      return postings.map(({ key }) => ({ key, outcome: 'throttled', retryAfterMs }));
    }
    if (trouble !== null) return unknown(postings, trouble.message);
    const some = this.#strikes() ? postings.slice(0, this.#loop.dice.roll(0, postings.length)) : postings;
    const outcomes = some.map((posting) => this.#bookOnce(posting));
    const rest = postings.slice(some.length);
    if (rest.length > 0) this.#met('part of a batch');
    if (this.#strikes()) {
      this.#met('time-out after apply');
      await this.#loop.wait(this.#loop.dice.roll(1, 20_000), 'the ERP is waited for in vain');
      return unknown(postings, this.#loop.dice.oneIn(2) ? 'No answer in time.' : '<html>200 OK</html>');
    }
    await this.#loop.wait(this.#loop.dice.roll(1, 30), 'the ERP answers');
    return [...outcomes, ...unknown(rest, 'It was not booked.')];
  }

  async find(keys: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, ErpReceipt>> {
    await this.#answers(signal);
    const asked = new Set(keys);
    const found = this.documents.filter(({ key }) => asked.has(key));
    if (found.length > 0) this.#met('asked-and-found');
    return new Map(found.map((one) => [one.key, this.#receiptOf(one)]));
  }

  async balances(cursor: string | null, signal: AbortSignal): Promise<ErpBalancePage> {
    await this.#answers(signal);
    const all = this.#balances();
    const from = Number(cursor ?? 0);
    const items = all.slice(from, from + PAGE_MAX);
    return { items, nextCursor: from + items.length < all.length ? String(from + items.length) : null };
  }

  async balancesOf(skus: readonly Sku[], signal: AbortSignal): Promise<readonly ErpBalance[]> {
    await this.#answers(signal);
    return this.#balances().filter(({ sku }) => skus.includes(sku));
  }

  async changes(after: string | null, signal: AbortSignal): Promise<ErpChangePage> {
    await this.#answers(signal);
    const seen = Number(after ?? 0);
    const end = Math.min(seen + PAGE_MAX, Math.max(seen, this.documents.length));
    // Some come again, and in whatever order; of a restored one what stands behind the cursor was never told, and never is.
    const again = this.restored === null && this.#faults.strikes('feedAgain') ? this.#loop.dice.roll(1, PAGE_MAX) : 0;
    const page = this.documents.slice(Math.max(0, seen - again), end).filter(({ silent }) => !silent);
    const items = this.#faults.strikes('feedAgain') ? this.#shuffled(page) : page;
    if (again > 0 && items.length > 0) this.#met('feed page twice');
    if (items !== page && items.length > 1) this.#met('feed page out of order');
    return { items: items.map((one) => ({ ...one, mark: this.#told(one) })), nextCursor: String(end) };
  }

  #shuffled(page: readonly Document[]): readonly Document[] {
    const left = [...page];
    return page.flatMap(() => left.splice(this.#loop.dice.roll(0, left.length - 1), 1));
  }

  #told({ mark }: Document): number | null {
    return this.marks ? mark : null;
  }

  #receiptOf(document: Document): ErpReceipt {
    return { mark: this.#told(document), reference: document.reference };
  }

  #bookOnce({ key, sku, kind, lines, orderRef, document, reason, occurredAtMs }: Posting): PostOutcome {
    const [earlier] = this.enforcesKeys ? this.under(key) : [];
    if (earlier !== undefined) {
      this.#met('ERP duplicate refused');
      return { key, outcome: 'duplicate', ...this.#receiptOf(earlier) };
    }
    const booked = this.book({ key, sku, kind, lines, orderRef, document, reason, occurredAtMs });
    return { key, outcome: 'posted', ...this.#receiptOf(booked) };
  }

  #balances(): readonly ErpBalance[] {
    const mark = this.marks ? this.documents.length : null;
    this.readings.push({ atMs: this.#loop.nowMs, documents: this.documents.length });
    const places = new Map<string, { readonly sku: Sku; readonly location: LocationId; readonly status: ErpBalance['status'] }>();
    for (const { sku, lines } of this.documents)
      for (const { location, status } of lines) places.set(`${sku} ${location} ${status}`, { sku, location, status });
    const all = [...places].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, place]) => place);
    return all.map((place) => {
      const lines = this.documents.flatMap((one) => (one.sku === place.sku ? one.lines : []));
      const here = lines.filter((line) => line.location === place.location && line.status === place.status);
      const sum = (of: 'onHand' | 'committed'): number => here.reduce((total, line) => total + line[of], 0);
      return { ...place, onHand: sum('onHand'), committed: sum('committed'), mark };
    });
  }

  async #answers(signal: AbortSignal): Promise<void> {
    const trouble = await this.#trouble(signal);
    if (trouble !== null) throw trouble;
  }

  /** It is away for a while, asks for patience, or fails this one call. */
  async #trouble(signal: AbortSignal): Promise<ErpUnavailable | null> {
    const { dice } = this.#loop;
    await this.#loop.wait(dice.roll(1, 40), 'the ERP is called');
    const { nowMs } = this.#loop;
    if (this.#strikes() && dice.oneIn(4)) this.#downUntilMs = nowMs + dice.roll(1_000, 60_000);
    if (this.#strikes() && dice.oneIn(4)) this.#throttledUntilMs = nowMs + dice.roll(500, 10_000);
    if (signal.aborted) return new ErpUnavailable('Nobody waits any more.');
    if (!this.#faults.healed && nowMs < this.#downUntilMs) {
      this.#met('ERP down');
      return new ErpUnavailable('The ERP is down.');
    }
    if (!this.#faults.healed && nowMs < this.#throttledUntilMs) {
      this.#met('ERP asks for patience');
      return new ErpUnavailable('Too many calls.', this.#throttledUntilMs - nowMs);
    }
    return this.#strikes() ? new ErpUnavailable('500') : null;
  }

  #strikes(): boolean {
    return this.#faults.strikes('erp');
  }
}
