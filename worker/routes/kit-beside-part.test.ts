import { describe, expect, test } from 'vitest';
import { MUG, Shop, TEA, type Said } from '../../test/shop.ts';

const SET = 'SET-1';

interface Setting {
  readonly tea: number;
  readonly mug: number;
  readonly teaPerSet?: number;
}

/** A set of teas and one mug beside its parts. */
async function shopWith({ tea, mug, teaPerSet = 1 }: Setting): Promise<Shop> {
  const shop = await Shop.open();
  const components = [
    { sku: TEA, factor: teaPerSet },
    { sku: MUG, factor: 1 },
  ];
  await shop.put(`/v1/items/${SET}`, { status: 'active', components });
  await shop.receive(TEA, tea);
  await shop.receive(MUG, mug);
  return shop;
}

type Line = readonly [sku: string, quantity: number, location?: string];

const reserve = (shop: Shop, lines: readonly Line[], extra: object = {}): Promise<Said> =>
  shop.post('web', '/v1/reservations', {
    lines: lines.map(([sku, quantity, location]) => ({ sku, quantity, ...(location === undefined ? {} : { location }) })),
    ...extra,
  });

const PARTIAL = { mode: 'partial' };
const granted = ({ status, body }: Said): readonly number[] => [
  status,
  ...body.lines.map((line: { reserved: number }) => line.reserved),
];
const short = ({ status, body }: Said): readonly unknown[] => [
  status,
  body.code,
  ...body.lines.map((line: { line: number; available: number }) => [line.line, line.available]),
];

async function left(shop: Shop): Promise<readonly number[]> {
  const of = async (sku: string): Promise<number> =>
    (await shop.get('web', `/v1/availability/${sku}?consistency=strong`)).body.available_to_sell;
  return [await of(TEA), await of(MUG)];
}

describe('a kit that cannot be made keeps nothing from the line beside it', () => {
  test('[I8, R16] in part, a part that no whole kit can use is granted to who asked for it alone', async () => {
    const shop = await shopWith({ tea: 1, mug: 1, teaPerSet: 2 });
    const said = await reserve(
      shop,
      [
        [SET, 1],
        [MUG, 1],
      ],
      PARTIAL,
    );
    expect([granted(said), await left(shop)]).toEqual([
      [201, 0, 1],
      [1, 0],
    ]);
  });

  test('[R16] in part, a kit takes of its parts as many as it makes whole ones of', async () => {
    const shop = await shopWith({ tea: 1, mug: 5 });
    const said = await reserve(
      shop,
      [
        [SET, 3],
        [MUG, 4],
      ],
      PARTIAL,
    );
    expect([granted(said), await left(shop)]).toEqual([
      [201, 1, 4],
      [0, 0],
    ]);
    expect(said.body.lines[0]).toMatchObject({ quantity: 3, reserved: 1, open: 1 });
  });

  test('[R16] in part, what one kit cannot use another one can', async () => {
    const shop = await shopWith({ tea: 1, mug: 1, teaPerSet: 2 });
    await shop.put('/v1/items/SMALL', {
      status: 'active',
      components: [
        { sku: MUG, factor: 1 },
        { sku: TEA, factor: 1 },
      ],
    });
    shop.nowMs += 1_000;
    expect(
      granted(
        await reserve(
          shop,
          [
            [SET, 1],
            ['SMALL', 1],
          ],
          PARTIAL,
        ),
      ),
    ).toEqual([201, 0, 1]);
  });

  test('[R16, R22b] in part and from one place, the kit is limited by what is at that place', async () => {
    const shop = await shopWith({ tea: 1, mug: 3 });
    await shop.receive(TEA, 9, 'store');
    expect(
      granted(
        await reserve(
          shop,
          [
            [SET, 3, 'dc'],
            [MUG, 2, 'dc'],
          ],
          { ...PARTIAL, split: 'never' },
        ),
      ),
    ).toEqual([201, 1, 2]);
  });

  test('[R16] nothing that one could have is nothing at all, and is refused', async () => {
    const shop = await shopWith({ tea: 1, mug: 1, teaPerSet: 2 });
    expect(
      short(
        await reserve(
          shop,
          [
            [SET, 1],
            [SET, 2],
          ],
          PARTIAL,
        ),
      ),
    ).toEqual([409, 'insufficient_stock', [1, 0], [2, 0]]);
    expect(await left(shop)).toEqual([1, 1]);
  });

  test('[I8, R22] refused whole, only lines that are short are named, each with what it could get beside the others', async () => {
    const one = await shopWith({ tea: 1, mug: 1, teaPerSet: 2 });
    expect(
      short(
        await reserve(one, [
          [SET, 1],
          [MUG, 1],
        ]),
      ),
    ).toEqual([409, 'insufficient_stock', [1, 0]]);
    const few = await shopWith({ tea: 1, mug: 5 });
    expect(
      short(
        await reserve(few, [
          [SET, 3],
          [MUG, 4],
        ]),
      ),
    ).toEqual([409, 'insufficient_stock', [1, 1]]);
    expect(
      short(
        await reserve(few, [
          [SET, 3],
          [MUG, 6],
        ]),
      ),
    ).toEqual([409, 'insufficient_stock', [1, 1], [2, 4]]);
    expect(await left(few)).toEqual([1, 5]);
  });
});

describe('a kit that is not for sale', () => {
  async function stopped(setting: Setting): Promise<Shop> {
    const shop = await shopWith(setting);
    await shop.put(`/v1/items/${SET}/policy`, { stop_sell: true });
    shop.nowMs += 1_000;
    return shop;
  }

  test('[R16, R22c] is left out of a cart in part, and its component beside it is granted', async () => {
    const shop = await stopped({ tea: 5, mug: 5 });
    const said = await reserve(
      shop,
      [
        [SET, 1],
        [MUG, 1],
      ],
      PARTIAL,
    );
    expect([granted(said), await left(shop)]).toEqual([
      [201, 0, 1],
      [5, 4],
    ]);
  });

  test('[I8, R22c] is the only short line of a cart that has enough of the component', async () => {
    const shop = await stopped({ tea: 5, mug: 1 });
    expect(
      short(
        await reserve(shop, [
          [SET, 1],
          [MUG, 1],
        ]),
      ),
    ).toEqual([409, 'insufficient_stock', [1, 0]]);
    expect(
      short(
        await reserve(shop, [
          [SET, 1],
          [MUG, 3],
        ]),
      ),
    ).toEqual([409, 'insufficient_stock', [1, 0], [2, 1]]);
  });

  test('[R16, R22c] alone is nothing, in part too', async () => {
    const shop = await stopped({ tea: 5, mug: 5 });
    expect(short(await reserve(shop, [[SET, 1]], PARTIAL))).toEqual([409, 'insufficient_stock', [1, 0]]);
  });
});

describe('a line over the cap of its buyer beside one that is short', () => {
  async function capped(): Promise<Shop> {
    const shop = await shopWith({ tea: 5, mug: 5 });
    await shop.put(`/v1/items/${MUG}/policy`, { buyer_cap: { quantity: 2, period_seconds: 3_600 } });
    shop.nowMs += 1_000;
    return shop;
  }
  const ANN = { buyer: 'ann' };

  test('[R22, R27c] says what the buyer may have, and that it is the cap', async () => {
    const shop = await capped();
    const { status, body } = await reserve(
      shop,
      [
        [TEA, 9],
        [MUG, 3],
      ],
      ANN,
    );
    expect([status, body.code]).toEqual([409, 'insufficient_stock']);
    expect(body.lines).toEqual([
      { line: 1, sku: TEA, requested: 9, available: 5, sequence: expect.any(Number) },
      { line: 2, sku: MUG, requested: 3, available: 2, sequence: expect.any(Number), code: 'buyer_cap_exceeded' },
    ]);
    await reserve(shop, [[MUG, 2]], ANN);
    const again = await reserve(
      shop,
      [
        [TEA, 9],
        [MUG, 3],
      ],
      ANN,
    );
    expect(again.body.lines[1]).toMatchObject({ available: 0, code: 'buyer_cap_exceeded' });
  });

  test('[R22c, R27c] is one of both where a kit beside it is not for sale', async () => {
    const shop = await capped();
    await shop.put(`/v1/items/${SET}/policy`, { stop_sell: true });
    shop.nowMs += 1_000;
    const { body } = await reserve(
      shop,
      [
        [SET, 1],
        [MUG, 3],
      ],
      ANN,
    );
    expect([body.code, body.lines]).toMatchObject([
      'insufficient_stock',
      [{ available: 0 }, { available: 2, code: 'buyer_cap_exceeded' }],
    ]);
  });

  test('[R22, R27c] a kit over the cap leaves its other parts to the line beside it', async () => {
    const shop = await capped();
    expect(
      short(
        await reserve(
          shop,
          [
            [SET, 3],
            [TEA, 3],
          ],
          ANN,
        ),
      ),
    ).toEqual([409, 'buyer_cap_exceeded', [1, 2]]);
    expect(
      granted(
        await reserve(
          shop,
          [
            [SET, 3],
            [TEA, 9],
          ],
          { ...ANN, ...PARTIAL },
        ),
      ),
    ).toEqual([201, 2, 3]);
    const nothing = await reserve(
      shop,
      [
        [SET, 1],
        [SET, 2],
      ],
      { ...ANN, ...PARTIAL },
    );
    expect(short(nothing)).toEqual([409, expect.any(String), [1, 0], [2, 0]]);
  });
});
