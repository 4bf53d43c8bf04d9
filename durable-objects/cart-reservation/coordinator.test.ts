import { describe, expect, test } from 'vitest';
import { receive } from '../../test/story/orders.ts';
import { CartShop, KIT, type Step } from '../../test/cart/cart-shop.ts';

const units = (tea: number, mug: number) => ({ TEA: tea, MUG: mug });

// What leads up to the moment that is looked at, and what is then under way.
const OPERATIONS: readonly (readonly [name: string, before: readonly Step[], step: Step])[] = [
  ['a reserve', [], ['reserve', units(3, 2)]],
  ['a reserve that is refused', [], ['reserve', units(3, 99)]],
  ['a reserve of kits in part', [], ['reserve', { [KIT]: 9 }, { mode: 'partial' }]],
  ['a reserve in part of kits beside their part', [], ['reserve', { [KIT]: 9, MUG: 9 }, { mode: 'partial' }]],
  ['an unsplit reserve', [], ['reserve', units(3, 2), { split: 'never' }]],
  ['an extend', [['reserve', units(3, 2)]], ['extend', 1_800_000]],
  ['a resize', [['reserve', units(3, 4)]], ['resize', { 1: 5, 2: 1 }]],
  ['a resize that is refused', [['reserve', units(3, 4)]], ['resize', { 1: 5, 2: 99 }]],
  ['a pin', [['reserve', units(3, 2)]], ['pin']],
  [
    'a pin of what has lapsed',
    [
      ['reserve', units(3, 2)],
      ['pass', 900_000],
    ],
    ['pin'],
  ],
  [
    'a pin of what has lapsed and is sold',
    [
      ['reserve', units(3, 2)],
      ['pass', 900_000],
      ['others take', 'MUG', 9],
    ],
    ['pin'],
  ],
  ['a commit', [['reserve', units(3, 2)]], ['commit', null]],
  ['a commit of what is pinned', [['reserve', units(3, 2)], ['pin']], ['commit', null]],
  ['a commit of a part', [['reserve', units(3, 2)]], ['commit', { 1: 1, 2: 1 }]],
  ['a commit that keeps the rest', [['reserve', units(3, 2)]], ['commit', { 1: 1, 2: 1 }, { keepRest: true }]],
  ['a commit that keeps the rest pinned', [['reserve', units(3, 2)], ['pin']], ['commit', { 1: 3 }, { keepRest: true }]],
  [
    'a commit that takes anew',
    [
      ['reserve', units(3, 2)],
      ['pass', 900_000],
    ],
    ['commit', null, { reacquire: true }],
  ],
  ['a release', [['reserve', units(3, 2)]], ['release', null]],
  [
    'a fulfil',
    [
      ['reserve', units(3, 2)],
      ['commit', null],
    ],
    ['fulfill', null],
  ],
  [
    'a cancel',
    [
      ['reserve', units(3, 2)],
      ['commit', null],
    ],
    ['cancel', { 1: 2, 2: 1 }],
  ],
];

describe('[R7] [R23] [I9] [I15] whenever a coordinator dies, the same request comes to the same end', () => {
  test.each(OPERATIONS)('%s', async (_, before, step) => {
    const calm = await CartShop.after(before);
    const answer = await calm.ask(step);
    const { moments } = calm;
    expect(moments).toBeGreaterThan(0);
    await calm.cart.ring();
    const end = calm.state();

    for (let moment = 1; moment <= moments; moment += 1) {
      const shop = await CartShop.after(before);
      await expect(shop.dying(moment, step)).rejects.toThrow('died');
      expect(await shop.ask(step), `died at moment ${moment}`).toEqual(answer);
      // What was given up may be left to the alarm.
      await shop.cart.ring();
      expect(shop.state(), `died at moment ${moment}`).toEqual(end);
    }
  });
});

describe('[R23] [I15] [I16] whenever a coordinator dies and nobody asks again, its alarm brings all or nothing', () => {
  test.each(OPERATIONS)('%s', async (_, before, step) => {
    const calm = await CartShop.after(before);
    const began = calm.promised();
    await calm.ask(step);
    const end = calm.promised();
    for (let moment = 1; moment <= calm.moments; moment += 1) {
      const shop = await CartShop.after(before);
      await expect(shop.dying(moment, step)).rejects.toThrow('died');
      await shop.alarms();
      expect([began, end, []], `died at moment ${moment}`).toContainEqual(shop.promised());
      expect(shop.cart.store.read()?.running ?? null).toBeNull();
    }
  });
});

describe('what it costs to reserve a cart', () => {
  // Two rows of the cart, and one round of questions: a moment before it and one after.
  const ONE_ROUND = 4;
  test.each([
    ['whole', units(3, 2), 'all_or_nothing', ONE_ROUND],
    ['in part', units(3, 99), 'partial', ONE_ROUND],
    ['whole, with a kit beside its part', { [KIT]: 2, MUG: 2 }, 'all_or_nothing', ONE_ROUND],
    ['in part, with a kit beside others', { [KIT]: 2 }, 'partial', ONE_ROUND],
    ['in part, with a kit beside its part', { [KIT]: 9, MUG: 9 }, 'partial', ONE_ROUND + 2],
  ] as const)('%s', async (_, lines, mode, moments) => {
    const shop = await CartShop.after([]);
    expect(await shop.ask(['reserve', lines, { mode }])).toBe('active');
    expect(shop.moments).toBe(moments);
  });
});

describe('objects that do not answer', () => {
  test('[R24] a pin that nobody can decide gives everything back, and the late pin finds nothing', async () => {
    const shop = await CartShop.after([['reserve', units(3, 2)]]);
    shop.object('MUG').silent = true;
    expect(await shop.ask(['pin'])).toBe('unknown');
    expect(shop.promised()).toEqual(['TEA 1: 3 pinned', 'MUG 2: 2 active']);
    shop.nowMs += 30_000;
    await shop.alarms();
    shop.object('MUG').silent = false;
    await shop.alarms();
    expect(shop.promised()).toEqual([]);
    expect(await shop.ask(['pin'])).toBe('reservation_released');
  });

  test('[R23] what is decided is told however long that takes', async () => {
    const shop = await CartShop.after([['reserve', units(3, 2)], ['pin']]);
    shop.falls('MUG', 'commit');
    expect(await shop.ask(['commit', null])).toBe('unknown');
    shop.nowMs += 7_200_000;
    await shop.alarms();
    expect(shop.promised()).toEqual(['TEA 1: 3 owed', 'MUG 2: 2 pinned']);
    shop.object('MUG').silent = false;
    await shop.alarms();
    expect(shop.promised()).toEqual(['TEA 1: 3 owed', 'MUG 2: 2 owed']);
    expect(await shop.ask(['commit', null])).toBe('committed');
  });

  test('[R15] growth that another item refuses in the last moment is taken back', async () => {
    const shop = await CartShop.after([['reserve', units(3, 2)]]);
    shop.beforeEach('MUG', 'resize', () => shop.othersTake('MUG', 8));
    expect(await shop.ask(['resize', { 1: 5, 2: 4 }])).toBe('insufficient_stock');
    expect(shop.promised()).toEqual(['TEA 1: 3 active', 'MUG 2: 2 active']);
  });

  test('[R13] an end that one line did not live to see is set back for all', async () => {
    const shop = await CartShop.after([
      ['reserve', units(3, 2)],
      ['pass', 899_000],
    ]);
    shop.beforeEach('MUG', 'extend', () => shop.skew('MUG', 2_000));
    expect(await shop.ask(['extend', 1_800_000])).toBe('reservation_expired');
    shop.nowMs += 2_000;
    expect(shop.promised()).toEqual([]);
  });

  test('[R18] a commit that one line did not live to see pins nothing for good', async () => {
    const shop = await CartShop.after([
      ['reserve', units(3, 2)],
      ['pass', 899_000],
    ]);
    shop.beforeEach('MUG', 'pin', () => shop.skew('MUG', 2_000));
    expect(await shop.ask(['commit', null])).toBe('reservation_expired');
    shop.nowMs += 2_000;
    expect(shop.promised()).toEqual([]);
  });

  test('[R18] a commit takes anew also where one clock has not come to the end, and leaves no pin behind there', async () => {
    const shop = await CartShop.after([
      ['reserve', units(3, 2)],
      ['pass', 899_000],
    ]);
    shop.skew('MUG', 2_000);
    expect(await shop.ask(['commit', { 1: 1 }, { reacquire: true }])).toBe('committed');
    shop.nowMs += 2_000;
    expect(shop.promised()).toEqual(['TEA 1: 1 owed']);
  });

  test('[R16, R22c] parts of kits that lapsed before they could be given back are not taken anew', async () => {
    const shop = await CartShop.after([]);
    shop.falls('MUG', 'release');
    expect(await shop.ask(['reserve', { [KIT]: 9 }, { mode: 'partial' }], 'kits')).toBe('unknown');
    expect(shop.promised()).toEqual(['TEA 1: 10 active', 'MUG 1: 9 active']);
    shop.nowMs += 900_000;
    shop.object('MUG').silent = false;
    await shop.alarms();
    expect(await shop.ask(['pin'])).toBe('pinned');
    expect(shop.promised()).toEqual(['TEA 1: 10 pinned', 'MUG 1: 5 pinned']);
  });

  test('[I8, R16] parts that others take between the question and the try do not cost the line beside the kit', async () => {
    const shop = await CartShop.after([['others take', 'MUG', 9]]);
    shop.beforeEach('TEA', 'reserve', () => shop.othersTake('TEA', 9));
    expect(await shop.ask(['reserve', { [KIT]: 1, MUG: 1 }, { mode: 'partial' }])).toBe('active');
    expect(shop.promised()).toEqual(['MUG 2: 1 active']);
  });

  test('[I8, R22b] units that an unsplit cart set aside at one place do not make it seem that the next has too little', async () => {
    const shop = await CartShop.after([]);
    for (const name of ['TEA', 'MUG']) shop.object(name).tell(receive(9, 'store'));
    shop.beforeEach('MUG', 'reserve', () => shop.othersTakeAt('MUG', 9, 'store'));
    shop.capsBuyers('TEA', 4);
    expect(await shop.ask(['reserve', units(3, 2), { split: 'never' }])).toBe('active');
    expect(shop.promised()).toEqual(['TEA 1: 3 active', 'MUG 2: 2 active']);
  });

  test('[R28b] a cart of which units were taken back sells nothing of the rest', async () => {
    const shop = await CartShop.after([['reserve', units(3, 2)]]);
    shop.takeBack('MUG');
    expect(await shop.ask(['pin'])).toBe('reservation_released');
    expect(shop.promised()).toEqual([]);
  });
});

describe('a line of whose item the cart has nothing open any more', () => {
  test('[R15] does not grow, and is refused for what it holds and not for how it came to that', async () => {
    const shop = await CartShop.after([
      ['reserve', units(3, 2)],
      ['commit', { 1: 3 }, { keepRest: true }],
    ]);
    expect(await shop.ask(['resize', { 1: 1 }])).toBe('exceeds_reservation');
    expect(await shop.ask(['resize', { 2: 4 }], 'another key')).toBe('active');
    expect(shop.promised()).toEqual(['TEA 1: 3 owed', 'MUG 2: 4 active']);
  });
});

describe('[R8] a cart that is over', () => {
  test('keeps its answers for longer than its objects do, and then is gone', async () => {
    const shop = await CartShop.after([['reserve', units(3, 2)]]);
    shop.nowMs += 900_000 + 21 * 86_400_000;
    expect(await shop.cart.ring()).toBe('kept');
    expect(await shop.ask(['reserve', units(3, 2)], 'before 0')).toBe('active');
    shop.nowMs += 86_400_000;
    expect(await shop.cart.ring()).toBe('gone');
  });

  test('is kept while anything of it is owed', async () => {
    const shop = await CartShop.after([
      ['reserve', units(3, 2)],
      ['commit', null],
    ]);
    shop.nowMs += 100 * 86_400_000;
    expect(await shop.cart.ring()).toBe('kept');
    await shop.ask(['fulfill', null]);
    shop.nowMs += 22 * 86_400_000;
    expect(await shop.cart.ring()).toBe('gone');
  });

  test('[R20] one that begins anew under its name does not take old answers of its objects for new ones', async () => {
    const shop = await CartShop.after([
      ['reserve', units(3, 2)],
      ['release', null],
    ]);
    shop.forgetCart();
    shop.nowMs += 1;
    expect(await shop.ask(['reserve', units(1, 1)])).toBe('active');
    expect(shop.promised()).toEqual(['TEA 1: 1 active', 'MUG 2: 1 active']);
  });
});
