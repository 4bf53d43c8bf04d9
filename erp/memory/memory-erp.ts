import type { LocationId, Sku } from '../../domain/ids.ts';
import type { Posting } from '../../domain/posting.ts';
import {
  ErpUnavailable,
  type ErpBalance,
  type ErpBalancePage,
  type ErpCatalogue,
  type ErpChange,
  type ErpChangePage,
  type ErpItem,
  type ErpLocation,
  type ErpPort,
  type ErpReceipt,
  type PostOutcome,
} from '../port.ts';

/** Switches that a test turns. Counters of "next" concern calls of `post`. */
export interface MemoryFaults {
  down: boolean;
  failNext: number;
  applyThenTimeOutNext: number;
  /** Books, but does not say where. */
  pendingNext: number;
  throttled: { readonly retryAfterMs: number } | null;
  readonly refusedSkus: Set<Sku>;
}

/** An ERP in memory: entries in order, balances derived from them. Stands in for the others wherever HTTP is not the point. */
export class MemoryErp implements ErpPort {
  readonly enforcesKeys: boolean;
  readonly batchMax = 500;
  readonly callsAtOnceMax = 8;
  /** What it would tell of its items and locations; a test fills it. */
  readonly known: { items: ErpItem[]; locations: ErpLocation[] } = { items: [], locations: [] };
  readonly catalogue: ErpCatalogue = {
    items: async (cursor, signal) => {
      this.#mustAnswer(signal);
      const from = Number(cursor ?? 0);
      const items = this.known.items.slice(from, from + this.#pageMax);
      const next = from + items.length;
      return { items, nextCursor: next < this.known.items.length ? String(next) : null };
    },
    locations: async (signal) => {
      this.#mustAnswer(signal);
      return this.known.locations;
    },
  };
  readonly faults: MemoryFaults = {
    down: false,
    failNext: 0,
    applyThenTimeOutNext: 0,
    pendingNext: 0,
    throttled: null,
    refusedSkus: new Set(),
  };
  readonly #pageMax: number;
  readonly #entries: ErpChange[] = [];
  readonly #mended: Pick<ErpChange, 'sku' | 'lines'>[] = [];

  constructor({ enforcesKeys, pageMax = 100 }: { readonly enforcesKeys: boolean; readonly pageMax?: number }) {
    this.enforcesKeys = enforcesKeys;
    this.#pageMax = pageMax;
  }

  /** What somebody books in the ERP itself; faults do not stop them. */
  book(movement: Omit<ErpChange, 'mark' | 'reference'>): ErpReceipt {
    const mark = this.#entries.length + 1;
    const entry = { ...movement, mark, reference: `M-${mark}` };
    this.#entries.push(entry);
    return entry;
  }

  /** Somebody mends a number by hand: it is in the balances, and no feed tells of it. */
  tamper(sku: Sku | string, location: LocationId | string, onHand: number): void {
    const line = { location: location as LocationId, status: 'sellable' as const, onHand, committed: 0 };
    this.#mended.push({ sku: sku as Sku, lines: [line] });
  }

  /** It came back from a backup: what was booked beyond that mark never happened there. */
  restore(mark: number): void {
    this.#entries.splice(mark);
  }

  /** Somebody deletes a document, number and all. */
  lose(key: string): void {
    const at = this.#entries.findIndex((entry) => entry.key === key);
    const [lost] = at === -1 ? [] : this.#entries.splice(at, 1);
    // Whatever came after keeps its place in the feed, and its mark.
    if (lost !== undefined) this.#entries.splice(at, 0, { ...lost, key: `deleted ${key}`, lines: [] });
  }

  /** How many documents stand under a key: more than one is the harm that keys are there to prevent (I12). */
  documents(key: string): number {
    return this.#entries.filter((entry) => entry.key === key).length;
  }

  async post(postings: readonly Posting[], signal: AbortSignal): Promise<readonly PostOutcome[]> {
    const { faults } = this;
    const { throttled } = faults;
    if (signal.aborted || faults.down)
      return postings.map(({ key }) => ({ key, outcome: 'unknown', detail: 'The ERP is down.' }));
    if (throttled) return postings.map(({ key }) => ({ key, outcome: 'throttled', ...throttled }));
    if (faults.failNext > 0) {
      faults.failNext -= 1;
      return postings.map(({ key }) => ({ key, outcome: 'unknown', detail: 'The ERP failed.' }));
    }
    const outcomes = postings.map((posting) => this.#bookOnce(posting));
    if (faults.applyThenTimeOutNext > 0) {
      faults.applyThenTimeOutNext -= 1;
      return postings.map(({ key }) => ({ key, outcome: 'unknown', detail: 'No answer in time.' }));
    }
    if (faults.pendingNext === 0) return outcomes;
    faults.pendingNext -= 1;
    return outcomes.map((each) => (each.outcome === 'posted' ? { key: each.key, outcome: 'pending' } : each));
  }

  async find(keys: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, ErpReceipt>> {
    this.#mustAnswer(signal);
    const asked = new Set(keys);
    const found = this.#entries.filter(({ key }) => asked.has(key));
    return new Map(found.map(({ key, mark, reference }) => [key, { mark, reference }]));
  }

  async balances(cursor: string | null, signal: AbortSignal): Promise<ErpBalancePage> {
    this.#mustAnswer(signal);
    const all = this.#balances().filter(({ place }) => cursor === null || place > cursor);
    const page = all.slice(0, this.#pageMax);
    return {
      items: page.map(({ balance }) => balance),
      nextCursor: all.length > page.length ? (page.at(-1)?.place ?? null) : null,
    };
  }

  async balancesOf(skus: readonly Sku[], signal: AbortSignal): Promise<readonly ErpBalance[]> {
    this.#mustAnswer(signal);
    return this.#balances().flatMap(({ balance }) => (skus.includes(balance.sku) ? [balance] : []));
  }

  async changes(after: string | null, signal: AbortSignal): Promise<ErpChangePage> {
    this.#mustAnswer(signal);
    const seen = Number(after ?? 0);
    const items = this.#entries.slice(seen, seen + this.#pageMax);
    return { items, nextCursor: String(seen + items.length) };
  }

  #bookOnce(posting: Posting): PostOutcome {
    const { key, sku, kind, lines, orderRef, document, reason, occurredAtMs } = posting;
    if (this.faults.refusedSkus.has(sku))
      return { key, outcome: 'refused', code: 'sku_blocked', detail: `${sku} is closed for booking.` };
    const earlier = this.enforcesKeys ? this.#entries.find((entry) => entry.key === key) : undefined;
    if (earlier) return { key, outcome: 'duplicate', mark: earlier.mark, reference: earlier.reference };
    const { mark, reference } = this.book({ key, sku, kind, lines, orderRef, document, reason, occurredAtMs });
    return { key, outcome: 'posted', mark, reference };
  }

  #balances(): ReturnType<typeof balancesOf> {
    return balancesOf([...this.#entries, ...this.#mended], this.#entries.length);
  }

  #mustAnswer(signal: AbortSignal): void {
    if (signal.aborted || this.faults.down) throw new ErpUnavailable('The ERP is down.');
    if (this.faults.throttled) throw new ErpUnavailable('The ERP asks for patience.', this.faults.throttled.retryAfterMs);
  }
}

/** Sums of all lines, in order of place. */
function balancesOf(
  entries: readonly Pick<ErpChange, 'sku' | 'lines'>[],
  mark: number,
): readonly { readonly place: string; readonly balance: ErpBalance }[] {
  const sums = new Map<string, ErpBalance>();
  for (const { sku, lines } of entries) {
    for (const { location, status, onHand, committed } of lines) {
      const place = JSON.stringify([sku, location, status]);
      const sum = sums.get(place) ?? { sku, location, status, onHand: 0, committed: 0, mark };
      sums.set(place, { ...sum, onHand: sum.onHand + onHand, committed: sum.committed + committed });
    }
  }
  const places = [...sums].map(([place, balance]) => ({ place, balance }));
  return places.sort((a, b) => (a.place < b.place ? -1 : 1));
}
