import { heard, onwards, pressed } from '../../domain/cart/advance.ts';
import { adopting, operating, reserving, type Request } from '../../domain/cart/begin.ts';
import type { Cart, CartCommand } from '../../domain/cart/cart.ts';
import { heldNow } from '../../domain/cart/ending.ts';
import { closedAtMs, freesItself, freesOf, promises } from '../../domain/cart/lifetime.ts';
import { asksOf, isStored, looksOf, noted, resumed, type Ended, type Progress } from '../../domain/cart/progress.ts';
import { seenCart } from '../../domain/cart/seen.ts';
import type { Network } from '../../domain/network.ts';
import type { AskObjects } from './ask-objects.ts';
import type { CartLog } from './cart-log.ts';
import { CART_KEPT_MS, LOOK_WAITS_MS, RESUME_MAX_MS, RESUME_MS, ROUND_WAITS_MS } from './limits.ts';
import type { CartAnswer } from './protocol.ts';

export interface Surroundings {
  readonly ask: AskObjects;
  /** Resolves when everything that was saved is safe. */
  readonly synced: () => Promise<void>;
  /** The alarm rings at this time at the latest. */
  readonly wakeBy: (atMs: number) => void;
  readonly nowMs: () => number;
  readonly wait: (ms: number) => Promise<void>;
}

/** Takes operations from step to step: what is intended and what is decided is written down before anybody hears of it (R23). */
export class Driver {
  /** The newest that a caller brought. After a restart there is none, and objects decide with what they know. */
  network: Network | null = null;
  readonly #log: CartLog;
  readonly #around: Surroundings;

  constructor(log: CartLog, around: Surroundings) {
    this.#log = log;
    this.#around = around;
  }

  /** null: objects did not answer, so nobody knows yet. */
  async run(command: CartCommand, request: Request): Promise<CartAnswer | null> {
    const cart = this.#log.cart();
    const nowMs = this.#nowMs(cart);
    if (command.type === 'reserve') return this.#drive(reserving(cart, command, request, nowMs));
    if (command.type === 'adopt') return this.#drive(adopting(command, request, nowMs));
    if (cart === null) throw new Error('an operation is on a cart that exists');
    return this.#drive(operating(cart, command, request, nowMs));
  }

  /** Ends what was left behind. null: nothing is in the way any more; else it says whose operation is. */
  async settle(): Promise<string | null> {
    const cart = this.#log.cart();
    if (cart === null) return null;
    const { running } = cart;
    if (running !== null) {
      await this.#drive(resumed(cart));
      if (this.#log.cart()?.running !== null) return `${running.command.type} ${running.key.hash}`;
    }
    await this.#free();
    const now = this.#log.cart();
    return now !== null && freesItself(now) ? 'free' : null;
  }

  /** The cart as its objects hold it now; null: not all of them answered. */
  async looked(cart: Cart): Promise<Cart | null> {
    let at = resumed(cart);
    for (const waitMs of LOOK_WAITS_MS) {
      const asks = looksOf(cart).filter(({ sku }) => !at.answered.has(sku));
      const answers = await this.#around.ask(asks, { network: null, correlationId: '' });
      at = noted(at, answers);
      if (answers.size === asks.length) return { ...cart, held: heldNow(at) };
      await this.#around.wait(waitMs);
    }
    return null;
  }

  /** Nothing has happened to it for as long as keys are remembered. */
  async grewOld(cart: Cart): Promise<'kept' | 'gone'> {
    const looked = await this.looked(cart);
    const wasClosed = closedAtMs(cart) !== null;
    if (looked !== null && wasClosed && !promises(looked)) return 'gone';
    // Goods may have left long ago: only from now on it is known to be closed.
    if (looked !== null) this.#log.save({ ...looked, lastNowMs: this.#nowMs(cart) });
    this.wake();
    return 'kept';
  }

  restsUntilMs(cart: Cart): number {
    return (closedAtMs(cart) ?? cart.lastNowMs) + CART_KEPT_MS;
  }

  wake(): void {
    const cart = this.#log.cart();
    if (cart === null) return;
    const nowMs = this.#nowMs(cart);
    const sinceMs = cart.running?.sinceMs ?? cart.lastNowMs;
    const busy = cart.running !== null || cart.freeing.length > 0;
    const soonMs = nowMs + Math.min(RESUME_MAX_MS, Math.max(RESUME_MS, nowMs - sinceMs));
    this.#around.wakeBy(busy ? soonMs : Math.max(this.restsUntilMs(cart), nowMs + RESUME_MS));
  }

  async #drive(begun: Progress): Promise<CartAnswer | null> {
    let at = onwards(begun);
    for (const waitMs of ROUND_WAITS_MS) {
      const goesOn = this.#mayAsk(at);
      if (goesOn) at = await this.#asked(at);
      at = pressed(at, this.#nowMs(at.cart));
      if (at.ended !== null) return this.#end(at, at.ended);
      if (!goesOn) return null;
      await this.#around.wait(waitMs);
    }
    return null;
  }

  /** Who reserves must know who sells from where, and after a restart only a caller brings that along. */
  #mayAsk({ cart: { running } }: Progress): boolean {
    return this.network !== null || running?.command.type !== 'reserve' || !(running.step === 'check' || running.step === 'try');
  }

  /** Goes on until somebody does not answer, or to the end. */
  async #asked(begun: Progress): Promise<Progress> {
    let at = begun;
    for (let asks = asksOf(at); asks.length > 0; asks = asksOf(at)) {
      const { running } = at.cart;
      if (running !== null && isStored(running.step)) await this.#write(at.cart);
      if (triesAgain(at.cart)) at = await this.#outOfItsWay(at);
      const correlationId = running?.correlationId ?? '';
      const answers = await this.#around.ask(asks, { network: this.network, correlationId });
      at = heard(at, answers);
      if (answers.size < asks.length) break;
    }
    return at;
  }

  /** What an earlier try of the same cart still holds would make it seem that there is less. */
  async #outOfItsWay(at: Progress): Promise<Progress> {
    await this.#write(at.cart);
    await this.#free();
    return { ...at, cart: this.#log.cart() ?? at.cart };
  }

  async #write(cart: Cart): Promise<void> {
    if (cart === this.#log.cart()) return;
    this.#log.save(cart);
    this.wake();
    await this.#around.synced();
  }

  async #end({ cart }: Progress, { running, answer: said }: Ended): Promise<CartAnswer | null> {
    const answer = said === null ? null : answerOf(cart, said.rejection);
    const { key, command, correlationId } = running;
    const kept = answer !== null && isKept(answer) ? { ...key, operation: command.type, answer, correlationId } : null;
    const lastNowMs = this.#nowMs(cart);
    this.#log.save({ ...cart, kept: cart.kept + (kept === null ? 0 : 1), lastNowMs }, kept);
    await this.#free();
    this.wake();
    return answer;
  }

  /** Tells whoever was given up; who does not answer is told by the next request or the alarm. */
  async #free(): Promise<void> {
    const cart = this.#log.cart();
    if (cart === null || cart.freeing.length === 0) return;
    await this.#around.synced();
    const told = new Set<object>();
    for (const heldAs of new Set(cart.freeing.map((one) => one.heldAs))) {
      const same = cart.freeing.filter((one) => one.heldAs === heldAs);
      const answers = await this.#around.ask(freesOf(cart, same), { network: null, correlationId: '' });
      for (const one of same) if (answers.has(one.sku)) told.add(one);
    }
    const freeing = cart.freeing.filter((one) => !told.has(one));
    if (told.size > 0) this.#log.save({ ...cart, freeing });
    if (freeing.length > 0) this.wake();
  }

  #nowMs(cart: Cart | null): number {
    return Math.max(this.#around.nowMs(), cart?.lastNowMs ?? 0);
  }
}

function triesAgain({ running, freeing }: Cart): boolean {
  return running?.command.type === 'reserve' && freeing.some(({ number }) => number === running.number);
}

function answerOf(cart: Cart, rejection: (CartAnswer & { accepted: false })['rejection'] | null): CartAnswer {
  return rejection === null ? { accepted: true, cart: seenCart(cart) } : { accepted: false, rejection };
}

/** What names something unknown is not kept: it may be known a moment later (R5). */
function isKept(answer: CartAnswer): boolean {
  return answer.accepted || (answer.rejection.code !== 'sku_unknown' && answer.rejection.code !== 'reservation_not_found');
}
