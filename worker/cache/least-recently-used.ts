export interface Room {
  readonly entriesMax: number;
  readonly bytesMax: number;
}

interface Kept<Value> {
  readonly value: Value;
  readonly bytes: number;
  used: boolean;
}

/**
 * Keeps what was used lately, within so many entries and bytes. To use an entry is the hot read's own cost, so it only leaves a mark;
 * where room is needed, entries go in the order in which they came, and a marked one once gets behind all others instead.
 */
export class LeastRecentlyUsed<Key, Value> {
  readonly #room: Room;
  readonly #kept = new Map<Key, Kept<Value>>();
  #bytes = 0;

  constructor(room: Room) {
    this.#room = room;
  }

  get size(): number {
    return this.#kept.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  find(key: Key): Value | undefined {
    const found = this.#kept.get(key);
    if (found === undefined) return undefined;
    found.used = true;
    return found.value;
  }

  /** What has no room at all is not kept, and then nothing else has to go for it. */
  keep(key: Key, value: Value, bytes: number): void {
    this.forget(key);
    if (bytes > this.#room.bytesMax) return;
    this.#kept.set(key, { value, bytes, used: false });
    this.#bytes += bytes;
    for (const [oldest, kept] of this.#kept) {
      if (this.#kept.size <= this.#room.entriesMax && this.#bytes <= this.#room.bytesMax) return;
      if (!kept.used && oldest !== key) this.forget(oldest);
      else {
        kept.used = false;
        this.#kept.delete(oldest);
        this.#kept.set(oldest, kept);
      }
    }
  }

  forget(key: Key): void {
    this.#bytes -= this.#kept.get(key)?.bytes ?? 0;
    this.#kept.delete(key);
  }
}
