import { SENT_KEYS_MAX, SENT_KEYS_MS } from '../../contracts/limits.ts';

/** Requests that were sent on lately, by the hash of their key: what became of them only the object knows. */
export class SentKeys {
  readonly #sentAtMs = new Map<string, number>();

  has(hash: string, nowMs: number): boolean {
    const sentAtMs = this.#sentAtMs.get(hash);
    return sentAtMs !== undefined && nowMs - sentAtMs < SENT_KEYS_MS;
  }

  /** The oldest is forgotten where there are too many. */
  note(hash: string, nowMs: number): void {
    this.#sentAtMs.delete(hash);
    this.#sentAtMs.set(hash, nowMs);
    const [oldest] = this.#sentAtMs.keys();
    if (this.#sentAtMs.size > SENT_KEYS_MAX && oldest !== undefined) this.#sentAtMs.delete(oldest);
  }

  /** It was turned away undecided. */
  forget(hash: string): void {
    this.#sentAtMs.delete(hash);
  }
}
