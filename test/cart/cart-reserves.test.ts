import { describe, expect, test } from 'vitest';
import type { CartLine, ReserveCart } from '../../domain/cart/cart.ts';
import type { CartResult } from '../../durable-objects/cart-reservation/protocol.ts';
import { channel, location, reservationId, sku } from '../story/ids.ts';
import { receive } from '../story/orders.ts';
import { NETWORK } from '../story/story.ts';
import { CartShop, KIT } from './cart-shop.ts';

type Wish = readonly [name: string, quantity: number, more?: { readonly at?: string; readonly stopSell?: true }];
type Options = Partial<Pick<ReserveCart, 'mode' | 'split' | 'buyer'>> & { readonly from?: readonly string[] };

const PARTIAL = { mode: 'partial' } as const;
const ONE_PLACE = { split: 'never', from: ['store', 'dc'] } as const;

function lineOf([name, quantity, { at, stopSell }]: [string, number, NonNullable<Wish[2]>], line: number): CartLine {
  const kit = [
    { sku: sku('TEA'), units: 2 },
    { sku: sku('MUG'), units: 1 },
  ];
  return {
    line,
    sku: sku(name),
    quantity,
    at: at === undefined ? null : location(at),
    parts: name === KIT ? kit : [{ sku: sku(name), units: 1 }],
    ...(stopSell === undefined ? {} : { stopSell }),
  };
}

/** A cart over TEA and MUG, ten of each in the `dc`; a KIT is two of tea and a mug. */
function reserve(shop: CartShop, wishes: readonly Wish[], options: Options = {}, key = 'key'): Promise<CartResult> {
  const { mode = 'all_or_nothing', split = 'allowed', buyer = null, from = [] } = options;
  const command: ReserveCart = {
    type: 'reserve',
    cart: reservationId('cart.one'),
    channel: channel('web'),
    buyer,
    ttlMs: 900_000,
    lines: wishes.map(([name, quantity, more = {}], index) => lineOf([name, quantity, more], index + 1)),
    mode,
    split,
    prefer: [],
    candidates: from.map(location),
  };
  return shop.cart.stub.execute({ network: NETWORK, key: { hash: key, fingerprint: 'same' }, correlationId: 'c', command });
}

/** What is granted by line, or the code of the refusal and what each short line could get. */
async function said(shop: CartShop, wishes: readonly Wish[], options: Options = {}) {
  const result = await reserve(shop, wishes, options);
  if (result.outcome !== 'answered') return result.outcome;
  const { answer } = result;
  if (answer.accepted) return answer.cart.lines.map(({ open }) => open);
  const { rejection } = answer;
  if (!('lines' in rejection)) return rejection;
  const lines = rejection.lines.map(({ line, requested, available, code }) =>
    code === undefined ? [line, requested, available] : [line, requested, available, code],
  );
  return [rejection.code, ...lines];
}

type Case = readonly [name: string, wishes: readonly Wish[], said: unknown, promised: readonly string[]];

function cases(table: readonly Case[], options: Options = {}, before: (shop: CartShop) => void = () => {}): void {
  test.each(table)('%s', async (_, wishes, expected, promised) => {
    const shop = new CartShop();
    before(shop);
    expect(await said(shop, wishes, options)).toEqual(expected);
    expect(shop.promised()).toEqual(promised);
  });
}

describe('[R22] a cart that must be had whole', () => {
  cases([
    [
      'is had',
      [
        ['TEA', 3],
        ['MUG', 2],
      ],
      [3, 2],
      ['TEA 1: 3 active', 'MUG 2: 2 active'],
    ],
    [
      'is had to the last unit',
      [
        ['TEA', 10],
        ['MUG', 10],
      ],
      [10, 10],
      ['TEA 1: 10 active', 'MUG 2: 10 active'],
    ],
    [
      'hears of the one line that is short',
      [
        ['TEA', 3],
        ['MUG', 11],
      ],
      ['insufficient_stock', [2, 11, 10]],
      [],
    ],
    [
      'hears of all lines that are short',
      [
        ['TEA', 12],
        ['MUG', 11],
      ],
      ['insufficient_stock', [1, 12, 10], [2, 11, 10]],
      [],
    ],
    [
      '[R15] has two lines of one item from one sum',
      [
        ['TEA', 6],
        ['TEA', 5],
        ['MUG', 1],
      ],
      ['insufficient_stock', [2, 5, 4]],
      [],
    ],
    ['[R22c] hears of kits in kits', [[KIT, 6]], ['insufficient_stock', [1, 6, 5]], []],
    [
      '[R22c] hears what a kit leaves to the line beside it',
      [
        [KIT, 4],
        ['TEA', 3],
      ],
      ['insufficient_stock', [2, 3, 2]],
      [],
    ],
    [
      '[R22c] hears of no line beside a kit that has enough',
      [
        [KIT, 6],
        ['MUG', 5],
      ],
      ['insufficient_stock', [1, 6, 5]],
      [],
    ],
    [
      'has at a place what is there',
      [
        ['TEA', 3, { at: 'dc' }],
        ['TEA', 1, { at: 'store' }],
      ],
      ['insufficient_stock', [2, 1, 0]],
      [],
    ],
  ]);

  test('[R40] hears which item its object does not know, and keeps nothing of the others', async () => {
    const shop = new CartShop();
    expect(
      await said(shop, [
        ['TEA', 3],
        ['POT', 1],
      ]),
    ).toEqual({ code: 'sku_unknown', sku: 'POT' });
    expect(shop.promised()).toEqual([]);
    shop.object('POT').tell({ type: 'set_item', status: 'active', policy: null });
    shop.object('POT').tell(receive(1));
    expect(
      await said(shop, [
        ['TEA', 3],
        ['POT', 1],
      ]),
    ).toEqual([3, 1]);
  });

  test('is no reservation where it was refused', async () => {
    const shop = new CartShop();
    await said(shop, [
      ['TEA', 3],
      ['MUG', 11],
    ]);
    expect(await shop.ask(['pin'])).toBe('reservation_not_found');
    expect(shop.cart.store.read()).toMatchObject({ stage: 'refused', held: [] });
  });

  test('[R11] is given up where its end came before one of its items heard of it', async () => {
    const shop = new CartShop();
    shop.beforeEach('MUG', 'reserve', () => shop.skew('MUG', 900_000));
    expect(
      await said(shop, [
        ['TEA', 3],
        ['MUG', 2],
      ]),
    ).toBe('unknown');
    await shop.cart.ring();
    expect(shop.promised()).toEqual([]);
  });

  test('hears as of when it was, and at which sequence, that it is short', async () => {
    const shop = new CartShop();
    shop.skew('TEA', -5_000);
    const { sequence } = shop.object('TEA').stock;
    expect(
      await reserve(shop, [
        ['TEA', 11],
        ['MUG', 11],
      ]),
    ).toMatchObject({
      answer: { rejection: { asOfMs: shop.nowMs - 5_000, lines: [{ line: 1, sequence }, { line: 2 }] } },
    });
  });
});

describe('[R16] a cart in part', () => {
  cases(
    [
      [
        'is had whole where all of it is there',
        [
          ['TEA', 3],
          ['MUG', 2],
        ],
        [3, 2],
        ['TEA 1: 3 active', 'MUG 2: 2 active'],
      ],
      [
        'gets what there is',
        [
          ['TEA', 12],
          ['MUG', 2],
        ],
        [10, 2],
        ['TEA 1: 10 active', 'MUG 2: 2 active'],
      ],
      ['[R22c] gets whole kits, and no part of another', [[KIT, 6]], [5], ['TEA 1: 10 active', 'MUG 1: 5 active']],
      [
        '[R22c] gets beside a kit what that cannot use',
        [
          [KIT, 6],
          ['MUG', 9],
        ],
        [5, 5],
        ['TEA 1: 10 active', 'MUG 1: 5 active', 'MUG 2: 5 active'],
      ],
      [
        '[R22c] gets no kit that is not for sale',
        [
          [KIT, 1, { stopSell: true }],
          ['TEA', 2],
        ],
        [0, 2],
        ['TEA 2: 2 active'],
      ],
      ['[R22c] is nothing where only that was asked for', [[KIT, 1, { stopSell: true }]], ['insufficient_stock', [1, 1, 0]], []],
    ],
    PARTIAL,
  );

  describe('of which one item is sold', () => {
    cases(
      [
        [
          'gets the others',
          [
            ['TEA', 2],
            ['MUG', 2],
          ],
          [0, 2],
          ['MUG 2: 2 active'],
        ],
        [
          'is refused where there is nothing else',
          [
            ['TEA', 2],
            ['TEA', 1],
          ],
          ['insufficient_stock', [1, 2, 0], [2, 1, 0]],
          [],
        ],
        ['[R22c] is refused where no kit can be made', [[KIT, 2]], ['insufficient_stock', [1, 2, 0]], []],
        [
          '[R22c] gets beside such a kit what it asked for',
          [
            [KIT, 2],
            ['MUG', 9],
          ],
          [0, 9],
          ['MUG 2: 9 active'],
        ],
      ],
      PARTIAL,
      (shop) => shop.othersTake('TEA', 10),
    );
  });

  test('that finds nothing hears as of when that was', async () => {
    const shop = new CartShop();
    for (const name of ['TEA', 'MUG']) shop.othersTake(name, 10);
    shop.skew('MUG', -5_000);
    const sequences = ['TEA', 'MUG'].map((name) => shop.object(name).stock.sequence);
    expect(
      await reserve(
        shop,
        [
          ['TEA', 1],
          ['MUG', 1],
        ],
        PARTIAL,
      ),
    ).toMatchObject({
      answer: { rejection: { asOfMs: shop.nowMs - 5_000, lines: sequences.map((sequence) => ({ sequence })) } },
    });
  });
});

describe('[R22c] a kit that is not for sale', () => {
  cases([
    [
      'is short by all of it',
      [
        [KIT, 2, { stopSell: true }],
        ['TEA', 2],
      ],
      ['insufficient_stock', [1, 2, 0]],
      [],
    ],
    [
      'is told in the order of the lines, beside what else is short',
      [
        ['TEA', 11],
        [KIT, 2, { stopSell: true }],
        ['MUG', 12],
      ],
      ['insufficient_stock', [1, 11, 10], [2, 2, 0], [3, 12, 10]],
      [],
    ],
  ]);
});

describe('[R27c] a buyer who may have four of tea', () => {
  const capped = (shop: CartShop): void => shop.capsBuyers('TEA', 4);
  cases(
    [
      [
        'has four',
        [
          ['TEA', 4],
          ['MUG', 2],
        ],
        [4, 2],
        ['TEA 1: 4 active', 'MUG 2: 2 active'],
      ],
      [
        'hears that it is the cap',
        [
          ['TEA', 5],
          ['MUG', 2],
        ],
        ['buyer_cap_exceeded', [1, 5, 4]],
        [],
      ],
      [
        'hears which line it is where another is short',
        [
          ['TEA', 5],
          ['MUG', 12],
        ],
        ['insufficient_stock', [1, 5, 4, 'buyer_cap_exceeded'], [2, 12, 10]],
        [],
      ],
      [
        'hears so beside a kit that is not for sale',
        [
          ['TEA', 5],
          [KIT, 1, { stopSell: true }],
        ],
        ['insufficient_stock', [1, 5, 4, 'buyer_cap_exceeded'], [2, 1, 0]],
        [],
      ],
      ['[R22c] hears it of kits in kits', [[KIT, 3]], ['buyer_cap_exceeded', [1, 3, 2]], []],
    ],
    { buyer: 'ann' },
    capped,
  );

  test('[R16] has those in part, and hears that it is the cap where they had them', async () => {
    const shop = new CartShop();
    capped(shop);
    shop.object('TEA').tell({
      type: 'reserve',
      reservation: reservationId('before'),
      channel: channel('web'),
      buyer: 'ann',
      ttlMs: 900_000,
      lines: [{ line: 1, quantity: 4, at: null }],
      mode: 'all_or_nothing',
      split: 'allowed',
    });
    expect(
      await said(
        shop,
        [
          ['TEA', 1],
          ['TEA', 2],
        ],
        { ...PARTIAL, buyer: 'ann' },
      ),
    ).toEqual(['buyer_cap_exceeded', [1, 1, 0], [2, 2, 0]]);
  });
});

describe('[R22b] a cart that must come from one place', () => {
  const stocked =
    (tea: number, mug: number) =>
    (shop: CartShop): void => {
      if (tea > 0) shop.object('TEA').tell(receive(tea, 'store'));
      if (mug > 0) shop.object('MUG').tell(receive(mug, 'store'));
    };
  const placesOf = async (shop: CartShop) => {
    const { lines } = await shop.seen();
    return lines.map(({ allocations }) => allocations.map((one) => one.location));
  };

  test('comes from the first that has all of it', async () => {
    const shop = new CartShop();
    stocked(3, 2)(shop);
    expect(
      await said(
        shop,
        [
          ['TEA', 3],
          ['MUG', 2],
        ],
        ONE_PLACE,
      ),
    ).toEqual([3, 2]);
    expect(await placesOf(shop)).toEqual([['store'], ['store']]);
  });

  test('comes from the next where the first lacks something', async () => {
    const shop = new CartShop();
    stocked(3, 1)(shop);
    expect(
      await said(
        shop,
        [
          ['TEA', 3],
          ['MUG', 2],
        ],
        ONE_PLACE,
      ),
    ).toEqual([3, 2]);
    expect(await placesOf(shop)).toEqual([['dc'], ['dc']]);
  });

  test('comes from where a line names it, and nowhere else', async () => {
    const shop = new CartShop();
    stocked(3, 1)(shop);
    const wishes: readonly Wish[] = [
      ['TEA', 3, { at: 'store' }],
      ['MUG', 2],
    ];
    expect(await said(shop, wishes, ONE_PLACE)).toEqual(['insufficient_stock', [2, 2, 1]]);
  });

  test('comes from where a line names it, whatever places were found', async () => {
    const shop = new CartShop();
    stocked(3, 2)(shop);
    const wishes: readonly Wish[] = [
      ['TEA', 3, { at: 'store' }],
      ['MUG', 2],
    ];
    expect(await said(shop, wishes, { ...ONE_PLACE, from: ['dc'] })).toEqual([3, 2]);
    expect(await placesOf(shop)).toEqual([['store'], ['store']]);
  });

  test('is the only one for which places are tried', async () => {
    const shop = new CartShop();
    expect(await said(shop, [['TEA', 3]], { from: ['store'] })).toEqual([3]);
  });

  test('is given up too while nobody knows whether a place has it, and begins anew', async () => {
    const shop = new CartShop();
    shop.object('MUG').silent = true;
    expect(
      await said(
        shop,
        [
          ['TEA', 3],
          ['MUG', 2],
        ],
        ONE_PLACE,
      ),
    ).toBe('unknown');
    shop.nowMs += 30_000;
    await shop.cart.ring();
    shop.object('MUG').silent = false;
    expect(shop.cart.store.read()?.running ?? null).toBeNull();
    expect(
      await said(
        shop,
        [
          ['TEA', 3],
          ['MUG', 2],
        ],
        ONE_PLACE,
      ),
    ).toEqual([3, 2]);
  });

  describe('hears what the place lacks that lacks least', () => {
    const wishes: readonly Wish[] = [
      ['TEA', 12],
      ['MUG', 11],
    ];
    cases([['the first of the places', wishes, ['insufficient_stock', [1, 12, 11]], []]], ONE_PLACE, stocked(11, 11));
    cases([['the last of them', wishes, ['insufficient_stock', [1, 12, 10], [2, 11, 10]], []]], ONE_PLACE, stocked(9, 9));
    cases([['the first of those that lack as much', wishes, ['insufficient_stock', [1, 12, 9]], []]], ONE_PLACE, stocked(9, 11));
  });

  test('and finds its units gone at the first tries the next, and keeps nothing there', async () => {
    const shop = new CartShop();
    stocked(3, 2)(shop);
    shop.beforeEach('MUG', 'reserve', () => shop.othersTakeAt('MUG', 2, 'store'));
    expect(
      await said(
        shop,
        [
          ['TEA', 3],
          ['MUG', 2],
        ],
        ONE_PLACE,
      ),
    ).toEqual([3, 2]);
    expect(await placesOf(shop)).toEqual([['dc'], ['dc']]);
    expect(shop.promised()).toEqual(['TEA 1: 3 active', 'MUG 2: 2 active']);
  });

  test('[R16] gets in part what one place has', async () => {
    const shop = new CartShop();
    stocked(3, 2)(shop);
    expect(
      await said(
        shop,
        [
          [KIT, 9],
          ['MUG', 9],
        ],
        { ...ONE_PLACE, ...PARTIAL, from: ['dc'] },
      ),
    ).toEqual([5, 5]);
    expect(await placesOf(shop)).toEqual([['dc'], ['dc']]);
  });
});

describe('objects that do not answer', () => {
  /** Half a minute later the alarm rings, and then the silent one answers again. */
  const givenUp = async (shop: CartShop): Promise<void> => {
    shop.nowMs += 30_000;
    await shop.cart.ring();
    shop.object('MUG').silent = false;
  };
  const wishes: readonly Wish[] = [
    ['TEA', 3],
    ['MUG', 2],
  ];

  test('[R23] a cart that nobody can decide for half a minute is given up, and begins anew under the same key', async () => {
    const shop = new CartShop();
    shop.object('MUG').silent = true;
    expect(await said(shop, wishes)).toBe('unknown');
    shop.nowMs += 29_999;
    await shop.cart.ring();
    expect(shop.promised()).toEqual(['TEA 1: 3 active']);
    shop.nowMs += 1;
    await shop.cart.ring();
    expect(shop.promised()).toEqual([]);
    shop.object('MUG').silent = false;
    expect(await said(shop, wishes)).toEqual([3, 2]);
    await shop.cart.ring();
    expect(shop.promised()).toEqual(['TEA 1: 3 active', 'MUG 2: 2 active']);
  });

  test('[R22] a cart of which one item is short for sure is refused, whatever the silent one would say', async () => {
    const shop = new CartShop();
    shop.object('MUG').silent = true;
    expect(
      await said(shop, [
        ['TEA', 11],
        ['MUG', 2],
      ]),
    ).toBe('unknown');
    await givenUp(shop);
    expect(
      await said(shop, [
        ['TEA', 11],
        ['MUG', 2],
      ]),
    ).toEqual(['insufficient_stock', [1, 11, 10]]);
    expect(shop.promised()).toEqual([]);
  });

  test('[R16] a cart in part is not refused for one item that is short', async () => {
    const shop = new CartShop();
    shop.othersTake('TEA', 10);
    shop.object('MUG').silent = true;
    expect(await said(shop, wishes, PARTIAL)).toBe('unknown');
    await givenUp(shop);
    expect(await said(shop, wishes, PARTIAL)).toEqual([0, 2]);
  });

  test('[R20] a cart that a release overtook is had under a name of its own', async () => {
    const shop = new CartShop();
    await reserve(shop, wishes, {}, 'first');
    await shop.ask(['release', null], 'given back');
    shop.forgetCart();
    shop.nowMs += 1;
    expect(await said(shop, wishes)).toEqual([3, 2]);
    expect(shop.cart.store.read()).toMatchObject({ attempt: 2, stage: 'reserved' });
  });
});
