import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Sku } from '../../domain/ids.ts';
import type { Posting, PostingLine } from '../../domain/posting.ts';
import type { StockStatus } from '../../domain/stock.ts';
import { erpPortContract, posting } from '../../test/contract/erp-port-contract.ts';
import { startFaultProxy, type FaultProxy } from '../../test/fault-proxy.ts';
import { fuzzAnswers } from '../../test/fuzz/erp-answers.ts';
import { Spoiler } from '../../test/fuzz/spoiled-answers.ts';
import { Dice } from '../../test/model/dice.ts';
import { location, sku } from '../../test/story/ids.ts';
import { idsIn, rowsIn } from '../../tools/tryton/ask-tryton.ts';
import { DATABASE } from '../../tools/tryton/database.ts';
import { whyNoTryton } from '../../tools/tryton/packages.ts';
import { addProducts, bookByHand, locationOf, productIds, storageOf } from '../../tools/tryton/set-up.ts';
import { startTryton, type Tryton } from '../../tools/tryton/start-tryton.ts';
import { MemoryNotes } from '../memory/memory-notes.ts';
import { ErpUnavailable, type ErpBalance, type ErpItemPage, type ErpPort } from '../port.ts';
import { trytonOptions } from './options.ts';
import { trytonErp } from './tryton-erp.ts';

const ROUNDS = Number(process.env['FUZZ_ROUNDS'] ?? 25);
const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_121);

const why = whyNoTryton();
if (why !== null) console.warn(`Tryton is not tested: ${why}`);

describe.skipIf(why !== null)('against a real Tryton', () => {
  let folder: string;
  let tryton: Tryton;
  let proxy: FaultProxy;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'holdfast-tryton-test-'));
    tryton = await startTryton(folder, { warehouses: ['dc', 'store'] });
    proxy = await startFaultProxy(new URL('/', tryton.url).href);
    // The first login after a start is slow.
    await connect().erp.find(['NOBODY#1'], soon());
  }, 240_000);
  afterEach(() => proxy.heal());
  afterAll(async () => {
    await proxy.stop();
    await tryton.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  function connect({ notes = new MemoryNotes(), statuses = {}, nowMs = Date.now } = {}) {
    const options = trytonOptions.parse({ user: tryton.user, statuses });
    const url = `${proxy.url}/${DATABASE}`;
    return { notes, erp: trytonErp({ url, password: tryton.password, options, notes, pageMax: 5, nowMs }) };
  }

  const losing =
    (method: string) =>
    ({ body }: { readonly body: string }) =>
      body.includes(`"model.${method}"`);

  erpPortContract('Tryton', async () => {
    const { erp } = connect();
    return {
      erp,
      addItem: (item) => addProducts(tryton.admin, [item]),
      bookReceipt: async ({ sku: item, quantity }) => {
        const [from, to] = [await locationOf(tryton.admin, 'supplier'), await storageOf(tryton.admin, 'dc')];
        return `tryton.move.${await bookByHand(tryton.admin, { sku: item, from, to, quantity })}`;
      },
      refuse: async (item) => void (await tryton.admin.ask('product.product.write', [await idsOf(item), { active: false }])),
      throttle: async (retryAfterMs) => void (proxy.faults.throttledMs = retryAfterMs),
      timeOutAfterApplying: async () => void (proxy.faults.loseAnswerTo = losing('stock.move.do')),
      bookingMs: 5_000,
      forgets: ['orderRef', 'occurredAtMs'],
      // Whoever gives a user a password, the same one even, ends the sessions that were opened with it.
      loseSession: async () => {
        const [user] = idsIn(await tryton.admin.ask('res.user.search', [[['login', '=', tryton.user]]]));
        await tryton.admin.ask('res.user.write', [[user], { password: tryton.password }]);
      },
      goDown: async () => void (proxy.faults.down = true),
      heal: async () => proxy.heal(),
    };
  });

  test('[R31] [R33] with its answers spoiled, everything is booked once, and nothing is taken for said that it did not say', async () => {
    const [dice, options] = [new Dice(SEED), trytonOptions.parse({ user: tryton.user })];
    const [spoiler, notes] = [new Spoiler(dice), new MemoryNotes()];
    const skus = ['SPOILED-A', 'SPOILED-B'].map(sku);
    for (const item of skus) await addProducts(tryton.admin, [item]);
    const opened = { url: `${proxy.url}/${DATABASE}`, password: tryton.password, options, notes };
    // What was read of locations must be read anew, or nobody would spoil it.
    let nowMs = Date.now();
    const erp = trytonErp({ ...opened, fetch: spoiler.fetch, nowMs: () => (nowMs += 60_000) });
    const report = await fuzzAnswers({ erp, honest: trytonErp(opened), spoiler, skus, patienceMs: 5_000 }, ROUNDS, dice);
    console.log(`answers of Tryton, seed ${SEED}: ${report.spoiled} spoiled, ${report.posted} postings`);
    expect(report.complaints.join('\n')).toBe('');
  }, 300_000);

  async function idsOf(item: string): Promise<readonly number[]> {
    return [...(await productIds(tryton.admin, [item])).values()];
  }

  describe('[R31] between any two steps', () => {
    test('the answer to a create is lost: it is created again, and the orphans are swept once no call lasts so long', async () => {
      const { erp, notes } = connect();
      const item = await newItem();
      expect(await erp.post([posting(item, 1, -2)], untilUnanswered('stock.move.create'))).toMatchObject([
        { outcome: 'unknown' },
      ]);
      expect((await erp.find([`${item}#1`], soon())).size).toBe(0);
      expect(await erp.post([posting(item, 1, -2)], soon())).toMatchObject([{ outcome: 'posted' }]);
      expect(await statesOf(item)).toEqual(['done', 'draft']);

      expect(await erp.tidy(soon())).toBe(0);
      expect(await statesOf(item)).toEqual(['done', 'draft']);
      const later = connect({ notes, nowMs: () => Date.now() + 1_900_000 });
      expect(await later.erp.tidy(soon())).toBeGreaterThan(0);
      expect(await statesOf(item)).toEqual(['done']);
    });

    test('we die before anything is done: whoever comes next drives the noted drafts on, and a sweep spares them', async () => {
      const { erp, notes } = connect();
      const item = await newItem();
      expect(await erp.post([posting(item, 1, -2)], untilLost('stock.move.do'))).toMatchObject([{ outcome: 'unknown' }]);
      const next = connect({ notes, nowMs: () => Date.now() + 1_900_000 });
      await next.erp.tidy(soon());
      expect(await next.erp.post([posting(item, 1, -2)], soon())).toMatchObject([{ outcome: 'posted' }]);
      expect(await statesOf(item)).toEqual(['done']);
    });

    test('the server dies between create and do, and comes back', async () => {
      const notes = new MemoryNotes();
      const claim = notes.claim.bind(notes);
      notes.claim = async (claims) => {
        const standing = await claim(claims);
        await tryton.kill();
        return standing;
      };
      const { erp } = connect({ notes });
      const item = await newItem();
      expect(await erp.post([posting(item, 1, -2), posting(item, 2, -3)], soon())).toMatchObject([
        { outcome: 'unknown' },
        { outcome: 'unknown' },
      ]);
      await expect(erp.find([`${item}#1`], soon())).rejects.toBeInstanceOf(ErpUnavailable);
      await tryton.restart();
      notes.claim = claim;
      expect((await erp.find([`${item}#1`], soon())).size).toBe(0);
      expect(await erp.post([posting(item, 1, -2), posting(item, 2, -3)], soon())).toMatchObject([
        { outcome: 'posted' },
        { outcome: 'posted' },
      ]);
      expect(await statesOf(item)).toEqual(['done', 'done']);
    });

    test('two who post the same at once book it once, even without a lane', async () => {
      const { erp, notes } = connect();
      const item = await newItem();
      const other = connect({ notes }).erp;
      const answers = await Promise.all([erp, other].map((each) => each.post([posting(item, 1, -2)], soon())));
      expect(answers.flat().map(({ outcome }) => outcome)).toEqual(['posted', 'posted']);
      expect((await statesOf(item)).filter((state) => state === 'done')).toEqual(['done']);
    });

    test.each(['cancel', 'delete'])('a person does a %s of our draft: another one takes its place', async (action) => {
      const { erp } = connect();
      const item = await newItem();
      await erp.post([posting(item, 1, -2)], untilLost('stock.move.do'));
      await tryton.admin.ask(`stock.move.${action}`, [await movesOf(item)]);
      expect(await erp.post([posting(item, 1, -2)], soon())).toMatchObject([{ outcome: 'posted' }]);
      expect((await statesOf(item)).filter((state) => state === 'done')).toEqual(['done']);
    });

    test('Tryton comes back from a backup and gives our numbers to others: what it lost is not taken for booked', async () => {
      const { erp } = connect();
      const [lost, other] = [await newItem(), await newItem()];
      const cursor = await newestCursor(erp);
      const [database, backup] = [path.join(folder, `${DATABASE}.sqlite`), path.join(folder, 'backup')];
      await tryton.kill();
      await copyFile(database, backup);
      await tryton.restart();
      const [booked] = await erp.post([posting(lost, 1, -2)], soon());
      await tryton.kill();
      await copyFile(backup, database);
      await tryton.restart();

      const ends = [await storageOf(tryton.admin, 'dc'), await locationOf(tryton.admin, 'customer')] as const;
      const taken = await bookByHand(tryton.admin, { sku: other, from: ends[0], to: ends[1], quantity: 7 });
      expect(booked).toMatchObject({ outcome: 'posted', reference: `stock.move,${taken}` });
      expect((await erp.find([`${lost}#1`], soon())).size).toBe(0);
      expect(await erp.post([posting(lost, 1, -2)], soon())).toMatchObject([{ outcome: 'posted' }]);
      expect(await statesOf(lost)).toEqual(['done']);
      const { items } = await erp.changes(cursor, soon());
      expect(items.map(({ key }) => key)).toEqual([`tryton.move.${taken}`, `${lost}#1`]);
    });

    test('our notes cannot be written: nothing is done', async () => {
      const notes = new MemoryNotes();
      notes.claim = () => Promise.reject(new Error('the database is away'));
      const { erp } = connect({ notes });
      const item = await newItem();
      expect(await erp.post([posting(item, 1, -2)], soon())).toMatchObject([{ outcome: 'unknown' }]);
      expect(await statesOf(item)).toEqual(['draft']);
    });
  });

  test('[R33] of fifty, the one that Tryton refuses is found, and the others are booked', async () => {
    const { erp } = connect();
    const [good, bad] = [await newItem(), await newItem()];
    // We do not look at what kind of product it is; Tryton moves no services.
    const templates = await tryton.admin.ask('product.template.search', [[['code', '=', bad]]]);
    await tryton.admin.ask('product.template.write', [templates, { type: 'service' }]);
    const outcomes = await erp.post(
      Array.from({ length: 50 }, (_, index) => posting(index === 30 ? bad : good, index + 1, -1)),
      soon(),
    );
    expect(outcomes.filter(({ outcome }) => outcome !== 'posted')).toMatchObject([
      { key: `${bad}#31`, outcome: 'refused', code: 'user_error', detail: expect.stringContaining('domain') },
    ]);
    expect(await statesOf(good)).toEqual(Array(49).fill('done'));
  });

  test('[R34] a transfer is one move, and each status has its location', async () => {
    await tryton.admin.ask('stock.location.create', [[{ code: 'dc-damaged', name: 'Damaged', type: 'storage' }]]);
    const { erp } = connect({ statuses: { damaged: '{location}-damaged' } });
    const item = await newItem();
    const cursor = await newestCursor(erp);
    const moved = (sequence: number, kind: Posting['kind'], lines: Posting['lines']) => ({
      ...posting(item, sequence, 0),
      kind,
      lines,
    });
    const outcomes = await erp.post(
      [
        moved(1, 'received', [{ ...line('dc', 'sellable'), onHand: 9 }]),
        moved(2, 'transferred', [
          { ...line('dc', 'sellable'), onHand: -4 },
          { ...line('store', 'sellable'), onHand: 4 },
        ]),
        moved(3, 'status_changed', [
          { ...line('dc', 'sellable'), onHand: -2 },
          { ...line('dc', 'damaged'), onHand: 2 },
        ]),
        moved(4, 'returned', [{ ...line('store', 'quality_control'), onHand: 1 }]),
        moved(5, 'adjusted', [{ ...line('store', 'sellable'), onHand: -1 }]),
        moved(6, 'committed', [{ ...line('store', 'sellable'), committed: 3 }]),
      ],
      soon(),
    );
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(Array(6).fill('posted'));
    expect(await statesOf(item)).toEqual(Array(5).fill('done'));
    expect(placesIn(await erp.balancesOf([item], soon()))).toEqual({
      'dc sellable': 3,
      'dc damaged': 2,
      'store sellable': 3,
      'store quality_control': 1,
    });
    const { items } = await erp.changes(cursor, soon());
    expect(items.map(({ key, kind }) => [key, kind])).toEqual([
      [`${item}#1`, 'received'],
      [`${item}#2`, 'transferred'],
      [`${item}#3`, 'status_changed'],
      [`${item}#4`, 'returned'],
      [`${item}#5`, 'adjusted'],
    ]);
  });

  test.each([
    ['damaged', 'dc', 'status_unknown', 'statuses.damaged'],
    ['sellable', 'moon', 'location_unknown', 'moon'],
  ] as const)('[R33] %s units at %s are refused, with what to set', async (status, place, code, told) => {
    const { erp } = connect();
    const sale = { ...posting(await newItem(), 1, 0), lines: [{ ...line(place, status), onHand: -1 }] };
    const [outcome] = await erp.post([sale], soon());
    expect(outcome).toMatchObject({ outcome: 'refused', code, detail: expect.stringContaining(told) });
  });

  test('[R33] a product that its owner closed is refused with what is the matter, and booked once it is open again', async () => {
    const { erp } = connect();
    const item = await newItem();
    const ids = await idsOf(item);
    await tryton.admin.ask('product.product.write', [ids, { active: false }]);
    expect(await erp.post([posting(item, 1, -1)], soon())).toMatchObject([{ outcome: 'refused', code: 'item_closed' }]);
    await tryton.admin.ask('product.product.write', [ids, { active: true }]);
    expect(await erp.post([posting(item, 1, -1)], soon())).toMatchObject([{ outcome: 'posted' }]);
  });

  test('[R34] what people book by hand has its kind, a shelf within a zone is that zone, and what goes nowhere is not told', async () => {
    const { erp } = connect();
    const item = await newItem();
    const [storage, shop] = [await storageOf(tryton.admin, 'dc'), await storageOf(tryton.admin, 'store')];
    const [supplier, customer, lost] = await Promise.all(
      ['supplier', 'customer', 'lost_found'].map((type) => locationOf(tryton.admin, type)),
    );
    const [shelf = 0] = idsIn(
      await tryton.admin.ask('stock.location.create', [[{ name: 'Shelf', type: 'storage', parent: storage }]]),
    );
    const cursor = await newestCursor(erp);
    const book = (from = 0, to = 0, quantity = 0) => bookByHand(tryton.admin, { sku: item, from, to, quantity });
    await book(supplier, shelf, 9);
    await book(shelf, storage, 5);
    await book(storage, customer, 1);
    await book(customer, storage, 1);
    await book(shelf, lost, 2);
    await book(storage, shop, 3);
    const changes = [];
    for (let page = await erp.changes(cursor, soon()); page.items.length > 0; page = await erp.changes(page.nextCursor, soon()))
      changes.push(...page.items);
    expect(changes.map(({ kind, lines }) => [kind, ...lines.map(({ location: at, onHand }) => `${at} ${onHand}`)])).toEqual([
      ['received', 'dc 9'],
      ['sold', 'dc -1'],
      ['returned', 'dc 1'],
      ['adjusted', 'dc -2'],
      ['transferred', 'dc -3', 'store 3'],
    ]);
    expect(placesIn(await erp.balancesOf([item], soon()))).toEqual({ 'dc sellable': 4, 'store sellable': 3 });
  });

  test('the catalogue names items, their identifiers and warehouses', async () => {
    const { erp } = connect();
    const item = await newItem();
    const [product] = await idsOf(item);
    await tryton.admin.ask('product.identifier.create', [[{ product, type: 'ean', code: '4006381333931' }]]);
    const items = [];
    for (let cursor: string | null = null; ;) {
      const page: ErpItemPage | undefined = await erp.catalogue?.items(cursor, soon());
      items.push(...(page?.items ?? []));
      if (!page?.nextCursor) break;
      cursor = page.nextCursor;
    }
    expect(items.at(-1)).toEqual({
      code: item,
      name: `Item ${item}`,
      aliases: [{ system: 'gtin', externalId: '4006381333931' }],
    });
    expect(await erp.catalogue?.locations(soon())).toEqual([
      { code: 'dc', name: 'Warehouse dc', type: 'warehouse' },
      { code: 'store', name: 'Warehouse store', type: 'warehouse' },
    ]);
  });

  test('[R9] a wrong password is no reason to give a posting up', async () => {
    const options = trytonOptions.parse({ user: tryton.user });
    const erp = trytonErp({ url: tryton.url, password: 'wrong', options, notes: new MemoryNotes() });
    expect(await erp.post([posting(await newItem(), 1, -1)], soon())).toMatchObject([
      { outcome: 'unknown', detail: expect.stringContaining('login') },
    ]);
  });

  /** The next call of this method never arrives, and nobody waits for it. */
  function untilLost(method: string): AbortSignal {
    const patience = new AbortController();
    proxy.faults.loseRequest = (request) => {
      const lost = losing(method)(request);
      if (lost) patience.abort();
      return lost;
    };
    return AbortSignal.any([patience.signal, soon()]);
  }

  /** The next call of this method is carried out, and nobody waits for its answer. */
  function untilUnanswered(method: string): AbortSignal {
    const patience = new AbortController();
    proxy.faults.loseAnswerTo = (request) => {
      const lost = losing(method)(request);
      if (lost) setTimeout(() => patience.abort(), 500);
      return lost;
    };
    return AbortSignal.any([patience.signal, soon()]);
  }

  let items = 0;
  async function newItem(): Promise<Sku> {
    items += 1;
    const item = sku(`POT-${items}`);
    await addProducts(tryton.admin, [item]);
    return item;
  }

  async function movesOf(item: string): Promise<readonly number[]> {
    return idsIn(await tryton.admin.ask('stock.move.search', [[['product.code', '=', item]]]));
  }

  async function statesOf(item: string): Promise<readonly string[]> {
    const domain = [['product.code', '=', item]];
    const rows = rowsIn(await tryton.admin.ask('stock.move.search_read', [domain, 0, null, null, ['state']]));
    return rows.map(({ state }) => String(state)).toSorted();
  }
});

async function newestCursor(erp: ErpPort): Promise<string> {
  for (let page = await erp.changes(null, soon()); ; page = await erp.changes(page.nextCursor, soon())) {
    if (page.items.length === 0) return page.nextCursor;
  }
}

function line(at: string, status: StockStatus): PostingLine {
  return { location: location(at), status, onHand: 0, committed: 0 };
}

function placesIn(balances: readonly ErpBalance[]): Readonly<Record<string, number>> {
  const some = balances.filter(({ onHand }) => onHand !== 0);
  return Object.fromEntries(some.map(({ location: at, status, onHand }) => [`${at} ${status}`, onHand]));
}

function soon(): AbortSignal {
  return AbortSignal.timeout(20_000);
}
