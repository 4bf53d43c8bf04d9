/** What was counted, by kind and detail. Everything of one runtime process adds to the same one, since its objects share its memory. */
export class Tally {
  readonly #counts = new Map<string, number>();
  #open: (() => void)[] = [];

  add(what: string, detail: string, count = 1): void {
    const name = `${what}|${detail}`;
    if (count !== 0) this.#counts.set(name, (this.#counts.get(name) ?? 0) + count);
  }

  /** Of what is a level and not a sum, such as a size. */
  set(what: string, detail: string, level: number): void {
    this.#counts.set(`${what}|${detail}`, level);
  }

  /** A cursor knows what it read only when its reader is through with it, which in an object is before the turn ends. */
  later(settle: () => void): void {
    if (this.#open.length === 0) queueMicrotask(() => this.#settle());
    this.#open.push(settle);
  }

  counts(): Record<string, number> {
    this.#settle();
    return Object.fromEntries(this.#counts);
  }

  #settle(): void {
    const open = this.#open;
    this.#open = [];
    for (const settle of open) settle();
  }
}
