import * as fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { IMPORT_BYTES_MAX, IMPORT_ROWS_MAX } from '../../contracts/limits.ts';
import type { Sku } from '../../domain/ids.ts';
import { MUG, Shop, TEA, type Role, type Said } from '../../test/shop.ts';
import { trimOldImports } from '../jobs/trim-imports.ts';
import { wakeImports } from '../jobs/run-imports.ts';

let shop: Shop;
beforeEach(async () => {
  shop = await Shop.open();
});

const HEADER = 'id,kind,sku,location,quantity,occurred_at';
const AT = '2026-11-20T08:00:00Z';
const received = (id: string, quantity: number | string = 1, sku = TEA): string => `${id},received,${sku},dc,${quantity},${AT}`;

const MOVEMENTS = 'kind=movements&source=wms&format=csv';

function upload(file: string | Uint8Array, query = MOVEMENTS, role: Role = 'stock') {
  return shop.ask(role, 'POST', `/v1/imports?${query}`, file, { 'content-type': 'application/octet-stream' });
}

async function uploadStream(body: ReadableStream): Promise<Response> {
  const headers = { authorization: `Bearer hf_stock_${'s'.repeat(32)}` };
  const init = { method: 'POST', headers, body, duplex: 'half' };
  return shop.app.request(new Request(`http://holdfast/v1/imports?${MOVEMENTS}`, init));
}

async function imported(file: string | Uint8Array, query?: string): Promise<Said['body']> {
  const said = await upload(file, query);
  expect([said.status, said.body.detail]).toEqual([202, undefined]);
  await shop.runImports();
  return (await shop.get('stock', `/v1/imports/${said.body.id}`)).body;
}

async function rowsOf(id: string, query = ''): Promise<Said['body']> {
  return (await shop.get('stock', `/v1/imports/${id}/rows${query}`)).body;
}

async function available(sku = TEA): Promise<number> {
  return (await shop.get('web', `/v1/availability/${sku}?consistency=strong`)).body.available_to_sell;
}

describe('[R61] a file', () => {
  test('of CSV is booked row by row, and each row says what became of it', async () => {
    const rows = [
      received('a', 4),
      received('bad', 'many'),
      received('a', 4),
      '',
      received('b', 2, 'NOPE'),
      `c,received,${MUG},dc`,
    ];
    const run = await imported(`﻿${[HEADER, ...rows].join('\r\n')}`);
    expect(run).toMatchObject({ state: 'done', kind: 'movements', source: 'wms', format: 'csv', error: null });
    expect(run.bytes_read).toBe(run.bytes);
    expect(run.rows).toEqual({ ...run.rows, read: 5, applied: 1, duplicate: 1, rejected: 3 });
    const { items } = await rowsOf(run.id);
    expect(items).toMatchObject([
      { row: 2, id: 'a', outcome: 'applied', code: null },
      { row: 3, id: 'bad', outcome: 'rejected', code: 'invalid_request', detail: expect.stringContaining('quantity') },
      { row: 4, id: 'a', outcome: 'duplicate' },
      { row: 6, id: 'b', outcome: 'rejected', code: 'sku_unknown' },
      { row: 7, id: null, outcome: 'rejected', detail: 'the row has 4 cells, and the first line 6' },
    ]);
    expect(await available()).toBe(4);
  });

  test('of NDJSON may hold what the API takes, orders of several lines too', async () => {
    await shop.receive(TEA, 9);
    await shop.receive(MUG, 9);
    const order = {
      channel: 'web',
      placed_at: AT,
      lines: [
        { sku: TEA, quantity: 2 },
        { sku: MUG, quantity: 3 },
      ],
    };
    const file = [
      JSON.stringify({ ...order, id: 'o1', order_ref: 'r1' }),
      'nonsense',
      '[1]',
      JSON.stringify({ ...order, id: 'o2', order_ref: 'r1' }),
    ].join('\n');
    const run = await imported(file, 'kind=orders&source=wms&format=ndjson');
    expect((await rowsOf(run.id)).items.map(({ row, outcome }: { row: number; outcome: string }) => [row, outcome])).toEqual([
      [1, 'applied'],
      [2, 'rejected'],
      [3, 'rejected'],
      [4, 'duplicate'],
    ]);
    expect([await available(), await available(MUG)]).toEqual([7, 6]);
  });

  test('says its kind of separator by itself, and names aliases beside their system', async () => {
    const file = `sku_system;sku;id;location_system;location;quantity;unit;meaning;as_of;status\ngtin;4012345;c1;sap;1000;2;box;on_hand;${AT};\n`;
    const run = await imported(file, 'kind=counts&source=wms&format=csv');
    expect(run.rows).toMatchObject({ read: 1, applied: 1 });
    expect(await available()).toBe(24);
    const tabs = await imported(file.replaceAll(';', '\t').replace('c1', 'c2'), 'kind=counts&source=wms&format=csv');
    expect(tabs.state).toBe('done');
  });

  test('of orders in CSV has one order of one line a row', async () => {
    await shop.receive(TEA, 5);
    const run = await imported(
      `id,channel,order_ref,sku,quantity,location,placed_at\no1,web,r1,${TEA},2,dc,${AT}\n`,
      'kind=orders&source=wms&format=csv',
    );
    expect(run.rows).toMatchObject({ read: 1, applied: 1 });
    expect(await available()).toBe(3);
  });

  test.each([
    ['a column is missing', 'id,kind,sku,location,quantity\n', /occurred_at is missing.*names id, kind, sku/],
    ['a column is not known', `${HEADER},to_locaton\n`, /"to_locaton" is not known/],
    ['a column is there twice', `${HEADER},id\n`, /id is there twice/],
    ['there is no header', `${received('a')}\n`, /is missing/],
    ['it is empty', '', /empty/],
    ['its first line is blank', `\n${HEADER}\n`, /no columns/],
    ['it is UTF-16', Uint8Array.from([0xff, 0xfe, 0x69, 0]), /UTF-16/],
    ['its header is not UTF-8', Uint8Array.from([0x69, 0xe9, 0x0a]), /UTF-8/],
    ['its header is endless', 'x'.repeat(300_000), /262144/],
  ])('is refused whole where %s', async (_, file, detail) => {
    const said = await upload(file);
    expect([said.status, said.body.code]).toEqual([400, 'invalid_request']);
    expect(said.body.detail).toMatch(detail);
    expect([shop.files.files.size, shop.steps]).toEqual([0, []]);
  });

  test('that is a JSON array is told what NDJSON is', async () => {
    const said = await upload('[{"id":"a"}]', 'kind=movements&source=wms&format=ndjson');
    expect(said.body.detail).toContain('one object a line');
  });

  test('larger than the limit is refused, also where nobody said so before', async () => {
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        sent += 1_000_000;
        controller.enqueue(
          new TextEncoder().encode(sent === 1_000_000 ? `${HEADER}\n`.padEnd(1_000_000, '\n') : '\n'.repeat(1_000_000)),
        );
      },
    });
    expect((await uploadStream(endless)).status).toBe(413);
    expect(sent).toBeLessThan(IMPORT_BYTES_MAX * 1.2);
    expect(shop.files.files.size).toBe(0);
    const said = await shop.ask('stock', 'POST', '/v1/imports?kind=movements&source=wms&format=csv', 'x', {
      'content-length': String(IMPORT_BYTES_MAX + 1),
    });
    expect([said.status, said.body.code]).toEqual([413, 'too_large']);
  });

  test('cut off on its way is its sender’s mistake, and leaves nothing', async () => {
    for (const before of [100, 6_000_000]) {
      let sent = 0;
      const half = new ReadableStream<Uint8Array>({
        pull: (controller) => {
          if (sent >= before) return controller.error(new Error('Network connection lost.'));
          controller.enqueue(new TextEncoder().encode(sent === 0 ? `${HEADER}\n` : '\n'.repeat(before)));
          sent += sent === 0 ? 1 : before;
        },
      });
      const reply = await uploadStream(half);
      expect([reply.status, await reply.json()]).toMatchObject([400, { code: 'invalid_request' }]);
    }
    expect(shop.files.files.size).toBe(0);
    expect((await shop.get('stock', '/v1/imports')).body.items).toEqual([]);
  });

  test.each([
    ['csv', `${HEADER}\n${received('a')}\n`, 1],
    ['ndjson', '{}\n', 0],
  ])('of %s with more rows than the limit stops there, and says so; with so many it does not', async (format, text, header) => {
    for (const [before, state] of [
      [IMPORT_ROWS_MAX - 1, 'done'],
      [IMPORT_ROWS_MAX, 'failed'],
    ] as const) {
      const { body } = await upload(text, `kind=movements&source=wms&format=${format}`);
      const put = shop.database.prepare('UPDATE import_run SET at_row = ? WHERE id = ?');
      await put.bind(before + header, body.id).run();
      await shop.runImports();
      const run = (await shop.get('stock', `/v1/imports/${body.id}`)).body;
      expect([before, run.state]).toEqual([before, state]);
      expect(run.error).toEqual(state === 'done' ? null : expect.stringContaining('1000000 rows'));
    }
  });

  test.each([
    ['no source', 'kind=movements&format=csv', 400],
    ['no kind', 'source=wms&format=csv', 400],
    ['no format', 'kind=movements&source=wms', 400],
    ['a source that is not declared', 'kind=movements&source=moon&format=csv', 403],
  ])('needs to say what it is: %s', async (_, query, status) => {
    expect((await upload(`${HEADER}\n`, query)).status).toBe(status);
  });
});

describe('[R61] whose an import is', () => {
  test('other keys see nothing of it, and cannot state in it what they may not', async () => {
    await shop.put('/v1/sources/pos', { books: 'front' });
    await shop.put('/v1/locations/outlet', { type: 'store', aliases: [{ system: 'sap', external_id: '9000' }] });
    expect((await upload(`${HEADER}\n`, 'kind=movements&source=pos&format=csv')).body.code).toBe('source_not_allowed');
    const foreign = await upload(`${HEADER}\n`, 'kind=movements&source=pos&format=csv', 'admin');
    expect((await shop.get('stock', `/v1/imports/${foreign.body.id}`)).status).toBe(404);
    expect((await shop.get('stock', `/v1/imports/${foreign.body.id}/rows`)).status).toBe(404);
    expect((await shop.post('stock', `/v1/imports/${foreign.body.id}/cancel`, {})).status).toBe(404);
    expect((await shop.get('stock', '/v1/imports')).body.items).toEqual([]);
    expect((await shop.get('admin', '/v1/imports')).body.items).toHaveLength(1);

    const file = [
      `${HEADER},location_system,source`,
      `${received('a')},,`,
      `b,received,${TEA},outlet,1,${AT},,`,
      `c,received,${TEA},9000,1,${AT},sap,`,
      `${received('d')},,erp`,
      `${received('e')},,wms`,
    ];
    const run = await imported(file.join('\n'));
    expect((await rowsOf(run.id)).items.map(({ id }: { id: string }) => id)).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(
      (await rowsOf(run.id)).items.map(({ code, outcome }: { code: string | null; outcome: string }) => code ?? outcome),
    ).toEqual(['applied', 'source_not_allowed', 'source_not_allowed', 'source_not_allowed', 'applied']);
  });

  test('the list is the newest first, in pages', async () => {
    for (let n = 0; n < 3; n += 1) {
      shop.nowMs += 1_000;
      await imported(`${HEADER}\n${received(`n${n}`)}\n`);
    }
    const first = (await shop.get('stock', '/v1/imports?limit=2')).body;
    const second = (await shop.get('stock', `/v1/imports?limit=2&cursor=${first.next_cursor}`)).body;
    const times = [...first.items, ...second.items].map((item: { created_at: string }) => item.created_at);
    expect(times).toEqual(times.toSorted().toReversed());
    expect([first.items.length, second.items.length, second.next_cursor]).toEqual([2, 1, null]);
  });
});

describe('[R61] the rows of an import', () => {
  test('are read in pages, by outcome, and as a file', async () => {
    const rows = Array.from({ length: 1_300 }, (_, n) => received(`n${n}`, n % 400 === 7 ? 0 : 1));
    const run = await imported(`${HEADER}\n${rows.join('\n')}\n`);
    expect(run.rows).toMatchObject({ read: 1_300, applied: 1_296, rejected: 4 });
    const seen: number[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: Said['body'] = await rowsOf(run.id, `?limit=170${cursor === '' ? '' : `&cursor=${cursor}`}`);
      seen.push(...page.items.map(({ row }: { row: number }) => row));
      cursor = page.next_cursor;
    }
    expect(seen).toEqual(rows.map((_, n) => n + 2));
    expect((await rowsOf(run.id, '?outcome=rejected')).items.map(({ row }: { row: number }) => row)).toEqual([9, 409, 809, 1209]);
    const file = await shop.get('stock', `/v1/imports/${run.id}/rows?format=ndjson`);
    expect(file.body.trimEnd().split('\n')).toHaveLength(1_300);
    const wrong = await shop.get('stock', `/v1/imports/${run.id}/rows?format=csv&outcome=rejected`);
    expect(wrong.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(wrong.body.split('\r\n').slice(0, 2)).toEqual([
      'row,id,outcome,code,detail',
      expect.stringMatching(/^9,n7,rejected,invalid_request,/),
    ]);
    expect((await rowsOf(run.id, '?cursor=nonsense')).code).toBe('invalid_request');
  });

  test('[I24] come back inert where a spreadsheet would run them', async () => {
    const ids = ['=1+1', '+1', '-1', '@x', '=a"b'];
    const rows = ids.map((id) => received(/["]/.test(id) ? `"${id.replaceAll('"', '""')}"` : id, 0));
    const run = await imported(`${HEADER}\n${rows.join('\n')}\n`);
    expect((await rowsOf(run.id)).items.map(({ id }: { id: string }) => id)).toEqual(ids);
    const { body } = await shop.get('stock', `/v1/imports/${run.id}/rows?format=csv`);
    const cells = body
      .split('\r\n')
      .slice(1, -1)
      .map((line: string) => line.split(',')[1]);
    expect(cells).toEqual(["'=1+1", "'+1", "'-1", "'@x", `"'=a""b"`]);
  });
});

describe('[R61] an import that is interrupted', () => {
  const N = 1_700;
  const file = `${HEADER}\n${Array.from({ length: N }, (_, n) => received(`n${n}`)).join('\n')}\n`;

  async function ended(id: string): Promise<Said['body']> {
    for (let tries = 0; tries < 20; tries += 1) {
      await shop.runImports();
      const { body } = await shop.get('stock', `/v1/imports/${id}`);
      if (body.state === 'done') return body;
    }
    throw new Error('it does not end');
  }

  test.each([
    ['where its file cannot be read', { reads: 0 }],
    ['where an object is overloaded', { overloaded: true }],
    ['while a round is booked', { diesInBooking: 2 }],
    ['after a round was booked and before that was written down', { diesInAdvance: 3 }],
  ])(
    '%s goes on, and each row counts once',
    async (_, trouble: { reads?: number; overloaded?: boolean; diesInBooking?: number; diesInAdvance?: number }) => {
      const { id } = (await upload(file)).body;
      if (trouble.reads !== undefined) shop.files.failAfterReads = trouble.reads;
      if (trouble.overloaded === true) shop.object(TEA).trouble = () => ({ outcome: 'overloaded', retryAfterMs: 100 });
      let calls = 0;
      await shop.runImports({
        stateAny: async (...asked) => {
          const answers = await shop.jobs.stateAny(...asked);
          calls += 1;
          if (calls === trouble.diesInBooking) throw new Error('died while booking');
          return answers;
        },
        imports: {
          ...shop.jobs.imports,
          advance: async (...asked) => {
            if (calls === trouble.diesInAdvance) throw new Error('died before it was written down');
            return shop.jobs.imports.advance(...asked);
          },
        },
      });
      const between = (await shop.get('stock', `/v1/imports/${id}`)).body;
      expect([between.state === 'done', typeof between.error]).toEqual([false, 'string']);
      shop.files.failAfterReads = Infinity;
      const run = await ended(id);
      expect([run.error, run.rows.read, run.rows.applied + run.rows.duplicate]).toEqual([null, N, N]);
      const rows = (await shop.get('stock', `/v1/imports/${id}/rows?format=ndjson`)).body.trimEnd().split('\n');
      expect(rows.map((row: string) => JSON.parse(row).row)).toEqual(Array.from({ length: N }, (_, n) => n + 2));
      expect(await available()).toBe(N);
    },
  );

  test('dies anywhere, any number of times, and each row counts once', async () => {
    const deaths = fc.uniqueArray(fc.nat(40), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(deaths, async (dieAt) => {
        shop = await Shop.open();
        const { id } = (await upload(file)).body;
        let steps = 0;
        const mayDie = (): void => {
          steps += 1;
          if (dieAt.includes(steps)) throw new Error('died');
        };
        /** What is done may be done, or only half-way, when somebody dies. */
        const mortal =
          <Asked extends readonly unknown[], Answer>(work: (...asked: Asked) => Promise<Answer>) =>
          async (...asked: Asked): Promise<Answer> => {
            mayDie();
            const answer = await work(...asked);
            mayDie();
            return answer;
          };
        const { stateAny, imports, files, sendStep } = shop.jobs;
        const mortals = {
          stateAny: mortal(stateAny),
          sendStep: mortal(sendStep),
          files: { ...files, read: mortal((...asked: Parameters<typeof files.read>) => files.read(...asked)) },
          imports: { ...imports, advance: mortal(imports.advance) },
        };
        const state = async () => (await shop.get('stock', `/v1/imports/${id}`)).body;
        for (let tries = 0; tries < 30 && (await state()).state !== 'done'; tries += 1) {
          // Some of its messages are lost, and the clock finds out.
          shop.steps.length = 0;
          shop.nowMs += 30_001;
          await wakeImports(shop.jobs);
          await shop.runImports(mortals);
        }
        const { rows, error } = await state();
        expect([error, rows.read, rows.applied + rows.duplicate]).toEqual([null, N, N]);
        const listed = (await shop.get('stock', `/v1/imports/${id}/rows?format=ndjson`)).body.trimEnd().split('\n');
        expect(listed).toHaveLength(N);
        expect(shop.object(TEA).stock.balances.values().next().value?.onHand).toBe(N);
      }),
      { numRuns: 15 },
    );
  });

  test('whose message is lost is woken by the clock, once it has stood still for long', async () => {
    const { id } = (await upload(file)).body;
    shop.steps.length = 0;
    expect(await wakeImports(shop.jobs)).toEqual({ woken: 0 });
    shop.nowMs += 30_001;
    expect(await wakeImports(shop.jobs)).toEqual({ woken: 1 });
    expect(await wakeImports(shop.jobs)).toEqual({ woken: 0 });
    expect((await ended(id)).rows.applied).toBe(N);
    shop.nowMs += 30_001;
    expect(await wakeImports(shop.jobs)).toEqual({ woken: 0 });
  });

  test('goes on in the next message when the time of one is over', async () => {
    const { id } = (await upload(file)).body;
    const messages: string[] = [];
    const sendStep = async (step: string): Promise<void> => void messages.push(step);
    await shop.runImports({
      sendStep,
      stateAny: async (...asked) => {
        shop.nowMs += 15_000;
        return shop.jobs.stateAny(...asked);
      },
    });
    expect(messages).toEqual([id]);
    const { body } = await shop.get('stock', `/v1/imports/${id}`);
    expect([body.state, body.rows.read]).toEqual(['running', 1_000]);
    shop.steps.push(...messages);
    expect((await ended(id)).rows.applied).toBe(N);
  });

  test('lets others in after each round', async () => {
    const { id } = (await upload(file)).body;
    const seen: number[] = [];
    await shop.runImports({ wait: async () => void seen.push((await shop.get('stock', `/v1/imports/${id}`)).body.rows.read) });
    expect(seen).toEqual([500, 1_000, 1_500, N]);
  });

  test('by a second one that does the same changes nothing twice', async () => {
    const { id } = (await upload(file)).body;
    let doubled = false;
    await shop.runImports({
      stateAny: async (...asked) => {
        if (!doubled) {
          doubled = true;
          shop.steps.push(id);
          await shop.runImports();
        }
        return shop.jobs.stateAny(...asked);
      },
    });
    const { body } = await shop.get('stock', `/v1/imports/${id}`);
    expect([body.state, body.rows.applied, body.rows.duplicate]).toEqual(['done', N, 0]);
    expect((await rowsOf(id, '?outcome=duplicate')).items).toEqual([]);
  });

  test('by whoever cancels it stops, and keeps what it has', async () => {
    const { id } = (await upload(file)).body;
    let rounds = 0;
    await shop.runImports({
      stateAny: async (...asked) => {
        rounds += 1;
        if (rounds === 2) await shop.post('stock', `/v1/imports/${id}/cancel`, {});
        return shop.jobs.stateAny(...asked);
      },
    });
    const { body } = await shop.get('stock', `/v1/imports/${id}`);
    expect([body.state, body.rows.applied, typeof body.ended_at]).toEqual(['cancelled', 1_000, 'string']);
    expect(await available()).toBe(1_000);
    const again = await shop.post('stock', `/v1/imports/${id}/cancel`, {});
    expect([again.status, again.body.ended_at]).toEqual([200, body.ended_at]);
  });

  test('and is old goes with its file', async () => {
    const run = await imported(file);
    shop.nowMs += 30 * 86_400_000;
    expect(await trimOldImports(shop.jobs)).toEqual({ trimmed: 0 });
    shop.nowMs += 1;
    expect(await trimOldImports(shop.jobs)).toEqual({ trimmed: 1 });
    expect((await shop.get('stock', `/v1/imports/${run.id}`)).status).toBe(404);
    expect(shop.files.files.size).toBe(0);
  });
});

test('[R34] a count in a file that has to wait for a posting is tried again by itself', async () => {
  await shop.receive(TEA, 5);
  shop.object(TEA).sendPostings();
  const said = await upload(
    `id,sku,location,quantity,meaning,as_of,mark\nc,${TEA},dc,5,on_hand_minus_committed,${shop.today()},3\n`,
    'kind=counts&source=erp&format=csv',
  );
  await shop.runImports();
  expect((await rowsOf(said.body.id)).items).toMatchObject([{ id: 'c', outcome: 'deferred', detail: expect.any(String) }]);
  expect(shop.inbound).toMatchObject([{ source: 'erp', putOff: 1, facts: [{ kind: 'count', fact: { id: 'c' } }] }]);
});

test('[R34] however many counts have to wait, no message is longer than a queue takes', async () => {
  await shop.receive(TEA, 5);
  shop.object(TEA).sendPostings();
  const count = { source: 'erp', sku: TEA, location: 'dc', quantity: 5, meaning: 'on_hand_minus_committed', as_of: shop.today() };
  const lines = Array.from({ length: 500 }, (_, n) => JSON.stringify({ ...count, id: `${'é'.repeat(190)}${n}`, mark: n + 3 }));
  const said = await upload(lines.join('\n'), 'kind=counts&source=erp&format=ndjson');
  await shop.runImports();
  expect((await shop.get('stock', `/v1/imports/${said.body.id}`)).body.rows.deferred).toBe(500);
  const sizes = shop.inbound.map((message) => new TextEncoder().encode(JSON.stringify(message)).byteLength);
  expect(Math.max(...sizes)).toBeLessThan(128_000);
  expect(shop.inbound.flatMap(({ facts }) => facts)).toHaveLength(500);
});

test('[R61] rows with more wrong in them than anybody reads are written down in short, and cost the others nothing', async () => {
  const fields = Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`\u0001${n}${'x'.repeat(20)}`, 1]));
  const wide = Array.from({ length: 20 }, (_, n) => JSON.stringify({ id: `w${n}`, ...fields }));
  const long = JSON.stringify({ id: '\u0001'.repeat(40_000), source: 'erp' });
  const run = await imported([...wide, long].join('\n'), 'kind=movements&source=wms&format=ndjson');
  expect(run).toMatchObject({ state: 'done', rows: { read: 21, rejected: 21 } });
  const { results } = await shop.database
    .prepare('SELECT max(length(outcomes)) AS longest FROM import_part')
    .all<{ longest: number }>();
  expect(results[0]?.longest).toBeLessThan(21 * 4_000);
  const { items } = await rowsOf(run.id);
  expect(items[0].detail).toMatch(/^sku: .*…$/);
  expect(Array.from(items[20].id)).toHaveLength(200);
});

test('[R34] facts of stores that were offline come late, in any order, in any pieces and more than once: the books are the same', async () => {
  const fact = fc.record({
    kind: fc.constantFrom('received', 'sold', 'adjusted', 'returned'),
    sku: fc.constantFrom(TEA, MUG),
    location: fc.constantFrom('dc', 'store'),
    quantity: fc.integer({ min: 1, max: 9 }),
    hour: fc.integer({ min: 0, max: 11 }),
  });
  const story = fc.array(fact, { minLength: 1, maxLength: 12 });
  const plan = story.chain((facts) =>
    fc.record({
      facts: fc.constant(facts),
      // Each fact at least once, some again, in any order and by any way.
      told: fc
        .array(fc.nat(facts.length - 1), { maxLength: 12 })
        .chain((again) => fc.shuffledSubarray([...facts.keys(), ...again], { minLength: facts.length + again.length })),
      ways: fc.infiniteStream(fc.constantFrom('movements', 'inbound', 'csv', 'ndjson')),
      piece: fc.integer({ min: 1, max: 5 }),
    }),
  );
  const stated = <Fact extends { readonly hour: number }>(facts: readonly Fact[]) =>
    facts.map(({ hour, ...one }, n) => ({
      ...one,
      id: `f${n}`,
      source: 'wms',
      occurred_at: `2026-11-20T${String(hour).padStart(2, '0')}:00:00Z`,
    }));
  const books = (of: Shop) =>
    [TEA, MUG].map((sku) =>
      [...of.object(sku as Sku).stock.balances.values()]
        .filter(({ onHand }) => onHand !== 0)
        .map(({ location, status, onHand }) => `${location} ${status} ${onHand}`)
        .toSorted((a, b) => a.localeCompare(b)),
    );

  await fc.assert(
    fc.asyncProperty(plan, async ({ facts, told, ways, piece }) => {
      const all = stated(facts);
      const inOrder = await Shop.open();
      await inOrder.ask('stock', 'POST', '/v1/movements', { movements: all });
      shop = await Shop.open();
      for (let at = 0; at < told.length; at += piece) {
        const movements = told.slice(at, at + piece).flatMap((index) => all[index] ?? []);
        await tell(ways.next().value, movements);
      }
      await shop.runImports();
      await shop.bookInbound();
      expect(books(shop)).toEqual(books(inOrder));
    }),
    { numRuns: 40 },
  );

  async function tell(
    way: string | undefined,
    movements: readonly Readonly<Record<'id' | 'kind' | 'sku' | 'location' | 'quantity' | 'occurred_at', unknown>>[],
  ): Promise<void> {
    if (way === 'movements') await shop.ask('stock', 'POST', '/v1/movements', { movements });
    else if (way === 'inbound') await shop.ask('stock', 'POST', '/v1/inbound/wms', { movements });
    else if (way === 'csv') {
      const rows = movements.map((one) => [one.id, one.kind, one.sku, one.location, one.quantity, one.occurred_at].join(','));
      await upload([HEADER, ...rows].join('\n'));
    } else await upload(movements.map((one) => JSON.stringify(one)).join('\n'), 'kind=movements&source=wms&format=ndjson');
  }
});
