import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { ERP_PAGE_MAX, ERP_PATHS } from '../../contracts/generic-erp.ts';
import type { Ask } from '../buyers/ask.ts';
import { Journals } from '../buyers/journals.ts';
import { ofAnswer, ofRefusal } from '../buyers/questions.ts';
import { NETWORK, openScarceShop, SKUS } from '../buyers/scarce-shop.ts';
import { Dice } from '../model/dice.ts';
import { askerAt } from './ask-over-http.ts';
import { startHoldfast, type Holdfast } from './holdfast.ts';
import { end, halfDone, PHASES } from './killed-carts.ts';
import { cartsOnDisk, journalsOnDisk } from './on-disk.ts';
import { salesKeys, Siege } from './siege.ts';

// More of them, or other ones, for whoever looks for something: CART_KILLS=100 CART_SEED=7.
const KILLS = Number(process.env['CART_KILLS'] ?? 30);
const SEED = Number(process.env['CART_SEED'] ?? 20_261_121);
/** Enough for all that is sold meanwhile: this is about death, and not about scarcity. */
const PLENTY = 40;
/** A cart whose buyer never comes back is given up after half a minute, or gone on with. */
const CARTS_END_MS_MAX = 120_000;
/** What was in a queue is gone with the process, and is sent again half a minute later, then a whole one. */
const ERP_MS_MAX = 150_000;
const TIMEOUT_MS = 300_000;

let holdfast: Holdfast;
afterEach(() => holdfast.stop());

test(
  '[I9] [I12] [I15] [I16] [I20] the runtime may die at any moment of a cart’s life: all of it is sold or nothing, and what was said stays true',
  async () => {
    holdfast = await startHoldfast('--seed', 'none');
    const { state } = holdfast;
    const keys = JSON.parse(await readFile(path.join(state, 'dev-keys.json'), 'utf8')) as { readonly admin: string };
    const { ERP_TOKEN } = JSON.parse(await readFile(path.join(state, 'secrets.json'), 'utf8')) as { readonly ERP_TOKEN: string };
    const admin = askerAt(holdfast.url, keys.admin);
    await openScarceShop(admin, new Date().toISOString(), PLENTY);

    const siege = new Siege(holdfast, await salesKeys(admin), SEED, KILLS);
    await siege.run();
    const { buyers } = siege;
    console.info(siege.told());
    expect(buyers.flatMap(({ broken }) => broken)).toEqual([]);
    expect(PHASES.filter((phase) => !siege.met.has(phase))).toEqual([]);

    const unfinished = () =>
      [...cartsOnDisk(state).values()].filter(({ cart }) => cart.running !== null || cart.freeing.length > 0);
    await expect.poll(unfinished, { timeout: CARTS_END_MS_MAX, interval: 500 }).toEqual([]);
    const gone = siege.gone.filter(({ seen }) => seen !== null);
    for (const buyer of gone) {
      const { asking, seen: before } = buyer;
      await buyer.comeBack();
      const half = asking !== null && before !== null && buyer.seen !== null && halfDone(before, buyer.seen, asking);
      if (half) buyer.broken.push(`${buyer.name}: [I15] ${JSON.stringify([before, asking, buyer.seen])}`);
      await end(buyer, new Dice(SEED));
    }
    for (const buyer of buyers) await buyer.lookAgain();
    for (const buyer of buyers) await buyer.repeatAll();
    expect(buyers.flatMap(({ broken }) => broken)).toEqual([]);

    const openUnits = () => [...new Journals(journalsOnDisk(state), NETWORK, []).openUnits];
    await expect.poll(openUnits, { timeout: CARTS_END_MS_MAX, interval: 1_000 }).toEqual([]);

    const questions = buyers.flatMap(({ history, refusals }) => [
      ...history.flatMap(({ said }) => (said.status < 300 ? ofAnswer(said.body) : [])),
      ...refusals.flatMap((one) => ofRefusal(one, NETWORK)),
    ]);
    const journals = new Journals(journalsOnDisk(state), NETWORK, questions);
    expect([...journals.papers.keys()].toSorted()).toEqual(SKUS);
    expect(journals.broken).toEqual([]);
    expect(buyers.flatMap((buyer) => journals.brokenCart(buyer))).toEqual([]);
    expect(journals.nobodys(buyers)).toEqual([]);
    expect(journals.pinCases).toEqual([]);

    const erp = askerAt(holdfast.erpUrl, ERP_TOKEN);
    await expect.poll(() => balancesOf(erp), { timeout: ERP_MS_MAX, interval: 1_000 }).toEqual(balancesBy(journals));
    const documents = await documentsOf(erp);
    expect(documents.filter((key, index) => documents.indexOf(key) !== index)).toEqual([]);
  },
  TIMEOUT_MS,
);

/** What the ERP must hold where it hears of commitments: units on hand less those that are promised to orders. */
function balancesBy({ papers }: Journals): readonly string[] {
  return [...papers]
    .flatMap(([sku, paper]) =>
      NETWORK.locations.map(({ id }) => `${sku} ${id} ${(paper.onHand.get(`sellable ${id}`) ?? 0) - paper.promised('owed', id)}`),
    )
    .toSorted();
}

async function balancesOf(erp: Ask): Promise<readonly string[]> {
  const { body } = await erp('GET', `${ERP_PATHS.balances}?limit=${ERP_PAGE_MAX}`);
  return body.items
    .map(({ sku, location, on_hand }: { sku: string; location: string; on_hand: number }) => `${sku} ${location} ${on_hand}`)
    .toSorted();
}

/** The keys of everything that the ERP booked, in its order. */
async function documentsOf(erp: Ask): Promise<readonly string[]> {
  const keys: string[] = [];
  for (let after = '0'; ;) {
    const { body } = await erp('GET', `${ERP_PATHS.changes}?limit=${ERP_PAGE_MAX}&after=${after}`);
    if (body.items.length === 0) return keys;
    keys.push(...body.items.map(({ key }: { key: string }) => key));
    after = body.next_cursor;
  }
}
