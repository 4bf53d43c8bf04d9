import { RECENT_SKUS_MAX, RECENT_SKUS_MS } from '../../contracts/limits.ts';
import type { Sku } from '../../domain/ids.ts';

/**
 * What this isolate sent commands to a moment ago. The read models hear of it a second or two later, so whoever lists
 * what waits for the ERP asks these objects too, and does not take "not known yet" for "nothing".
 */
export class RecentSkus {
  readonly #atMs = new Map<Sku, number>();

  note(sku: Sku, nowMs: number): void {
    // Taken out first, so that the oldest always stands first.
    this.#atMs.delete(sku);
    this.#atMs.set(sku, nowMs);
    const [oldest] = this.#atMs.keys();
    if (this.#atMs.size > RECENT_SKUS_MAX && oldest !== undefined) this.#atMs.delete(oldest);
  }

  since(nowMs: number): readonly Sku[] {
    for (const [sku, atMs] of this.#atMs) {
      if (atMs + RECENT_SKUS_MS > nowMs) break;
      this.#atMs.delete(sku);
    }
    return [...this.#atMs.keys()];
  }
}
