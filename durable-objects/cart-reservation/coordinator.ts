import { heldAs, skusOf, type Cart } from '../../domain/cart/cart.ts';
import { seenCart, type CartSeen } from '../../domain/cart/seen.ts';
import type { ChannelId, ReservationId, Sku } from '../../domain/ids.ts';
import { CartLog, type CartStore } from './cart-log.ts';
import { Driver, type Surroundings } from './driver.ts';
import { KEYS_PER_RESERVATION_MAX } from '../sku-stock/limits.ts';
import { OVERLOADED_RETRY_MS, WAITING_OPERATIONS_MAX } from './limits.ts';
import type { CartAnswer, CartCall, CartResult } from './protocol.ts';
import { Turns } from './turns.ts';

/**
 * One cart, whatever it runs on: answers repeated requests, lets one operation run at a time, and sees to it that
 * everything comes to its end. The rules are in domain/cart, how objects are asked is in driver.ts.
 */
export class Coordinator {
  readonly #log: CartLog;
  readonly #driver: Driver;
  readonly #around: Surroundings;
  readonly #turns = new Turns(WAITING_OPERATIONS_MAX);
  /** Requests that are being answered, by operation and key: the fingerprint of each. */
  readonly #inHand = new Map<string, string>();

  constructor(store: CartStore, around: Surroundings) {
    this.#around = around;
    this.#log = new CartLog(store);
    this.#driver = new Driver(this.#log, around);
  }

  async execute(call: CartCall): Promise<CartResult> {
    const { command, key, network } = call;
    const known = await this.#known(call);
    if (known !== null) return known;
    const inHand = this.#inHand.get(keyOf(call));
    if (inHand !== undefined) return inHand === key.fingerprint ? IN_PROGRESS : { outcome: 'key_reused' };
    if ('caller' in command && !this.#isOf(command.caller)) return unknownTo(call);
    if (this.#turns.full) return OVERLOADED;

    this.#driver.network = network;
    this.#inHand.set(keyOf(call), key.fingerprint);
    try {
      return await this.#turns.take(() => this.#answer(call));
    } finally {
      this.#inHand.delete(keyOf(call));
    }
  }

  async seen(caller: ChannelId | null): Promise<CartSeen | 'unknown' | null> {
    const cart = this.#log.cart();
    if (cart === null || !this.#isOf(caller)) return null;
    const looked = await this.#driver.looked(cart);
    return looked === null ? 'unknown' : seenCart(looked);
  }

  holding(caller: ChannelId | null): { readonly heldAs: ReservationId; readonly skus: readonly Sku[] } | null {
    const cart = this.#log.cart();
    return cart === null || !this.#isOf(caller) ? null : { heldAs: heldAs(cart), skus: skusOf(cart) };
  }

  /** Goes on with what was left behind. `gone`: nobody can ask for this cart any more. */
  rang(): Promise<'kept' | 'gone'> {
    return this.#turns.take(async () => {
      const cart = this.#log.cart();
      if (cart === null) return 'gone';
      if (cart.running === null && cart.freeing.length === 0) return this.#rest(cart);
      await this.#driver.settle();
      this.#driver.wake();
      return 'kept';
    });
  }

  /** Somebody else's cart answers like one that never was, and so does one that was refused. */
  #isOf(caller: ChannelId | null): boolean {
    const cart = this.#log.cart();
    return cart?.stage === 'reserved' && (caller === null || caller === cart.channel);
  }

  /** What was answered under this key before; null: nothing yet. */
  async #known({ command, key }: CartCall): Promise<CartResult | null> {
    const kept = this.#log.kept(command.type, key.hash);
    if (kept === null) return null;
    if (kept.fingerprint !== key.fingerprint) return { outcome: 'key_reused' };
    const { answer, correlationId } = kept;
    return { outcome: 'answered', answer, correlationId, replay: { presentStatus: await this.#statusNow() } };
  }

  async #statusNow() {
    const cart = this.#log.cart();
    if (cart?.stage !== 'reserved') return null;
    return seenCart((await this.#driver.looked(cart)) ?? cart).status;
  }

  async #answer(call: CartCall): Promise<CartResult> {
    const inTheWay = await this.#driver.settle();
    const known = await this.#known(call);
    if (known !== null) return known;
    const { command, key, correlationId } = call;
    if (inTheWay !== null) return inTheWay === keyOf(call) ? IN_PROGRESS : OVERLOADED;
    if ('caller' in command && !this.#isOf(command.caller)) return unknownTo(call);
    if ((this.#log.cart()?.kept ?? 0) >= KEYS_PER_RESERVATION_MAX) return { outcome: 'too_many_operations' };

    const { hash, fingerprint } = key;
    const answer = await this.#driver.run(command, { key: { hash, fingerprint }, correlationId });
    return answer === null ? UNKNOWN : { outcome: 'answered', answer, correlationId, replay: null };
  }

  /** Nothing is under way. Objects may know more than the cart: goods leave, pins end. */
  async #rest(cart: Cart): Promise<'kept' | 'gone'> {
    if (this.#around.nowMs() < this.#driver.restsUntilMs(cart)) {
      this.#driver.wake();
      return 'kept';
    }
    return this.#driver.grewOld(cart);
  }
}

const RETRY = { retryAfterMs: OVERLOADED_RETRY_MS } as const;
const IN_PROGRESS: CartResult = { outcome: 'key_in_progress', ...RETRY };
const OVERLOADED: CartResult = { outcome: 'overloaded', ...RETRY };
const UNKNOWN: CartResult = { outcome: 'unknown', ...RETRY };

function keyOf({ command, key }: Pick<CartCall, 'command' | 'key'>): string {
  return `${command.type} ${key.hash}`;
}

function unknownTo({ correlationId }: CartCall): CartResult {
  const answer: CartAnswer = { accepted: false, rejection: { code: 'reservation_not_found' } };
  return { outcome: 'answered', answer, correlationId, replay: null };
}
