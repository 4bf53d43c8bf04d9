import { runDurableObjectAlarm } from 'cloudflare:test';
import { expect, test } from 'vitest';
import { Journals } from '../buyers/journals.ts';
import { NETWORK, openKits, openScarceShop, partsOf, randomBasket, randomKitBasket, SKUS } from '../buyers/scarce-shop.ts';
import { Dice } from '../model/dice.ts';
import { pass, useOwnClock } from './clock.ts';
import { brokenBooks, readJournals, stockOf, unfinishedCarts } from './object-books.ts';
import { admitKeys, askerFor, Rush } from './rush.ts';

const CARTS = 200;
// So many hold a kit, and a part of it beside.
const KITS_EVERY = 10;
const SEED = 20_261_121;
const TIMEOUT_MS = 120_000;
const A_DAY_MS = 86_400_000;

// What the carts must have met, or they tried less than they seem to.
const FREQUENT = [
  'reserve: done',
  'reserve: insufficient_stock',
  'resize: done',
  'extend: done',
  'pin: done',
  'commit: done',
  'release: done',
  'fulfill: done',
  'cancel: done',
  'fact: sold',
  'count: applied',
];

useOwnClock();

test(
  '[R22] [R22c] [I1] [I2] [I3] [I4] [I5] [I6] [I7] [I8] [I10] [I15] [I16] [I17] of 200 carts at once, kits among them, over 20 scarce items none is promised too much, refused falsely or left over',
  async () => {
    const dice = new Dice(SEED);
    await admitKeys();
    const admin = askerFor('admin');
    await openScarceShop(admin, new Date().toISOString());
    await openKits(admin);
    const rush = new Rush(dice, admin);

    const lives = Array.from({ length: CARTS }, (_, n) => {
      const basket = n % KITS_EVERY === 0 ? randomKitBasket(dice) : randomBasket(dice);
      return rush.live(`cart-${n}`, basket, new Dice(SEED + n));
    });
    const buyers = await Promise.all(lives);
    const kits = buyers.filter(({ basket }) => basket.lines.some(({ sku }) => !partsOf(sku).has(sku)));
    expect([kits.some(({ seen }) => seen !== null), kits.some(({ seen }) => seen === null)]).toEqual([true, true]);
    expect(buyers.flatMap(({ broken }) => broken)).toEqual([]);

    pass(A_DAY_MS);
    for (const buyer of buyers) await buyer.lookAgain();
    expect(buyers.flatMap(({ broken }) => broken)).toEqual([]);
    const pinned = buyers.filter(({ seen }) => seen?.status === 'pinned').map(({ id }) => id ?? '');

    for (const sku of SKUS) await runDurableObjectAlarm(stockOf(sku));
    const journals = new Journals(await readJournals(SKUS), NETWORK, rush.questionsOf(buyers));
    expect(journals.broken).toEqual([]);
    expect(buyers.flatMap((buyer) => journals.brokenCart(buyer))).toEqual([]);
    expect(journals.nobodys(buyers)).toEqual([]);
    expect([...journals.openUnits.keys()].toSorted()).toEqual(pinned.toSorted());
    expect(journals.pinCases.toSorted()).toEqual(pinned.toSorted());
    expect(await brokenBooks(journals)).toEqual([]);
    expect(await unfinishedCarts()).toEqual([]);
    const counts = [...rush.met].map(([what, times]) => `${what} ${times}`);
    console.info(`What ${CARTS} carts heard: ${counts.join(', ')}; ${rush.numbers.length} numbers were read.`);
    expect(FREQUENT.filter((what) => !rush.met.has(what))).toEqual([]);
  },
  TIMEOUT_MS,
);
