import type { Loop } from './loop.ts';

/** Files in memory, as much of R2 as is called. */
export class SimulatedBucket {
  readonly files = new Map<string, Uint8Array>();
  readonly #loop: Loop;

  constructor(loop: Loop) {
    this.#loop = loop;
  }

  async put(name: string, bytes: Uint8Array): Promise<void> {
    await this.#loop.here?.output?.();
    await this.#loop.wait(this.#loop.dice.roll(1, 20), `${name} is put`);
    this.files.set(name, Uint8Array.from(bytes));
  }

  async get(name: string): Promise<{ arrayBuffer: () => Promise<ArrayBufferLike> } | null> {
    await this.#loop.wait(this.#loop.dice.roll(1, 10), `${name} is read`);
    const bytes = this.files.get(name);
    return bytes === undefined ? null : { arrayBuffer: async () => Uint8Array.from(bytes).buffer };
  }

  async list({ prefix = '' }: { readonly prefix?: string }) {
    await this.#loop.wait(this.#loop.dice.roll(1, 10), `${prefix} is listed`);
    const keys = [...this.files.keys()].filter((key) => key.startsWith(prefix)).sort();
    return { objects: keys.map((key) => ({ key })), truncated: false };
  }
}
