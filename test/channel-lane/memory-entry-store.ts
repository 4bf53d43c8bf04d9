import { isActive, type Entry } from '../../domain/channel-lane/entry.ts';
import type { Sku } from '../../domain/ids.ts';
import type { EntryStore } from '../../durable-objects/channel-lane/entry-store.ts';
import type { LaneState } from '../../durable-objects/channel-lane/lane-state.ts';

/** What SQLite would hold, as text, so that nothing is kept by being the same object. */
export class MemoryEntryStore implements EntryStore {
  rowsWritten = 0;
  #state: string | null = null;
  readonly #entries = new Map<string, string>();
  readonly #active = new Set<string>();
  readonly #bySku = new Map<Sku, Set<string>>();

  state(): LaneState | null {
    return this.#state === null ? null : (JSON.parse(this.#state) as LaneState);
  }

  writeState(state: LaneState): void {
    this.rowsWritten += 1;
    this.#state = JSON.stringify(state);
  }

  entry(listing: string): Entry | null {
    const text = this.#entries.get(listing);
    return text === undefined ? null : (JSON.parse(text) as Entry);
  }

  ofSku(sku: Sku): readonly Entry[] {
    return [...(this.#bySku.get(sku) ?? [])].flatMap((listing) => this.entry(listing) ?? []);
  }

  active(): readonly Entry[] {
    return [...this.#active].flatMap((listing) => this.entry(listing) ?? []);
  }

  page(after: string, limit: number): readonly Entry[] {
    const listings = [...this.#entries.keys()].filter((listing) => listing > after).sort();
    return listings.slice(0, limit).flatMap((listing) => this.entry(listing) ?? []);
  }

  count(): number {
    return this.#entries.size;
  }

  refused(): number {
    return [...this.#entries.keys()].filter((listing) => (this.entry(listing)?.refused ?? null) !== null).length;
  }

  write(entry: Entry): void {
    this.rowsWritten += 1;
    this.#entries.set(entry.listing, JSON.stringify(entry));
    if (isActive(entry)) this.#active.add(entry.listing);
    else this.#active.delete(entry.listing);
    this.#bySku.set(entry.sku, (this.#bySku.get(entry.sku) ?? new Set()).add(entry.listing));
  }

  remove(listing: string): void {
    const entry = this.entry(listing);
    if (entry !== null) this.#bySku.get(entry.sku)?.delete(listing);
    this.#entries.delete(listing);
    this.#active.delete(listing);
  }

  clear(): void {
    this.#entries.clear();
    this.#active.clear();
    this.#bySku.clear();
  }

  atOnce<Result>(work: () => Result): Result {
    return work();
  }
}
