import type { Bug } from '../bug.ts';
import { CARTS, KITS, SIMULATION } from '../checks.ts';

/** Several items as one promise. */
export const CART_BUGS: readonly Bug[] = [
  {
    id: 'abort-without-release',
    rule: 'R22 I15 F23',
    file: 'domain/cart/taken.ts',
    find: 'skusOf(cart).filter((sku) => answered.get(sku)?.accepted !== false),',
    replace: '[],',
    caughtBy: CARTS,
  },
  {
    id: 'commit-sent-once-only',
    rule: 'R23 I15 I16 F24',
    file: 'domain/cart/advance.ts',
    find: 'return onwards(noted(progress, answers));',
    replace: `const nothing = { accepted: true, reservation: null, promisedAtMs: null, sequence: 0, asOfMs: 0 } as const;
  const sent = progress.cart.running?.step === 'do' ? asksOf(progress).map(({ sku }) => [sku, nothing] as const) : [];
  return onwards(noted(progress, new Map<Sku, Heard>([...sent, ...answers])));`,
    caughtBy: CARTS,
  },
  {
    id: 'no-pin-before-commit',
    rule: 'R24 I15',
    file: 'domain/cart/sell-cart.ts',
    find: 'const pins = pinned ? [] : pinsFor(cart, sold, command.reacquire);',
    replace: 'const pins: readonly Order[] = lapsed ? pinsFor(cart, sold, command.reacquire) : [];',
    caughtBy: CARTS,
  },
  {
    id: 'decision-not-written',
    rule: 'R23 I15 F24',
    file: 'durable-objects/cart-reservation/driver.ts',
    find: 'if (running !== null && isStored(running.step)) await this.#write(at.cart);',
    replace: "if (running !== null && isStored(running.step) && running.step !== 'try') await this.#write(at.cart);",
    caughtBy: CARTS,
  },
  {
    // While one operation waits for objects, another reads the cart that the first will write over.
    id: 'await-between-check-and-write',
    rule: 'R23 I9 I15 F05',
    file: 'durable-objects/cart-reservation/coordinator.ts',
    find: 'return await this.#turns.take(() => this.#answer(call));',
    replace: 'return await this.#answer(call);',
    caughtBy: CARTS,
  },
  {
    id: 'lines-with-ends-of-their-own',
    rule: 'R11 R13',
    file: 'domain/decide.ts',
    find: 'expiresAtMs: cart?.endsAtMs ?? nowMs + Math.min(',
    replace: 'expiresAtMs: nowMs + Math.min(',
    caughtBy: CARTS,
  },
  {
    id: 'given-up-and-not-told',
    rule: 'R22 R20 I15 I16',
    file: 'durable-objects/cart-reservation/driver.ts',
    find: 'for (const one of same) if (answers.has(one.sku)) told.add(one);',
    replace: 'for (const one of same) if (answers.size >= 0) told.add(one);',
    caughtBy: CARTS,
  },
  {
    id: 'kit-takes-one-part-each',
    rule: 'R22b R15',
    file: 'domain/cart/shares.ts',
    find: 'pools.get(sku)?.take(placeOf(line), share.units * units);',
    replace: 'pools.get(sku)?.take(placeOf(line), share.units);',
    caughtBy: KITS,
  },
  {
    id: 'cart-without-alarm',
    rule: 'R23 I16 F24',
    file: 'durable-objects/cart-reservation/driver.ts',
    find: '    this.#log.save(cart);\n    this.wake();\n',
    replace: '    this.#log.save(cart);\n',
    caughtBy: SIMULATION,
  },
  {
    id: 'operation-begun-over-another',
    rule: 'R23 I15 F24',
    file: 'durable-objects/cart-reservation/driver.ts',
    find: 'if (this.#log.cart()?.running !== null) return `${running.command.type} ${running.key.hash}`;',
    replace: '',
    caughtBy: CARTS,
  },
];
