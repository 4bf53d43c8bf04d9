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

/** An ERP with pen and paper: a list of documents, each with its number, behind a network that cannot be trusted. */
export class SimulatedErp implements ErpPort {
  readonly enforcesKeys: boolean;
  readonly batchMax: number;
  readonly callsAtOnceMax: number;
  readonly catalogue = null;
  readonly documents: (ErpChange & { readonly mark: number })[] = [];
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
  }

  /** Somebody books in the ERP itself, or we do. */
  book(movement: Omit<ErpChange, 'mark' | 'reference'>): ErpChange & { readonly mark: number } {
    const mark = this.documents.length + 1;
    const document = { ...movement, mark, reference: `M-${mark}` };
    this.documents.push(document);
    return document;
  }

  under(key: string): readonly (ErpChange & { readonly mark: number })[] {
    return this.documents.filter((one) => one.key === key);
  }

  balanceAt(sku: string, location: string): { readonly onHand: number; readonly committed: number } {
    let [onHand, committed] = [0, 0];
    for (const one of this.documents) {
      if (one.sku !== sku) continue;
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
    return new Map(found.map(({ key, mark, reference }) => [key, { mark, reference }]));
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
    const items = this.documents.slice(seen, seen + PAGE_MAX);
    return { items, nextCursor: String(seen + items.length) };
  }

  #bookOnce({ key, sku, kind, lines, orderRef, document, reason, occurredAtMs }: Posting): PostOutcome {
    const [earlier] = this.enforcesKeys ? this.under(key) : [];
    if (earlier !== undefined) {
      this.#met('ERP duplicate refused');
      return { key, outcome: 'duplicate', mark: earlier.mark, reference: earlier.reference };
    }
    const { mark, reference } = this.book({ key, sku, kind, lines, orderRef, document, reason, occurredAtMs });
    return { key, outcome: 'posted', mark, reference };
  }

  #balances(): readonly ErpBalance[] {
    const mark = this.documents.length;
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
