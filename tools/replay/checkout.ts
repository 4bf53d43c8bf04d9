import { problemOf, type Answer } from './ask.ts';
import type { Cart } from './carts.ts';
import type { Front } from './front.ts';
import { ReplayStopped } from './replay-stopped.ts';
import type { CartFinished, CartStep, SaleFinished } from './run-log.ts';

const CALL_KIND = {
  reserve_here: 'reserve',
  reserve: 'reserve',
  reserve_partial: 'reserve',
  pin: 'pin',
  commit: 'commit',
  fulfill: 'fulfill',
  fulfill_rest: 'fulfill',
} as const satisfies Record<CartStep, string>;

/** One cart on its way: its calls, how long each took, and what was said that cannot be true. */
export class Checkout {
  readonly cart: Cart;
  readonly #front: Front;
  readonly #salesKey: string;
  readonly #tookMs: Partial<Record<CartStep, number>> = {};
  readonly #wrong: string[] = [];

  constructor(front: Front, salesKey: string, cart: Cart) {
    this.#front = front;
    this.#salesKey = salesKey;
    this.cart = cart;
  }

  /** Under a name, for a step may be asked more than once. */
  async ask(step: CartStep, name: string, path: string, body: unknown): Promise<Answer> {
    const { invoice, part } = this.cart;
    const startedMs = performance.now();
    const answer = await this.#front.ask({
      kind: CALL_KIND[step],
      method: 'POST',
      path,
      token: this.#salesKey,
      body,
      idempotencyKey: `${this.#front.run.run}:${invoice}:${part}:${name}`,
    });
    // What an earlier start had done is answered from memory, and that time says nothing.
    if (!answer.replayed) this.#tookMs[step] = Math.round(performance.now() - startedMs);
    return answer;
  }

  note(wrong: readonly string[]): void {
    this.#wrong.push(...wrong);
  }

  ended(granted: CartFinished['granted'], rows: SaleFinished[], parcels: number): CartFinished {
    const { invoice, part, channel } = this.cart;
    return { type: 'cart', invoice, part, channel, granted, rows, parcels, tookMs: this.#tookMs, wrong: this.#wrong };
  }
}

/** A refusal concerns one cart. A key that is not let in concerns them all, so that stops the run. */
export function isRefusal(answer: Answer): boolean {
  if (answer.status === 401 || answer.status === 403) {
    const { code, detail } = problemOf(answer);
    throw new ReplayStopped(`The front does not let the sales key in: ${answer.status} ${code}: ${detail}`);
  }
  return answer.status >= 300;
}
