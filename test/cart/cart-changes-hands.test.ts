import { describe, expect, test } from 'vitest';
import type { AdoptOrder, CartCommand } from '../../domain/cart/cart.ts';
import type { HandOver } from '../../domain/command.ts';
import { channel, location, reservationId, sku, source } from '../story/ids.ts';
import { NETWORK } from '../story/story.ts';
import { CartShop, type Step } from './cart-shop.ts';

const ID = reservationId('cart.one');
const RESERVED: Step = ['reserve', { TEA: 3, MUG: 2 }];

async function gistOf(shop: CartShop, command: CartCommand, key: string = command.type): Promise<string> {
  const call = { network: NETWORK, key: { hash: key, fingerprint: 'same' }, correlationId: 'c' };
  const result = await shop.cart.stub.execute({ ...call, command });
  if (result.outcome !== 'answered') return result.outcome;
  return result.answer.accepted ? result.answer.cart.status : result.answer.rejection.code;
}

const handOver = (shop: CartShop, to: Pick<HandOver, 'buyer' | 'reference'>, key?: string): Promise<string> =>
  gistOf(shop, { type: 'hand_over', reservation: ID, caller: channel('web'), ...to }, key);

/** To whom the objects say that it belongs. */
function owners(shop: CartShop): readonly unknown[] {
  return ['TEA', 'MUG'].map((name) => {
    const held = shop.object(name).stock.live.get(ID);
    return held === undefined ? null : [held.buyer, held.reference ?? null];
  });
}

function questions(shop: CartShop): readonly (readonly string[])[] {
  return ['TEA', 'MUG'].map((name) => shop.object(name).questions.splice(0));
}

describe('[R41] a cart is handed over', () => {
  test('whole: to a buyer, to a reference, to both, and what is not named stays', async () => {
    const shop = await CartShop.after([RESERVED]);
    questions(shop);
    expect(await handOver(shop, { buyer: 'bob' })).toBe('active');
    expect(questions(shop)).toEqual([
      ['hand_over?', 'hand_over'],
      ['hand_over?', 'hand_over'],
    ]);
    expect(owners(shop)).toEqual([
      ['bob', null],
      ['bob', null],
    ]);
    await handOver(shop, { reference: 'SO-1' }, 'second');
    expect(await shop.seen()).toMatchObject({ buyer: 'bob', reference: 'SO-1' });
    await handOver(shop, { buyer: 'cat', reference: null }, 'third');
    expect(owners(shop)).toEqual([
      ['cat', null],
      ['cat', null],
    ]);
    expect(await shop.seen()).toMatchObject({ buyer: 'cat', reference: null });
  });

  test('to whom it belongs already without asking anybody', async () => {
    const shop = await CartShop.after([RESERVED]);
    questions(shop);
    expect(await handOver(shop, { buyer: 'ann' })).toBe('active');
    expect(await handOver(shop, { buyer: 'ann', reference: null }, 'second')).toBe('active');
    expect(questions(shop)).toEqual([[], []]);
  });

  test('or not at all where the buyer may not have so much of one item', async () => {
    const shop = await CartShop.after([RESERVED]);
    shop.capsBuyers('MUG', 1);
    expect(await handOver(shop, { buyer: 'bob' })).toBe('buyer_cap_exceeded');
    expect(owners(shop)).toEqual([
      ['ann', null],
      ['ann', null],
    ]);
    expect(await shop.seen()).toMatchObject({ buyer: 'ann' });
  });

  test('back where the cap falls in the last moment, also to a buyer who may not have so much any more', async () => {
    const shop = await CartShop.after([RESERVED]);
    await handOver(shop, { reference: 'SO-1' }, 'first');
    shop.beforeEach('MUG', 'hand_over', () => {
      shop.capsBuyers('MUG', 1);
      shop.capsBuyers('TEA', 1);
    });
    expect(await handOver(shop, { buyer: 'bob', reference: 'SO-2' })).toBe('buyer_cap_exceeded');
    expect(owners(shop)).toEqual([
      ['ann', 'SO-1'],
      ['ann', 'SO-1'],
    ]);
  });

  test('as far as it lives, and what is closed stays whose it was', async () => {
    const shop = await CartShop.after([RESERVED, ['release', { 2: 2 }]]);
    questions(shop);
    expect(await handOver(shop, { buyer: 'bob' })).toBe('active');
    expect(questions(shop)).toEqual([['hand_over'], []]);
    expect(owners(shop)).toEqual([
      ['bob', null],
      ['ann', null],
    ]);
  });

  test('while it is owed, and not when it is over', async () => {
    const shop = await CartShop.after([RESERVED, ['commit', null]]);
    expect(await handOver(shop, { buyer: 'bob' })).toBe('committed');
    await shop.ask(['fulfill', null], 'leave');
    expect(await handOver(shop, { buyer: 'cat' }, 'second')).toBe('already_fulfilled');
  });
});

describe('[R30c] an order of several items that was accepted elsewhere', () => {
  const order: AdoptOrder = {
    type: 'adopt',
    cart: ID,
    channel: channel('web'),
    id: 'M-1',
    source: source('market'),
    books: 'front',
    orderRef: 'M-1',
    mark: null,
    placedAtMs: 500_000,
    lines: [
      { line: 1, sku: sku('TEA'), quantity: 12, at: location('dc'), parts: [{ sku: sku('TEA'), units: 1 }] },
      {
        line: 2,
        sku: sku('KIT'),
        quantity: 2,
        at: null,
        parts: [
          { sku: sku('TEA'), units: 2 },
          { sku: sku('MUG'), units: 1 },
        ],
      },
      { line: 3, sku: sku('MUG'), quantity: 1, at: null, parts: [{ sku: sku('MUG'), units: 1 }] },
    ],
  };
  const OWED = ['TEA 1: 12 owed', 'TEA 2: 4 owed', 'MUG 2: 2 owed', 'MUG 3: 1 owed'];

  test('is owed whatever there is, in one question for each item', async () => {
    const shop = new CartShop();
    expect(await gistOf(shop, order)).toBe('committed');
    expect(questions(shop)).toEqual([['take_order'], ['take_order']]);
    expect(shop.promised()).toEqual(OWED);
    expect(await shop.seen()).toMatchObject({ status: 'committed', orderRefs: ['M-1'], buyer: null, expiresAtMs: null });
    const [booked] = shop.object('MUG').journal.flatMap(({ event }) => (event.type === 'ordered' ? [event] : []));
    expect(booked).toMatchObject({ id: 'M-1', source: 'market', books: 'front', orderRef: 'M-1', occurredAtMs: 500_000 });
  });

  test('leaves and is cancelled like any other', async () => {
    const shop = new CartShop();
    await gistOf(shop, order);
    expect(await shop.ask(['cancel', { 1: 12 }], 'one')).toBe('committed');
    expect(await shop.ask(['fulfill', { 2: 2 }], 'two')).toBe('committed');
    expect(await shop.ask(['fulfill', null], 'three')).toBe('fulfilled');
  });

  test('is booked however long one of its objects is silent', async () => {
    const shop = new CartShop();
    shop.object('MUG').silent = true;
    expect(await gistOf(shop, order)).toBe('unknown');
    shop.nowMs += 7_200_000;
    await shop.alarms();
    expect(shop.promised()).toEqual(OWED.slice(0, 2));
    shop.object('MUG').silent = false;
    await shop.alarms();
    expect(shop.promised()).toEqual(OWED);
    expect(await gistOf(shop, order)).toBe('committed');
  });
});
