import { parse } from 'csv-parse/sync';
import { beforeEach, describe, expect, test } from 'vitest';
import { MUG, Shop, TEA } from '../shop.ts';

/** Text that a spreadsheet, a database, a page or a log would take for more than text. */
const FORMULAS = ['=1+1', '+1', '-1', '@SUM(A1)', '=HYPERLINK("http://x","y")', '＝1+1'];
const TEXTS = [
  ...FORMULAS,
  "'; DROP TABLE item; --",
  '" OR ""="',
  "x' UNION SELECT hash FROM api_key --",
  '%',
  '_',
  '\\',
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  '${7*7}{{7*7}}',
  '{"$gt":""}',
  '"quoted", and more; \u2028 here',
  '\u202egnp.exe',
];

let shop: Shop;
beforeEach(async () => {
  shop = await Shop.open();
});

describe('[I24] text comes back as it was, and does nothing on its way', () => {
  test.each(TEXTS)('%j', async (text) => {
    const name = encodeURIComponent(text);
    const tables = await tableNames();
    expect(
      (await shop.put(`/v1/items/${name}`, { status: 'active', name: text, aliases: [{ system: text, external_id: text }] }))
        .status,
    ).toBe(201);
    expect((await shop.get('admin', `/v1/items/${name}`)).body).toMatchObject({
      sku: text,
      name: text,
      aliases: [{ system: text, external_id: text }],
    });
    for (const kind of ['locations', 'channels', 'sources'] as const) {
      const body = { name: text, ...{ locations: { type: 'store' }, channels: {}, sources: { books: 'front' } }[kind] };
      expect((await shop.put(`/v1/${kind}/${name}`, body)).status).toBe(201);
      expect((await shop.get('admin', `/v1/${kind}/${name}`)).body).toMatchObject({ id: text, name: text });
    }

    const made = await shop.post('admin', '/v1/keys', { name: text, scopes: ['admin'], sources: [text], locations: [text] });
    expect(made.body).toMatchObject({ name: text, sources: [text], locations: [text] });
    const stated = { source: text, sku: { system: text, external_id: text }, location: text, occurred_at: shop.today() };
    const movement = { id: text, ...stated, kind: 'received', quantity: 5, reason: text, document: text, order_ref: text };
    expect((await shop.ask('admin', 'POST', '/v1/movements', { movements: [movement] })).body.items).toMatchObject([
      { id: text, source: text, outcome: 'applied' },
    ]);
    const asked = { channel: text, lines: [{ sku: text, quantity: 2, location: text }], buyer: text };
    const { body: reserved } = await shop.post('admin', '/v1/reservations', asked);
    expect(reserved).toMatchObject({ channel: text, lines: [{ sku: text, allocations: [{ location: text, quantity: 2 }] }] });
    expect(reserved.buyer).not.toContain(text);
    const handed = await shop.post('admin', `/v1/reservations/${reserved.id}/hand-over`, { reference: text });
    expect(handed.body.reference).toBe(text);
    const committed = await shop.post('admin', `/v1/reservations/${reserved.id}/commit`, { order_ref: text });
    expect(committed.body).toMatchObject({ order_ref: text, status: 'committed' });
    const found = await shop.get('admin', `/v1/reservations?order_ref=${name}`);
    expect(found.body.items.map((one: { id: string }) => one.id)).toEqual([reserved.id]);

    // What looks like a wildcard or a condition finds nothing but itself.
    const target = encodeURIComponent(`item:${text}`);
    expect((await shop.get('admin', `/v1/audit-log?target=${target}`)).body.items).toHaveLength(1);
    expect((await shop.get('admin', `/v1/audit-log?actor=${name}`)).body.items).toEqual([]);
    expect(
      (await shop.get('admin', `/v1/postings?sku=${name}`)).body.items.every((one: { sku: string }) => one.sku === text),
    ).toBe(true);
    expect((await shop.get('admin', `/v1/cases?owner=${name}`)).body.items).toEqual([]);
    expect(await tableNames()).toEqual(tables);
    expect((await shop.get('admin', `/v1/items/${TEA}`)).status).toBe(200);
  });

  test.each(TEXTS)('%j in a refusal is JSON of a problem and no page', async (text) => {
    const name = encodeURIComponent(text);
    const refused = [
      await shop.get('admin', `/v1/items/${name}`),
      await shop.get('web', `/v1/availability/${name}`),
      await shop.get('web', `/v1/reservations/${name}`),
      await shop.get('admin', `/v1/cases?cursor=${name}`),
      await shop.post('web', '/v1/reservations', { lines: [{ sku: text, quantity: 1 }] }),
      await shop.post('web', '/v1/reservations', { [text]: 1, lines: [] }),
      await shop.ask('web', 'GET', `/${name}`),
    ];
    for (const { status, headers, body } of refused) {
      expect([status >= 400 && status < 500, headers.get('content-type')]).toEqual([true, 'application/problem+json']);
      expect(body).toMatchObject({ status, code: expect.any(String) });
    }
  });
});

describe('[I24] what is exported does nothing in a spreadsheet', () => {
  test.each(FORMULAS)('%j in the rows of an import', async (text) => {
    const quoted = `"${text.replaceAll('"', '""')}"`;
    const file = `id,sku,location,kind,quantity,occurred_at\r\n${quoted},${quoted},dc,received,1,${shop.today()}\r\n`;
    const begun = await shop.ask('admin', 'POST', '/v1/imports?kind=movements&source=wms&format=csv', file);
    await shop.runImports();
    const { body } = await shop.get('admin', `/v1/imports/${begun.body.id}/rows?format=csv`);
    expectInert(body);
    expect(body).toContain(`'${text.replaceAll('"', '""')}`);
  });

  test.each(FORMULAS)('%j in the lines of a reconciliation', async (text) => {
    await shop.put(`/v1/items/${encodeURIComponent(text)}`, { status: 'active' });
    await shop.put(`/v1/locations/${encodeURIComponent(text)}`, { type: 'store' });
    for (const sku of [text, MUG]) shop.erp.tamper(sku, text, 3);
    const { body: run } = await shop.reconcile();
    const { body } = await shop.get('admin', `/v1/reconciliations/${run.id}/lines?format=csv`);
    expectInert(body);
    expect(body).toContain(`'${text.replaceAll('"', '""')}`);
  });
});

/** Cells that would be calculated: text that begins like a formula and is no number. */
function expectInert(csv: string): void {
  const cells = (parse(csv) as string[][]).flat();
  expect(cells.length).toBeGreaterThan(5);
  expect(cells.filter((cell) => /^[=+\-@\t\r＝＋－＠]/.test(cell) && !/^-?\d+$/.test(cell))).toEqual([]);
}

async function tableNames(): Promise<unknown> {
  return (await shop.database.prepare('SELECT name, sql FROM sqlite_master ORDER BY name').all()).results;
}
