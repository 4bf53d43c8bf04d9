import type { Kind } from './objects/filling.ts';
import type { Server } from './servers.ts';

/** The objects behind the front, spoken to without it. */
export class SideDoor {
  readonly #url: string;

  constructor({ url }: Pick<Server, 'url'>) {
    this.#url = url;
  }

  /** Items that no catalogue knows, with these numbers behind the name. */
  open(name: string, from: number, count: number): Promise<void> {
    return this.#ask('open', { sku: name, from, count });
  }

  async fill(sku: string, kind: Kind, count: number, from = 0): Promise<void> {
    for (let done = 0; done < count; done += FILLED_AT_ONCE)
      await this.#ask('fill', { sku, kind, from: from + done, count: Math.min(FILLED_AT_ONCE, count - done) });
  }

  /** Its next call starts it again. */
  forget(sku: string): Promise<void> {
    return this.#ask('forget', { sku });
  }

  reserve(sku: string, id: number): Promise<void> {
    return this.#ask('reserve', { sku, id });
  }

  async #ask(what: string, query: Readonly<Record<string, string | number>>): Promise<void> {
    const words = Object.entries(query).map(([name, value]) => `${name}=${value}`);
    const reply = await fetch(`${this.#url}/bench/${what}?${words.join('&')}`);
    const text = await reply.text();
    if (!reply.ok) throw new Error(`${what} ${words.join(' ')} answered ${reply.status}: ${text.slice(0, 500)}`);
  }
}

const FILLED_AT_ONCE = 10_000;
