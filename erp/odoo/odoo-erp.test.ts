import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Posting, PostingLine } from '../../domain/posting.ts';
import { erpPortContract, posting } from '../../test/contract/erp-port-contract.ts';
import { startFaultProxy, type FaultProxy } from '../../test/fault-proxy.ts';
import { calls, odooHarness, type OdooSetup } from '../../test/odoo/harness.ts';
import { OdooPerson } from '../../test/odoo/person.ts';
import { startStubOdoo, STUB_LOGIN, type StubOdoo } from '../../test/odoo/stub-odoo.ts';
import type { Version } from '../../test/odoo/stub-schema.ts';
import { location, sku } from '../../test/story/ids.ts';
import { ErpUnavailable, type ErpItemPage } from '../port.ts';
import { odooErp } from './odoo-erp.ts';
import { odooOptions } from './options.ts';

const SHOP = location('shop');

describe.each<[Version, 'jsonrpc' | 'json2']>([
  [17, 'jsonrpc'],
  [18, 'jsonrpc'],
  [19, 'jsonrpc'],
  [19, 'json2'],
])('Odoo %i by %s, played by the stub', (version, protocol) => {
  let stub: StubOdoo;
  let proxy: FaultProxy;
  beforeAll(async () => {
    stub = await startStubOdoo(version);
    proxy = await startFaultProxy(stub.url);
  });
  afterAll(async () => {
    await proxy.stop();
    await stub.stop();
  });
  const open = () => odooHarness(setup());

  erpPortContract(`Odoo ${version}`, async () => open());

  function setup(): OdooSetup {
    const { database, user, key } = STUB_LOGIN;
    const options = { database, user, protocol, statuses: { damaged: 'Stock/Damaged' } };
    const setup = { login: { url: stub.url, options, key }, proxy, pageMax: 3, bookingMs: 600 };
    return protocol === 'json2' ? setup : { ...setup, loseSession: async () => stub.forgetUsers() };
  }

  /** Ends the caller's patience as soon as something was lost. */
  function untilLost(): AbortSignal {
    const patience = new AbortController();
    proxy.faults.onLoss = () => patience.abort();
    return patience.signal;
  }

  test.each(['create', 'button_validate'])(
    '[I12] whichever answer is lost, %s, the next try drives the same transfer on',
    async (method) => {
      const { erp, person } = open();
      const tea = await newItem(person);
      const sale = posting(tea, 1, -2);
      proxy.faults.loseAnswerTo = ({ path, body }) => calls(path, body, method);
      expect(await erp.post([sale], untilLost())).toMatchObject([{ outcome: 'unknown' }]);
      proxy.heal();
      expect(await erp.post([sale], soon())).toMatchObject([{ key: sale.key }]);
      expect(await person.transfers(sale.key)).toEqual(['done']);
      expect(await erp.balancesOf([tea], soon())).toMatchObject([{ onHand: -2 }]);
    },
  );

  test('[I12] two who post the same at once make one transfer', async () => {
    const [one, other] = [open(), open()];
    const tea = await newItem(one.person);
    const sales = [posting(tea, 1, -2), posting(tea, 2, -3)];
    const outcomes = await Promise.all([one.erp.post(sales, soon()), other.erp.post(sales, soon())]);
    for (const { outcome } of outcomes.flat()) expect(['posted', 'duplicate']).toContain(outcome);
    for (const { key } of sales) expect(await one.person.transfers(key)).toEqual(['done']);
    expect(await one.erp.balancesOf([tea], soon())).toMatchObject([{ onHand: -5 }]);
  });

  test('[R33] of a full call, those are refused that Odoo would not validate, wherever they stand', async () => {
    const { erp, person, refuse, heal } = open();
    const skus = [];
    while (skus.length < erp.batchMax) skus.push(await newItem(person));
    const bad = skus.filter((_, index) => [0, 7, 8, 19].includes(index));
    for (const each of bad) await refuse(each);
    const outcomes = await erp.post(
      skus.map((each) => posting(each, 1, -1)),
      soon(),
    );
    await heal();
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(skus.map((each) => (bad.includes(each) ? 'refused' : 'posted')));
  });

  test('[R31] a transfer that is made and not validated is not posted', async () => {
    const { erp, person } = open();
    const sale = posting(await newItem(person), 1, -2);
    proxy.faults.loseRequest = ({ path, body }) => calls(path, body, 'button_validate');
    await erp.post([sale], untilLost());
    proxy.heal();
    expect(await person.transfers(sale.key)).toHaveLength(1);
    expect((await erp.find([sale.key], soon())).size).toBe(0);
  });

  test('[R33] a conflict between transactions is no refusal, and nothing is booked', async () => {
    const { erp, person } = open();
    const tea = await newItem(person);
    stub.books.conflictsNext = 1;
    expect(await erp.post([posting(tea, 1, -1)], soon())).toMatchObject([
      { outcome: 'unknown', detail: expect.stringContaining('SerializationFailure') },
    ]);
    stub.books.conflictsNext = 0;
    expect(await erp.post([posting(tea, 1, -1)], soon())).toMatchObject([{ outcome: 'posted' }]);
  });

  test('[R33] a form that a person has to fill in is no booking; the others of the call are booked', async () => {
    const { erp, person } = open();
    const [asked, fine] = [await newItem(person), await newItem(person)];
    stub.books.askAPersonAbout.add(asked);
    const outcomes = await erp.post([posting(asked, 1, -1), posting(fine, 1, -1)], soon());
    expect(outcomes).toMatchObject([{ outcome: 'refused', code: 'asks_a_person' }, { outcome: 'posted' }]);
    stub.books.askAPersonAbout.clear();
    expect(await erp.post([posting(asked, 1, -1)], soon())).toMatchObject([{ outcome: 'posted' }]);
  });

  test('[R33] a transfer that somebody cancelled in Odoo is refused, and says so', async () => {
    const { erp, person } = open();
    const sale = posting(await newItem(person), 1, -1);
    proxy.faults.loseRequest = ({ path, body }) => calls(path, body, 'button_validate');
    await erp.post([sale], untilLost());
    proxy.heal();
    await person.cancel(sale.key);
    expect(await erp.post([sale], soon())).toMatchObject([{ outcome: 'refused', code: 'transfer_cancelled' }]);
  });

  test.each([
    ['a place that Odoo does not have', { location: location('nowhere') }, 'unknown_location'],
    ['a status that nobody mapped', { status: 'quality_control' as const }, 'unknown_status'],
    ['nothing that is on hand', { onHand: 0, committed: 3 }, 'nothing_to_move'],
  ])('[R33] %s is refused with what to do about it', async (_, part, code) => {
    const { erp, person } = open();
    const tea = await newItem(person);
    const sale = { ...posting(tea, 1, -1), lines: [{ ...AT_DC, onHand: -1, ...part }] };
    expect(await erp.post([sale], soon())).toMatchObject([{ outcome: 'refused', code, detail: expect.any(String) }]);
  });

  test('a code that two products share is refused, one that only an archived one has is not', async () => {
    const { erp, person } = open();
    const [one, other] = [await newItem(person), await newItem(person)];
    await person.rename(other, { default_code: one });
    expect(await erp.post([posting(one, 1, -1)], soon())).toMatchObject([{ outcome: 'refused', code: 'ambiguous_item' }]);
    await person.rename(other, { active: false });
    await person.rename(one, { active: false, default_code: `${one}-old` });
    expect(await erp.post([posting(one, 1, -1)], soon())).toMatchObject([{ outcome: 'posted' }]);
  });

  test.each<[Posting['kind'], readonly Partial<PostingLine>[], readonly string[]]>([
    ['received', [{ onHand: 5 }], ['Vendors > dc/Stock: 5']],
    ['sold', [{ onHand: -5 }], ['dc/Stock > Customers: 5']],
    ['cancelled', [{ onHand: 5 }], ['Customers > dc/Stock: 5']],
    ['returned', [{ onHand: 5, status: 'damaged' }], ['Customers > dc/Stock/Damaged: 5']],
    ['adjusted', [{ onHand: -5 }], ['dc/Stock > Inventory adjustment: 5']],
    ['counted', [{ onHand: 5 }], ['Inventory adjustment > dc/Stock: 5']],
    ['status_changed', [{ onHand: -5 }, { onHand: 5, status: 'damaged' }], ['dc/Stock > dc/Stock/Damaged: 5']],
    ['transferred', [{ onHand: -5 }, { onHand: 5, location: SHOP }], ['dc/Stock > shop/Stock: 5']],
    ['reallocated', [{ onHand: 5 }, { onHand: -5, location: SHOP }], ['shop/Stock > dc/Stock: 5']],
    ['reallocated', [{ onHand: 5 }], ['Customers > dc/Stock: 5']],
    ['committed', [{ onHand: -5 }, { onHand: -1, location: SHOP }], ['dc/Stock > Customers: 5', 'shop/Stock > Customers: 1']],
    [
      'shipped',
      [{ onHand: -5 }, { onHand: -2, status: 'damaged' }],
      ['dc/Stock > Customers: 5', 'dc/Stock/Damaged > Customers: 2'],
    ],
  ])('[R34] %s is one transfer, and the feed tells it as ours', async (kind, parts, expected) => {
    const { erp, person } = open();
    const tea = await newItem(person);
    const lines = parts.map((part) => ({ ...AT_DC, ...part }));
    const before = await lastCursor(erp);
    const booked = { ...posting(tea, 1, -1), kind, lines };
    expect(await erp.post([booked], soon())).toMatchObject([{ outcome: 'posted' }]);
    const moved = (await person.moves(booked.key)).map(
      (move) => `${nameOf(move['location_id'])} > ${nameOf(move['location_dest_id'])}: ${String(move['quantity'])}`,
    );
    expect(moved.map(withoutParents)).toEqual(expected);
    const { items } = await erp.changes(before, soon());
    expect(items).toMatchObject([{ key: booked.key, sku: tea }]);
    expect(items[0]?.lines.toSorted(byPlace)).toEqual(lines.toSorted(byPlace));
    const balances = await erp.balancesOf([tea], soon());
    expect(
      balances.map(({ location, status, onHand, committed }) => ({ location, status, onHand, committed })).toSorted(byPlace),
    ).toEqual(lines.toSorted(byPlace));
  });

  test('[R34] what people move in Odoo is told by what it does to our numbers', async () => {
    const { erp, person } = open();
    const tea = await newItem(person);
    const before = await lastCursor(erp);
    await person.receive(tea, 9);
    await person.receive(tea, 4, 'Input');
    await person.shift(tea, 3, 'Stock', 'Shelf 1');
    await person.shift(tea, 2, 'Shelf 1', 'Damaged');
    await person.deliver(tea, 1, 'S00012');
    const told: unknown[] = [];
    for (let cursor = before; ;) {
      const { items, nextCursor } = await erp.changes(cursor, soon());
      told.push(
        ...items.map(({ kind, orderRef, lines }) => [kind, orderRef, ...lines.map((line) => `${line.status} ${line.onHand}`)]),
      );
      if (nextCursor === cursor) break;
      cursor = nextCursor;
    }
    expect(told).toEqual([
      ['received', null, 'sellable 9'],
      ['status_changed', null, 'sellable -2', 'damaged 2'],
      ['sold', 'S00012', 'sellable -1'],
    ]);
    expect(await erp.balancesOf([tea], soon())).toMatchObject([
      { status: 'sellable', onHand: 6 },
      { status: 'damaged', onHand: 2 },
    ]);
  });

  test('the catalogue tells items with their barcodes, and warehouses', async () => {
    const { erp, person } = open();
    const tea = await newItem(person);
    await person.rename(tea, { barcode: '4006381333931' });
    const codes: unknown[] = [];
    for (let cursor: string | null = null; ;) {
      const page: ErpItemPage | undefined = await erp.catalogue?.items(cursor, soon());
      codes.push(...(page?.items ?? []).filter(({ code }) => code === tea));
      if (page?.nextCursor === null || page === undefined) break;
      cursor = page.nextCursor;
    }
    expect(codes).toEqual([{ code: tea, name: tea, aliases: [{ system: 'gtin', externalId: '4006381333931' }] }]);
    expect(await erp.catalogue?.locations(soon())).toEqual([
      { code: 'dc', name: 'Distribution centre', type: 'warehouse' },
      { code: 'shop', name: 'Shop', type: 'warehouse' },
    ]);
    await person.rename(tea, { barcode: false });
  });

  test('[R34] a count that somebody applies in Odoo is told as the difference, though Odoo answers it with nothing', async () => {
    const { erp, person } = open();
    const tea = await newItem(person);
    await erp.post([posting(tea, 1, -2)], soon());
    const before = await lastCursor(erp);
    expect(await person.count(tea, 5)).toBeNull();
    expect((await erp.changes(before, soon())).items).toMatchObject([
      { kind: 'adjusted', sku: tea, lines: [{ status: 'sellable', onHand: 7 }], document: null, orderRef: null },
    ]);
    expect(await erp.balancesOf([tea], soon())).toMatchObject([{ onHand: 5 }]);
  });
});

describe('the way into Odoo', () => {
  const { database, user, key } = STUB_LOGIN;

  test.each<[Version, Readonly<Record<string, unknown>>, string]>([
    [17, { database, user }, '/jsonrpc'],
    [18, { database, user }, '/jsonrpc'],
    [19, { database, user }, '/json/2/stock.picking/search_read'],
    [19, { database }, '/json/2/stock.picking/search_read'],
    [19, { database, user, protocol: 'jsonrpc' }, '/jsonrpc'],
  ])('of version %i with %j is %s', async (version, options, path) => {
    const stub = await startStubOdoo(version);
    const asked: string[] = [];
    const erp = odooErp({
      url: stub.url,
      token: key,
      options: odooOptions.parse(options),
      fetch: (request) => {
        asked.push(new URL(request.url).pathname);
        return fetch(request);
      },
    });
    expect(await erp.find(['NOBODY#1'], soon())).toEqual(new Map());
    expect(asked.at(-1)).toBe(path);
    await stub.stop();
  });

  test.each([
    ['a wrong key', 17, { database, user }, 'wrong'],
    ['a wrong key', 19, { database, protocol: 'json2' }, 'wrong'],
    ['a wrong user', 18, { database, user: 'nobody' }, key],
    ['another database', 17, { database: 'other', user }, key],
    ['a company that is not there', 19, { database, company: 'Nobody & Sons' }, key],
  ] as const)('%s is no reason to give a posting up', async (_, version, options, token) => {
    const stub = await startStubOdoo(version);
    const erp = odooErp({ url: stub.url, token, options: odooOptions.parse(options) });
    expect(await erp.post([posting(sku('TEA'), 1, -1)], soon())).toMatchObject([{ outcome: 'unknown' }]);
    await expect(erp.balances(null, soon())).rejects.toBeInstanceOf(ErpUnavailable);
    await stub.stop();
  });

  test('of a user who sees several companies leads into the one that is named, and nowhere else', async () => {
    const stub = await startStubOdoo(18, 2);
    const options = { database, user, statuses: { damaged: 'Stock/Damaged' } };
    const tea = sku('TEA');
    await new OdooPerson({ url: stub.url, options, key }).addItem(tea);
    const nowhere = odooErp({ url: stub.url, token: key, options: odooOptions.parse(options) });
    expect(await nowhere.post([posting(tea, 1, -1)], soon())).toMatchObject([
      { outcome: 'unknown', detail: expect.stringContaining('`company`') },
    ]);
    const [one, other] = ['My Company', 'My Other Company'].map((company) =>
      odooErp({ url: stub.url, token: key, options: odooOptions.parse({ ...options, company }) }),
    );
    expect(await other?.post([posting(tea, 1, -1)], soon())).toMatchObject([{ outcome: 'posted' }]);
    expect(await one?.find([`${tea}#1`], soon())).toEqual(new Map());
    expect(await one?.balancesOf([tea], soon())).toEqual([]);
    expect((await one?.changes(null, soon()))?.items).toEqual([]);
    expect(await other?.balancesOf([tea], soon())).toMatchObject([{ location: 'dc', onHand: -1 }]);
    await stub.stop();
  });

  test.each([
    ['a page for people under 200', () => new Response('<h1>Database manager</h1>')],
    ['500', () => new Response('<h1>Internal Server Error</h1>', { status: 500 })],
    ['502 of a proxy', () => new Response('', { status: 502 })],
    ['a redirect to https', () => new Response('', { status: 301, headers: { Location: 'http://127.0.0.1:1/' } })],
    ['a broken connection', () => Promise.reject(new TypeError('fetch failed'))],
    ['an error that says nothing', () => Response.json({ jsonrpc: '2.0', id: 1, error: { message: 'Odoo Server Error' } })],
    ['something else', () => Response.json({ jsonrpc: '2.0', id: 1, result: 'moved' })],
  ])('[R9] %s is unknown', async (_, answer) => {
    const erp = odooErp({
      url: 'http://odoo.test',
      token: key,
      options: odooOptions.parse({ database, user }),
      fetch: async () => answer(),
    });
    expect(await erp.post([posting(sku('TEA'), 1, -1)], soon())).toMatchObject([{ outcome: 'unknown' }]);
  });
});

const AT_DC: PostingLine = { location: location('dc'), status: 'sellable', onHand: 0, committed: 0 };
let items = 0;

async function newItem(person: { addItem(code: ReturnType<typeof sku>): Promise<void> }) {
  items += 1;
  const code = sku(`COFFEE-${items}`);
  await person.addItem(code);
  return code;
}

async function lastCursor(erp: ReturnType<typeof odooHarness>['erp']): Promise<string | null> {
  for (let cursor: string | null = null; ;) {
    const { nextCursor } = await erp.changes(cursor, soon());
    if (nextCursor === cursor) return cursor;
    cursor = nextCursor;
  }
}

function nameOf(link: unknown): string {
  return Array.isArray(link) ? String(link[1]) : '';
}

function withoutParents(move: string): string {
  return move.replaceAll('Partners/', '').replaceAll('Virtual Locations/', '');
}

function byPlace(a: PostingLine, b: PostingLine): number {
  return `${a.location} ${a.status}` < `${b.location} ${b.status}` ? 1 : -1;
}

function soon(): AbortSignal {
  return AbortSignal.timeout(20_000);
}
