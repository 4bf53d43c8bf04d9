export interface Room {
  readonly entriesMax: number;
  readonly bytesMax: number;
}

interface Kept<Value> {
  readonly value: Value;
  readonly bytes: number;
}

/** Keeps what was used last, within so many entries and bytes; a Map tells the order in which its keys came. */
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
    this.#kept.delete(key);
    this.#kept.set(key, found);
    return found.value;
  }

  /** What has no room at all is not kept, and then nothing else has to go for it. */
  keep(key: Key, value: Value, bytes: number): void {
    this.#forget(key);
    if (bytes > this.#room.bytesMax) return;
    this.#kept.set(key, { value, bytes });
    this.#bytes += bytes;
    for (const [oldest] of this.#kept) {
      if (this.#kept.size <= this.#room.entriesMax && this.#bytes <= this.#room.bytesMax) return;
      this.#forget(oldest);
    }
  }

  #forget(key: Key): void {
    this.#bytes -= this.#kept.get(key)?.bytes ?? 0;
    this.#kept.delete(key);
  }
}
