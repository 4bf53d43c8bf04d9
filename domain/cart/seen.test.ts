import { describe, expect, test } from 'vitest';
import { ACTIVE, CLOSED, held, keptCart } from '../../test/cart/kept-cart.ts';
import { location, sku } from '../../test/story/ids.ts';
import { heldAs, type CartLine, type Held } from './cart.ts';
import { evened, seenCart } from './seen.ts';

const at = (name: string, quantity: number) => ({ location: location(name), quantity });
const seen = (holds: readonly Held[], lines: readonly CartLine[] = []) => seenCart(keptCart({ held: holds, lines }));

const waits = (name: string, promisedAtMs: number | null) =>
  held(name, { open: 2, openAt: [at('dc', 1)] }, ACTIVE, { promisedAtMs });
const isThere = (name: string) => held(name, { open: 2, openAt: [at('dc', 2)] }, ACTIVE, { promisedAtMs: null });

describe('[R27e] a cart is promised whole', () => {
  test.each([
    ['when the last of what it waits for comes', [waits('TEA', 10_000), waits('MUG', 20_000), isThere('POT')], 20_000],
    ['at no date where one waits for what nobody announced', [waits('TEA', 10_000), waits('MUG', null)], null],
    ['at no date where none waits', [isThere('TEA'), isThere('MUG')], null],
    [
      'at the only date, where another item is not in it',
      [waits('TEA', 10_000), { ...isThere('MUG'), reservation: null }],
      10_000,
    ],
  ])('%s', (_, holds, promisedAtMs) => {
    expect(seen(holds).promisedAtMs).toBe(promisedAtMs);
  });
});

describe('[R11] lines of one cart end together', () => {
  const lapsed = held('TEA', { expired: 3 }, CLOSED);

  test('what is open beside a line that lapsed is as good as lapsed', () => {
    const [, other] = evened([lapsed, held('MUG', { open: 2, openAt: [at('dc', 2)], expired: 1 })]);
    expect(other?.reservation).toMatchObject({ term: CLOSED, lines: [{ open: 0, openAt: [], expired: 3 }] });
  });

  test('what is pinned beside it is not, and neither is what is owed', () => {
    const pinned = held('MUG', { open: 2, owed: 1 }, { kind: 'pinned', outcomeDueMs: 9 });
    expect(evened([lapsed, pinned])).toEqual([lapsed, pinned]);
    const [, sold] = evened([lapsed, held('MUG', { open: 1, owed: 4 })]);
    expect(sold?.reservation?.lines).toMatchObject([{ owed: 4, expired: 1 }]);
  });

  test('while none lapsed nothing ends', () => {
    const both = [held('TEA', { open: 3 }), held('MUG', { open: 2 })];
    expect(evened(both)).toEqual(both);
  });
});

describe('[R24] what a cart gave up', () => {
  const tea = held('TEA', { released: 2 }, CLOSED);
  const mug = held('MUG', { open: 2, openAt: [at('dc', 2)], owed: 1 }, { kind: 'pinned', outcomeDueMs: 9 });
  const cart = keptCart({ held: [tea, mug] });
  const givingUp = (as: string) => ({ ...cart, freeing: [{ sku: mug.sku, heldAs: as as typeof cart.id, number: 1 }] });

  test('is nobody’s any more, though its object has not heard of that yet; what was sold stays sold', () => {
    expect(seenCart(givingUp(heldAs(cart)))).toMatchObject({ status: 'committed', expiresAtMs: null });
    expect(seenCart(givingUp('an earlier try')).status).toBe('pinned');
  });
});

describe('[R22c] a kit is seen', () => {
  const parts = [
    { sku: sku('TEA'), units: 2 },
    { sku: sku('MUG'), units: 1 },
  ];
  const kit: CartLine = { line: 1, sku: sku('KIT'), quantity: 3, at: null, parts };

  test('as backordered as far as its parts are not there, whichever they are', () => {
    const tea = held('TEA', { asked: 6, open: 6, openAt: [at('dc', 5)] });
    const mug = held('MUG', { asked: 3, open: 3, openAt: [at('dc', 3)] });
    expect(seen([tea, mug], [kit]).lines).toMatchObject([{ asked: 3, open: 3, backordered: 1, allocations: [at('dc', 2)] }]);
  });

  test('at the sequences of its parts together, and as many as it was made by a resize', () => {
    const tea = held('TEA', { asked: 10, open: 10 }, ACTIVE, { sequence: 4 });
    const mug = held('MUG', { asked: 5, open: 5 }, ACTIVE, { sequence: 7 });
    expect(seen([tea, mug], [kit]).lines).toMatchObject([{ asked: 5, sequence: 11 }]);
  });

  test('as many as were asked for, also where a cart in part could have fewer, and then more', () => {
    const [fewer, then] = [1, 2].map((kits) => [
      held('TEA', { asked: 2 * kits, open: 2 }),
      held('MUG', { asked: kits, open: 1 }),
    ]);
    expect(seen(fewer ?? [], [{ ...kit, most: 1 }]).lines).toMatchObject([{ asked: 3, open: 1 }]);
    expect(seen(then ?? [], [{ ...kit, most: 1 }]).lines).toMatchObject([{ asked: 4, open: 1 }]);
  });

  test('of one item is a kit too, unless one unit of it is one of the item', () => {
    const box: CartLine = { ...kit, parts: [{ sku: sku('TEA'), units: 6 }] };
    const plain: CartLine = { ...kit, sku: sku('TEA'), parts: [{ sku: sku('TEA'), units: 1 }] };
    const six: CartLine = { ...plain, parts: [{ sku: sku('TEA'), units: 6 }] };
    const tea = held('TEA', { asked: 6, open: 6, openAt: [at('dc', 6)] });
    const of = (line: CartLine) => seen([tea], [line]).lines[0];
    expect([of(box)?.open, of(plain)?.open, of(six)?.open]).toEqual([1, 6, 1]);
    expect([of(box)?.components, of(plain)?.components, of(six)?.components]).toEqual([
      [{ sku: 'TEA', quantity: 6, allocations: [at('dc', 6)] }],
      null,
      [{ sku: 'TEA', quantity: 6, allocations: [at('dc', 6)] }],
    ]);
  });

  test('and a plain line that was granted nothing as what was asked for', () => {
    const plain: CartLine = { ...kit, sku: sku('TEA'), parts: [{ sku: sku('TEA'), units: 1 }] };
    expect(seen([{ ...isThere('TEA'), reservation: null }], [plain]).lines).toMatchObject([
      { asked: 3, open: 0, backordered: 0, allocations: [], components: null },
    ]);
    expect(seen([held('TEA', { asked: 2, open: 2, openAt: [at('dc', 1)] })], [plain]).lines).toMatchObject([
      { asked: 2, open: 2, backordered: 1 },
    ]);
  });
});
