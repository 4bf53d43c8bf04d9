import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ERP_PATHS, erpPostRequest } from '../../contracts/generic-erp.ts';
import { erpPortContract, posting } from '../../test/contract/erp-port-contract.ts';
import { ERP_TOKEN, startReferenceErp, type ReferenceErp } from '../../test/reference-erp.ts';
import { sku } from '../../test/story/ids.ts';
import { ErpUnavailable } from '../port.ts';
import { httpErp } from './http-erp.ts';

describe('against the reference ERP in the real runtime', () => {
  let server: ReferenceErp;
  beforeAll(async () => {
    server = await startReferenceErp();
  });
  afterAll(() => server.stop());

  erpPortContract('the ERP over HTTP', async () => ({
    erp: httpErp({ url: server.url, token: ERP_TOKEN, pageMax: 3 }),
    bookReceipt: async ({ key, sku, quantity }) => {
      const lines = [{ location: 'dc', status: 'sellable', on_hand: quantity, committed: 0 }];
      const movement = { key, kind: 'received', sku, lines, occurred_at: '2026-11-20T08:30:00Z' };
      const answer = await server.ask(ERP_PATHS.movements, { method: 'POST', body: { movements: [movement] } });
      expect(answer.status).toBe(200);
    },
    refuse: (sku) => server.suffer({ refuse_skus: [sku] }),
    throttle: (retryAfterMs) =>
      server.suffer({ rate_limit: { remaining: 0, retry_after_seconds: Math.ceil(retryAfterMs / 1_000) } }),
    timeOutAfterApplying: () => server.suffer({ apply_then_time_out_next: 1 }),
    goDown: () => server.suffer({ down: true }),
    heal: () => server.suffer({}),
  }));

  test('the trace of each posting arrives with it', async () => {
    const erp = httpErp({ url: server.url, token: ERP_TOKEN });
    await erp.post([posting(TEA, 1, -1), { ...posting(TEA, 2, -1), correlationId: 'c'.repeat(32) }], soon());
    const { results } = await server.database.prepare("SELECT traceparent FROM entry WHERE sku = 'TEA' ORDER BY number").all();
    expect(results.map((row) => String(row['traceparent']).split('-')[1])).toEqual([
      posting(TEA, 1, -1).correlationId,
      'c'.repeat(32),
    ]);
  });

  test('a wrong token is no reason to give a posting up', async () => {
    const erp = httpErp({ url: server.url, token: 'wrong' });
    expect(await erp.post([posting(TEA, 3, -1)], soon())).toMatchObject([{ outcome: 'unknown' }]);
  });
});

describe('[R33] what an ERP may answer to a posting', () => {
  test.each([
    ['a page for people under 200', () => new Response('<h1>Maintenance</h1>', { status: 200 }), 'unknown'],
    ['an error inside a 200', () => Response.json({ error: 'database is locked' }), 'unknown'],
    ['nothing about this key', () => Response.json({ items: [] }), 'unknown'],
    ['a mark that is no number', () => Response.json({ items: [{ ...ITEM, outcome: 'posted', mark: '7' }] }), 'unknown'],
    ['an outcome nobody has heard of', () => Response.json({ items: [{ ...ITEM, outcome: 'parked' }] }), 'unknown'],
    [
      'two things about this key',
      () =>
        Response.json({
          items: [
            { ...ITEM, outcome: 'refused' },
            { ...ITEM, outcome: 'posted' },
          ],
        }),
      'unknown',
    ],
    [
      'the same about this key twice',
      () =>
        Response.json({
          items: [
            { ...ITEM, outcome: 'posted' },
            { ...ITEM, outcome: 'posted' },
          ],
        }),
      'posted',
    ],
    ['500', () => new Response('oops', { status: 500 }), 'unknown'],
    ['503 with Retry-After', () => new Response('', { status: 503, headers: { 'Retry-After': '3' } }), 'unknown'],
    ['a redirect', () => new Response('', { status: 302, headers: { Location: 'http://127.0.0.1:1/' } }), 'unknown'],
    ['401', () => new Response('', { status: 401 }), 'unknown'],
    ['404', () => new Response('', { status: 404 }), 'unknown'],
    ['a body without end', () => new Response(endless()), 'unknown'],
    ['a broken connection', () => Promise.reject(new TypeError('fetch failed')), 'unknown'],
    ['pending', () => Response.json({ items: [{ ...ITEM, outcome: 'pending' }] }), 'pending'],
    ['refused without a reason', () => Response.json({ items: [{ ...ITEM, outcome: 'refused' }] }), 'refused'],
    [
      'fields that a newer ERP adds',
      () => Response.json({ items: [{ ...ITEM, outcome: 'posted', ledger: 'L1' }], took_ms: 3 }),
      'posted',
    ],
    ['400', () => new Response('', { status: 400 }), 'refused'],
  ])('%s', async (_, answer, outcome) => {
    const erp = httpErp({ ...ANYWHERE, fetch: async () => answer() });
    expect(await erp.post([SALE], soon())).toMatchObject([{ key: SALE.key, outcome }]);
  });

  test.each([
    ['4', 4_000],
    ['Fri, 20 Nov 2026 08:01:00 GMT', 60_000],
  ])('429 with Retry-After: %s', async (header, retryAfterMs) => {
    const fetch = async () => new Response('', { status: 429, headers: { 'Retry-After': header } });
    const erp = httpErp({ ...ANYWHERE, fetch, nowMs: () => Date.parse('2026-11-20T08:00:00Z') });
    expect(await erp.post([SALE], soon())).toEqual([{ key: SALE.key, outcome: 'throttled', retryAfterMs }]);
  });

  test('400 for a call of many: the one that the ERP cannot read is found, the others are booked', async () => {
    const erp = httpErp({
      ...ANYWHERE,
      fetch: async (request) => {
        const { movements } = erpPostRequest.parse(await request.json());
        return movements.some(({ key }) => key === 'TEA#3')
          ? new Response('', { status: 400 })
          : Response.json({ items: movements.map(({ key }) => ({ ...ITEM, key, outcome: 'posted' })) });
      },
    });
    const outcomes = await erp.post(
      [1, 2, 3, 4, 5].map((sequence) => posting(TEA, sequence, -1)),
      soon(),
    );
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['posted', 'posted', 'refused', 'posted', 'posted']);
  });
});

test('[R31] two answers about one key are none, and neither are two balances of one place, or a page that names itself as the next', async () => {
  const answering = (body: unknown) => httpErp({ ...ANYWHERE, fetch: async () => Response.json(body) });
  const [there, balance] = [
    { key: 'TEA#1', found: true, mark: 1, reference: 'A' },
    { sku: 'TEA', location: 'dc', status: 'sellable', on_hand: 5, committed: 0, mark: 1 },
  ];
  const unanswered = [
    answering({ items: [there, { ...there, found: false }] }).find(['TEA#1'], soon()),
    answering({ items: [balance, { ...balance, on_hand: 6 }], next_cursor: null }).balances(null, soon()),
    answering({ items: [balance], next_cursor: 'again' }).balancesOf([TEA], soon()),
  ];
  for (const one of unanswered) await expect(one).rejects.toBeInstanceOf(ErpUnavailable);
});

test('[R31] silence about a key is not taken for "not booked"', async () => {
  const fetch = async () => Response.json({ items: [{ key: 'TEA#2', found: false, mark: null, reference: null }] });
  await expect(httpErp({ ...ANYWHERE, fetch }).find(['TEA#1', 'TEA#2'], soon())).rejects.toBeInstanceOf(ErpUnavailable);
});

test('[I25] the token never shows in what a failure says', async () => {
  const erp = httpErp({
    ...ANYWHERE,
    fetch: async (request) => new Response(request.headers.get('Authorization'), { status: 200 }),
  });
  expect(JSON.stringify(await erp.post([SALE], soon()))).not.toContain(ANYWHERE.token);
});

const TEA = sku('TEA');
const SALE = posting(TEA, 1, -1);
const ITEM = { key: SALE.key, mark: null, reference: null, error: null };
const ANYWHERE = { url: 'http://127.0.0.1:9/', token: 'a-secret-token' };

function endless(): ReadableStream<Uint8Array> {
  return new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(1_048_576)) });
}

function soon(): AbortSignal {
  return AbortSignal.timeout(5_000);
}
