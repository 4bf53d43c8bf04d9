import { SENT_KEYS_MAX, SENT_KEYS_MS } from '../../contracts/limits.ts';

/** Requests that were sent on lately, by the hash of their key: what became of them only the object knows. */
export class SentKeys {
  readonly #sent = new Map<string, Sent>();

  has(hash: string, nowMs: number): boolean {
    const sent = this.#sent.get(hash);
    return sent !== undefined && nowMs - sent.atMs < SENT_KEYS_MS;
  }

  /** The oldest is forgotten where there are too many. */
  note(hash: string, nowMs: number): Sent {
    const sent = { atMs: nowMs };
    this.#sent.delete(hash);
    this.#sent.set(hash, sent);
    const [oldest] = this.#sent.keys();
    if (this.#sent.size > SENT_KEYS_MAX && oldest !== undefined) this.#sent.delete(oldest);
    return sent;
  }

  /** It was turned away undecided; but where it was sent once more meanwhile, that may have been granted. */
  forget(hash: string, sent: Sent): void {
    if (this.#sent.get(hash) === sent) this.#sent.delete(hash);
  }
}

/** One sending of a request. */
export interface Sent {
  readonly atMs: number;
}
