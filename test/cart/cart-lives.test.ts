import { describe, expect, test } from 'vitest';
import { RESERVATION_AGE_MAX_MS } from '../../domain/limits.ts';
import { adjust, moved, receive } from '../story/orders.ts';
import { CartShop, KIT, type Step } from './cart-shop.ts';

const units = (tea: number, mug: number) => ({ TEA: tea, MUG: mug });
const RESERVED: Step = ['reserve', units(3, 2)];
const LAPSED: readonly Step[] = [RESERVED, ['pass', 900_000]];

/** What is asked, what comes of it, and what is promised then; a step without an answer is given. */
type Then = readonly [step: Step, gist?: string, promised?: readonly string[]];

/** A cart of TEA on line 1 and MUG on line 2, ten of each in stock, from one step to the next. */
function life(name: string, steps: readonly Then[]): void {
  test(name, async () => {
    const shop = new CartShop();
    for (const [n, [step, gist, promised]] of steps.entries()) {
      const said = await shop.ask(step, `step ${n}`);
      if (gist !== undefined) expect([`step ${n}`, said]).toEqual([`step ${n}`, gist]);
      if (promised !== undefined) expect([`step ${n}`, ...shop.promised()]).toEqual([`step ${n}`, ...promised]);
    }
  });
}

const ALL = ['TEA 1: 3 active', 'MUG 2: 2 active'];
const ALL_PINNED = ['TEA 1: 3 pinned', 'MUG 2: 2 pinned'];

describe('[R24] a cart is pinned', () => {
  life('whole, and once more changes nothing', [
    [RESERVED, 'active', ALL],
    [['pin'], 'pinned', ALL_PINNED],
    [['pin'], 'pinned', ALL_PINNED],
  ]);

  life('as far as it is still open', [
    [RESERVED],
    [['commit', { 1: 3 }, { keepRest: true }], 'active', ['TEA 1: 3 owed', 'MUG 2: 2 active']],
    [['pin'], 'pinned', ['TEA 1: 3 owed', 'MUG 2: 2 pinned']],
  ]);

  life('also when it has lapsed, and a pin that fails then loses nothing that a later one could have', [
    ...LAPSED.map((step): Then => [step]),
    [['others take', 'MUG', 9]],
    [['pin'], 'insufficient_stock', []],
    [['resize', { 1: 1 }], 'reservation_expired'],
  ]);

  life('not once it is sold, given back or cancelled', [
    [RESERVED],
    [['commit', null], 'committed'],
    [['pin'], 'already_committed'],
    [['cancel', null], 'cancelled', []],
    [['pin'], 'reservation_cancelled'],
  ]);
});

describe('[R25] a pinned cart is watched for its outcome by one of its items', () => {
  const watched: readonly (readonly [name: string, steps: readonly Step[], by: readonly string[]])[] = [
    ['the first', [], ['TEA']],
    ['as long as that has anything pinned', [['commit', { 1: 1 }, { keepRest: true }]], ['TEA']],
    ['another when that is sold', [['commit', { 1: 3 }, { keepRest: true }]], ['MUG']],
    ['another when that is given back', [['release', { 1: 3 }]], ['MUG']],
    ['the same when another is given back', [['release', { 2: 2 }]], ['TEA']],
    ['the same when a part of it is given back', [['release', { 1: 2, 2: 1 }]], ['TEA']],
    ['none when all is sold', [['commit', null]], []],
    ['none when all is given back', [['release', null]], []],
  ];
  test.each(watched)('%s', async (_, steps, by) => {
    const shop = await CartShop.after([RESERVED, ['pin'], ...steps]);
    expect(shop.watching()).toEqual(by);
  });

  test('and not before somebody pinned it, though a commit pins what it sells', async () => {
    const shop = await CartShop.after([RESERVED, ['commit', { 1: 1, 2: 1 }, { keepRest: true }]]);
    expect(shop.watching()).toEqual([]);
  });
});

describe('[R17] a cart is committed', () => {
  life('in part, and the rest of every line is free again', [
    [RESERVED],
    [['commit', { 1: 1 }], 'committed', ['TEA 1: 1 owed']],
    [['commit', { 1: 1 }], 'already_committed'],
  ]);

  life('in part, and the rest keeps its deadline', [
    [RESERVED],
    [['commit', { 1: 1 }, { keepRest: true }], 'active', ['TEA 1: 2 active', 'TEA 1: 1 owed', 'MUG 2: 2 active']],
    [['commit', { 2: 1 }, { keepRest: true }], 'active'],
    [['pass', 900_000], '', ['TEA 1: 1 owed', 'MUG 2: 1 owed']],
  ]);

  life('in part while it is pinned, and the rest stays pinned', [
    [RESERVED],
    [['pin']],
    [['commit', { 1: 1 }, { keepRest: true }], 'pinned', ['TEA 1: 2 pinned', 'TEA 1: 1 owed', 'MUG 2: 2 pinned']],
    [['pass', 86_400_000], '', ['TEA 1: 2 pinned', 'TEA 1: 1 owed', 'MUG 2: 2 pinned']],
  ]);

  life('with nothing of it, which gives it back', [[RESERVED], [['commit', { 1: 0, 2: 0 }], 'released', []]]);

  life('with nothing of it, which changes nothing where the rest is kept', [
    [RESERVED],
    [['commit', { 1: 0 }, { keepRest: true }], 'active', ALL],
  ]);

  life('with no more than there is, of lines that it has', [
    [RESERVED],
    [['commit', { 1: 4 }], 'exceeds_reservation', ALL],
    [['commit', { 9: 1 }], 'exceeds_reservation', ALL],
    [['commit', { 1: 3, 2: 2 }], 'committed', ['TEA 1: 3 owed', 'MUG 2: 2 owed']],
  ]);

  life('[R18] after its end only where that was asked for, and then anew', [
    ...LAPSED.map((step): Then => [step]),
    [['commit', null], 'reservation_expired', []],
    [['commit', { 1: 4 }, { reacquire: true }], 'exceeds_reservation', []],
    [['commit', { 1: 2 }, { reacquire: true }], 'committed', ['TEA 1: 2 owed']],
    [['pass', 1]],
    [['fulfill', null], 'fulfilled', []],
  ]);

  life('[R18] after its end only whole: where one item is short nothing is taken, and it can be tried again', [
    ...LAPSED.map((step): Then => [step]),
    [['others take', 'MUG', 9]],
    [['commit', null, { reacquire: true }], 'insufficient_stock', []],
    [['commit', { 1: 3, 2: 1 }, { reacquire: true }], 'committed', ['TEA 1: 3 owed', 'MUG 2: 1 owed']],
  ]);

  test('by several orders, of which it knows each, the newest last', async () => {
    const shop = new CartShop();
    await shop.ask(['reserve', units(3, 2)], 'one');
    const sold = async (orderRef: string, lines: Readonly<Record<number, number>>) => {
      await shop.ask(['commit', lines, { orderRef, keepRest: true }], `${orderRef} ${JSON.stringify(lines)}`);
      return (await shop.seen()).orderRefs;
    };
    expect(await sold('A', { 1: 1 })).toEqual(['A']);
    expect(await sold('B', { 1: 1 })).toEqual(['A', 'B']);
    expect(await sold('A', { 2: 1 })).toEqual(['B', 'A']);
    expect(await sold('C', { 2: 0 })).toEqual(['B', 'A']);
  });
});

describe('[R29] what a cart owes', () => {
  life('is owed from the commit on', [
    [RESERVED],
    [['fulfill', null], 'not_committed'],
    [['cancel', null], 'not_committed'],
    [['commit', null]],
    [['fulfill', { 1: 4 }], 'exceeds_reservation'],
    [['cancel', { 9: 1 }], 'exceeds_reservation'],
    [['fulfill', { 1: 0 }], 'committed', ['TEA 1: 3 owed', 'MUG 2: 2 owed']],
  ]);

  life('leaves line by line', [
    [RESERVED],
    [['commit', null]],
    [['fulfill', { 1: 2 }], 'committed', ['TEA 1: 1 owed', 'MUG 2: 2 owed']],
    [['cancel', { 2: 2 }], 'committed', ['TEA 1: 1 owed']],
    [['fulfill', null], 'fulfilled', []],
    [['fulfill', null], 'already_fulfilled'],
  ]);

  test('leaves whole or not at all where goods are missing', async () => {
    const shop = await CartShop.after([RESERVED, ['commit', null]]);
    shop.object('MUG').tell(adjust(-9));
    const said = await shop.answer(['fulfill', null], 'key');
    expect(said).toMatchObject({ answer: { rejection: { code: 'insufficient_stock', lines: [{ line: 2, available: 1 }] } } });
    expect(shop.promised()).toEqual(['TEA 1: 3 owed', 'MUG 2: 2 owed']);
  });
});

describe('[R19] a cart is given back', () => {
  life('in part, and then the rest', [
    [RESERVED],
    [['release', { 1: 1 }], 'active', ['TEA 1: 2 active', 'MUG 2: 2 active']],
    [['release', { 1: 3 }], 'exceeds_reservation'],
    [['release', { 9: 1 }], 'exceeds_reservation'],
    [['release', { 1: 0 }], 'active', ['TEA 1: 2 active', 'MUG 2: 2 active']],
    [['release', null], 'released', []],
    [['release', null], 'released', []],
  ]);
});

describe('[R13] a cart is extended', () => {
  test('for all of its lines to one end, never to an earlier one, and never beyond a day', async () => {
    const shop = await CartShop.after([RESERVED]);
    const began = shop.nowMs;
    const end = async (ttlMs: number) => {
      await shop.ask(['extend', ttlMs], `extend ${ttlMs}`);
      const ends = ['TEA', 'MUG'].map((name) => [...shop.object(name).stock.live.values()][0]?.term);
      const { expiresAtMs } = await shop.seen();
      expect(ends).toEqual([1, 2].map(() => ({ kind: 'active', expiresAtMs })));
      return (expiresAtMs ?? NaN) - began;
    };
    expect(await end(1_800_000)).toBe(1_800_000);
    shop.nowMs += 1_000;
    expect(await end(60_000)).toBe(1_800_000);
    expect(await end(RESERVATION_AGE_MAX_MS)).toBe(RESERVATION_AGE_MAX_MS);
  });

  test('as far as it is open, when a part of it is sold', async () => {
    const shop = await CartShop.after([RESERVED, ['commit', { 1: 3 }, { keepRest: true }]]);
    expect(await shop.ask(['extend', 1_800_000])).toBe('active');
    shop.nowMs += 1_799_999;
    expect(shop.promised()).toEqual(['TEA 1: 3 owed', 'MUG 2: 2 active']);
  });

  life('at no cost where that is its end already', [[RESERVED], [['extend', 900_000], 'active', ALL]]);
});

describe('[R15] a cart is resized', () => {
  life('up and down', [
    [RESERVED],
    [['resize', { 1: 5, 2: 1 }], 'active', ['TEA 1: 5 active', 'MUG 2: 1 active']],
    [['resize', { 1: 1, 2: 7 }], 'active', ['TEA 1: 1 active', 'MUG 2: 7 active']],
    [['resize', { 1: 9, 2: 9 }], 'active', ['TEA 1: 9 active', 'MUG 2: 9 active']],
    [['resize', { 1: 2 }], 'active', ['TEA 1: 2 active', 'MUG 2: 9 active']],
    [['resize', { 1: 2 }], 'active', ['TEA 1: 2 active', 'MUG 2: 9 active']],
  ]);

  life('whole or not at all', [
    [RESERVED],
    [['resize', { 1: 11, 2: 1 }], 'insufficient_stock', ALL],
    [['resize', { 1: 4, 9: 1 }], 'exceeds_reservation', ALL],
  ]);

  test('[R22] and hears of every line that is short', async () => {
    const shop = await CartShop.after([RESERVED]);
    expect(await shop.answer(['resize', { 1: 11, 2: 12 }], 'key')).toMatchObject({
      answer: {
        rejection: {
          code: 'insufficient_stock',
          lines: [
            { line: 1, sku: 'TEA', requested: 11, available: 10 },
            { line: 2, sku: 'MUG', requested: 12, available: 10 },
          ],
        },
      },
    });
  });

  life('[R22c] by kits', [
    [['reserve', { [KIT]: 2 }], 'active', ['TEA 1: 4 active', 'MUG 1: 2 active']],
    [['resize', { 1: 5 }], 'active', ['TEA 1: 10 active', 'MUG 1: 5 active']],
    [['resize', { 1: 6 }], 'insufficient_stock', ['TEA 1: 10 active', 'MUG 1: 5 active']],
    [['resize', { 1: 1 }], 'active', ['TEA 1: 2 active', 'MUG 1: 1 active']],
  ]);
});

describe('[R22c] a kit in a cart', () => {
  life('is sold, leaves and is cancelled in whole kits', [
    [['reserve', { [KIT]: 4 }], 'active', ['TEA 1: 8 active', 'MUG 1: 4 active']],
    [['commit', { 1: 5 }], 'exceeds_reservation'],
    [
      ['commit', { 1: 3 }, { keepRest: true }],
      'active',
      ['TEA 1: 2 active', 'TEA 1: 6 owed', 'MUG 1: 1 active', 'MUG 1: 3 owed'],
    ],
    [['release', { 1: 1 }], 'committed', ['TEA 1: 6 owed', 'MUG 1: 3 owed']],
    [['fulfill', { 1: 1 }], 'committed', ['TEA 1: 4 owed', 'MUG 1: 2 owed']],
    [['cancel', { 1: 1 }], 'committed', ['TEA 1: 2 owed', 'MUG 1: 1 owed']],
    [['cancel', { 1: 2 }], 'exceeds_reservation'],
    [['fulfill', null], 'fulfilled', []],
  ]);

  life('[R18] is taken anew in whole kits', [
    [['reserve', { [KIT]: 4 }]],
    [['pass', 900_000], '', []],
    [['commit', { 1: 5 }, { reacquire: true }], 'exceeds_reservation', []],
    [['commit', { 1: 1 }, { reacquire: true }], 'committed', ['TEA 1: 2 owed', 'MUG 1: 1 owed']],
  ]);

  test('of which a part left before leaves with what is still missing of it', async () => {
    const shop = await CartShop.after([
      ['reserve', { [KIT]: 2 }],
      ['commit', null],
    ]);
    shop.object('TEA').tell(moved('shipped', 2, { for: 'cart.one' }));
    expect(await shop.ask(['fulfill', { 1: 1 }])).toBe('committed');
    expect(shop.promised()).toEqual(['TEA 1: 2 owed', 'MUG 1: 1 owed']);
    expect((await shop.seen()).lines).toMatchObject([{ line: 1, fulfilled: 1, owed: 1 }]);
  });
});

describe('[R39] a cart is seen', () => {
  test('as of the oldest of its items', async () => {
    const shop = await CartShop.after([RESERVED]);
    shop.skew('TEA', 5_000);
    expect((await shop.seen()).asOfMs).toBe(shop.nowMs);
  });

  test('[R11] as lapsed as soon as one of its items says so', async () => {
    const shop = await CartShop.after([RESERVED, ['pass', 899_000]]);
    shop.skew('MUG', 2_000);
    expect(await shop.seen()).toMatchObject({
      status: 'expired',
      expiresAtMs: null,
      lines: [
        { line: 1, open: 0, expired: 3, allocations: [] },
        { line: 2, open: 0, expired: 2, allocations: [] },
      ],
    });
  });

  test('with where its units are, and those of a kit by component', async () => {
    const shop = new CartShop();
    shop.object('TEA').tell(receive(4, 'store'));
    await shop.ask(['reserve', { [KIT]: 6, MUG: 1 }], 'one');
    const { lines } = await shop.seen();
    expect(lines).toMatchObject([
      {
        line: 1,
        sku: KIT,
        asked: 6,
        open: 6,
        backordered: 0,
        allocations: [{ location: 'dc', quantity: 5 }],
        components: [
          {
            sku: 'TEA',
            quantity: 2,
            allocations: [
              { location: 'dc', quantity: 10 },
              { location: 'store', quantity: 2 },
            ],
          },
          { sku: 'MUG', quantity: 1, allocations: [{ location: 'dc', quantity: 6 }] },
        ],
      },
      {
        line: 2,
        sku: 'MUG',
        asked: 1,
        open: 1,
        backordered: 0,
        allocations: [{ location: 'dc', quantity: 1 }],
        components: null,
      },
    ]);
  });
});

// A question to an object is its time and its rows: those are asked whom it concerns, and first for the answer only
// where several could disagree, or nothing would be lost by a no.
describe('[R23] whom a cart asks', () => {
  const PINNED: readonly Step[] = [RESERVED, ['pin']];
  const SOLD: readonly Step[] = [RESERVED, ['commit', null]];
  const table: readonly (readonly [
    name: string,
    before: readonly Step[],
    step: Step,
    tea: readonly string[],
    mug: readonly string[],
  ])[] = [
    ['to reserve', [], RESERVED, ['reserve'], ['reserve']],
    ['to reserve what one has not', [], ['reserve', units(3, 99)], ['reserve', 'release'], ['reserve']],
    ['to be sold in part of a line', [RESERVED], ['commit', { 1: 1 }], ['pin', 'commit'], ['commit']],
    [
      'to reserve from one place',
      [],
      ['reserve', units(3, 2), { split: 'never' }],
      ['reserve?', 'reserve?', 'reserve'],
      ['reserve?', 'reserve?', 'reserve'],
    ],
    ['to extend', [RESERVED], ['extend', 1_800_000], ['extend'], ['extend']],
    ['to extend to its end', [RESERVED], ['extend', 900_000], [], []],
    ['to grow by one item', [RESERVED], ['resize', { 1: 5, 2: 2 }], ['resize'], []],
    ['to grow by two', [RESERVED], ['resize', { 1: 5, 2: 4 }], ['resize?', 'resize'], ['resize?', 'resize']],
    ['to grow and shrink', [RESERVED], ['resize', { 1: 5, 2: 1 }], ['resize'], ['resize']],
    ['to shrink', [RESERVED], ['resize', { 1: 2, 2: 1 }], ['resize'], ['resize']],
    ['to be resized to what it is', [RESERVED], ['resize', { 1: 3, 2: 2 }], [], []],
    ['to be pinned', [RESERVED], ['pin'], ['pin'], ['pin']],
    ['to be pinned again', PINNED, ['pin'], [], []],
    ['to be pinned when it lapsed', LAPSED, ['pin'], ['pin?', 'pin'], ['pin?', 'pin']],
    ['to be sold', [RESERVED], ['commit', null], ['pin', 'commit'], ['pin', 'commit']],
    ['to be sold when it is pinned', PINNED, ['commit', null], ['commit'], ['commit']],
    ['to be sold in part', [RESERVED], ['commit', { 1: 3 }], ['pin', 'commit'], ['commit']],
    ['to be sold in part and kept', [RESERVED], ['commit', { 1: 1 }, { keepRest: true }], ['pin', 'commit', 'extend'], []],
    ['to be sold in part and kept pinned', PINNED, ['commit', { 1: 1 }, { keepRest: true }], ['commit'], []],
    ['to be watched by another', PINNED, ['commit', { 1: 3 }, { keepRest: true }], ['commit'], ['pin']],
    ['to be sold in nothing and kept', [RESERVED], ['commit', { 1: 0 }, { keepRest: true }], [], []],
    ['to be sold when it lapsed', LAPSED, ['commit', { 1: 1 }, { reacquire: true }], ['pin?', 'pin', 'commit', 'extend'], []],
    ['to be given back', [RESERVED], ['release', null], ['release'], ['release']],
    ['to be given back in part', [RESERVED], ['release', { 1: 1 }], ['release'], []],
    ['to be given back in part while it is pinned', PINNED, ['release', { 1: 1 }], ['release'], []],
    ['to be given back in nothing', [RESERVED], ['release', { 1: 0 }], [], []],
    ['to leave', SOLD, ['fulfill', null], ['fulfill?', 'fulfill'], ['fulfill?', 'fulfill']],
    ['to leave in part', SOLD, ['fulfill', { 1: 1 }], ['fulfill'], []],
    ['to leave in nothing', SOLD, ['fulfill', { 1: 0 }], [], []],
    ['to be cancelled', SOLD, ['cancel', null], ['cancel'], ['cancel']],
  ];
  test.each(table)('%s', async (_, before, step, tea, mug) => {
    const shop = await CartShop.after(before);
    const objects = [shop.object('TEA'), shop.object('MUG')];
    for (const { questions } of objects) questions.length = 0;
    await shop.ask(step);
    expect(objects.map(({ questions }) => questions)).toEqual([tea, mug]);
  });
});

describe('[R24] what nobody can decide', () => {
  const silentFrom = async (type: 'pin' | 'resize' | 'extend', step: Step) => {
    const shop = await CartShop.after([RESERVED]);
    shop.falls('MUG', type);
    const said = await shop.ask(step);
    shop.nowMs += 30_000;
    await shop.alarms();
    shop.object('MUG').silent = false;
    await shop.alarms();
    return [said, shop.promised()];
  };

  test('a commit that never learns whether all of it is there gives all of it back', async () => {
    expect(await silentFrom('pin', ['commit', null])).toEqual(['unknown', []]);
  });

  test('an extend or a resize that never learns it goes on when it can', async () => {
    expect(await silentFrom('extend', ['extend', 1_800_000])).toEqual(['unknown', ALL]);
    expect(await silentFrom('resize', ['resize', { 2: 4 }])).toEqual(['unknown', ['TEA 1: 3 active', 'MUG 2: 4 active']]);
  });

  test('a pin that fails gives everything back', async () => {
    const shop = await CartShop.after([RESERVED, ['pass', 899_000]]);
    shop.beforeEach('MUG', 'pin', () => {
      shop.skew('MUG', 2_000);
      shop.othersTake('MUG', 9);
    });
    expect(await shop.ask(['pin'])).toBe('insufficient_stock');
    await shop.cart.ring();
    shop.skew('MUG', 0);
    expect(shop.promised()).toEqual([]);
  });

  test('a pin of what lapsed, of which one item says nothing, has taken nothing, and can be asked again', async () => {
    const shop = await CartShop.after(LAPSED);
    shop.object('MUG').silent = true;
    expect(await shop.ask(['pin'])).toBe('unknown');
    shop.nowMs += 30_000;
    await shop.alarms();
    expect(shop.promised()).toEqual([]);
    shop.object('MUG').silent = false;
    expect(await shop.ask(['pin'])).toBe('pinned');
    expect(shop.promised()).toEqual(ALL_PINNED);
  });

  test('[R25] what a commit pins and cannot tell yet is watched by the first alone', async () => {
    const shop = await CartShop.after([RESERVED]);
    shop.falls('MUG', 'commit');
    expect(await shop.ask(['commit', null])).toBe('unknown');
    shop.object('MUG').silent = false;
    expect(shop.promised()).toEqual(['TEA 1: 3 owed', 'MUG 2: 2 pinned']);
    expect(shop.watching()).toEqual([]);
  });

  test('a commit that is refused keeps its lines under their deadline', async () => {
    const shop = await CartShop.after([RESERVED, ['pass', 899_000]]);
    shop.beforeEach('MUG', 'pin', () => shop.skew('MUG', 2_000));
    expect(await shop.ask(['commit', null])).toBe('reservation_expired');
    shop.skew('MUG', 0);
    expect(shop.promised()).toEqual(['TEA 1: 3 active']);
  });
});
