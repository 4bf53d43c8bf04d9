import type { Loop } from './loop.ts';

interface Kept {
  readonly text: string;
  readonly untilMs: number;
}

/** The cache of one data centre, as `caches.open` gives it: whoever reads and whoever writes meet in any order. */
export class ColoCache {
  readonly #loop: Loop;
  readonly #kept = new Map<string, Kept>();

  constructor(loop: Loop) {
    this.#loop = loop;
  }

  async match(url: string): Promise<Response | undefined> {
    await this.#loop.wait(this.#loop.dice.roll(0, 2), 'a cache is read');
    const kept = this.#kept.get(url);
    return kept === undefined || kept.untilMs <= this.#loop.nowMs ? undefined : new Response(kept.text);
  }

  async put(url: string, response: Response): Promise<void> {
    const seconds = Number(/max-age=(\d+)/.exec(response.headers.get('cache-control') ?? '')?.[1] ?? 0);
    const text = await response.text();
    await this.#loop.wait(this.#loop.dice.roll(0, 3), 'a cache is written');
    this.#kept.set(url, { text, untilMs: this.#loop.nowMs + seconds * 1_000 });
  }
}
