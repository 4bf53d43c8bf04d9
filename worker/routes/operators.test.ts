import { describe, expect, test } from 'vitest';
import type { Asked, Reply } from '../../durable-objects/sku-stock/protocol.ts';
import { sale, TEA } from '../../test/pipeline/postings.ts';
import { createApp } from '../app.ts';
import { allowWith } from '../middleware/authenticate.ts';
import { NEW_CASE, type CaseRow } from '../read-models/cases.ts';
import { caseIdOf } from '../read-models/case-id.ts';
import { deliveryOf, type Delivery } from '../read-models/posting-log.ts';
import type { PostingSources } from '../read-models/posting-pages.ts';
import { Refused } from '../refused.ts';
import { caseRoutes } from './cases.ts';
import { metricsRoutes } from './metrics.ts';
import { postingRoutes } from './postings.ts';
import { traceRoutes } from './trace.ts';

const ID = caseIdOf(TEA, 4);
const OPEN: CaseRow = { ...NEW_CASE, id: ID, kind: 'over_reservation', sku: TEA, difference: 2, openedAtMs: 1_000, sequence: 4 };
const CODE: CaseRow = { ...NEW_CASE, id: 'code_unknown~item~A/B', kind: 'code_unknown', openedAtMs: 2_000 };
const POSTED: Delivery = {
  ...deliveryOf(sale(TEA, 5, 2)),
  state: 'posted',
  attempts: 1,
  erpReference: 'SL-7',
  mark: 7,
  error: null,
  sentAtMs: 2_000,
  postedAtMs: 3_000,
  acknowledgedAtMs: 3_000,
};
const at = { sequence: 9, asOfMs: 9_000 };
const ACCEPTED: Reply = {
  outcome: 'answered',
  answer: { accepted: true, reservation: null, fact: null },
  replay: null,
  correlationId: 'c',
  ...at,
};
const refused = (code: 'case_still_true' | 'case_not_found'): Reply => ({
  outcome: 'answered',
  answer: { accepted: false, rejection: { code } },
  replay: null,
  correlationId: 'c',
  ...at,
});

/** The operators' routes over what is given, with a key of these scopes. */
function front({ reply = ACCEPTED, scope = 'admin' }: { reply?: Reply | Refused; scope?: 'admin' | 'feeds:read' } = {}) {
  const asked: Asked[] = [];
  const rows = new Map([OPEN, CODE].map((row) => [row.id, row]));
  const allow = allowWith(
    async () => ({ keyId: 'k', scopes: [scope], channel: null, sources: null, locations: null, rateLimit: null }),
    async () => null,
  );
  const postings: PostingSources = {
    logged: async ({ limit }) => [POSTED, { ...POSTED, sequence: 6, key: 'TEA#6' }].slice(0, limit),
    loggedAt: async () => [],
    skusThatWait: async () => [],
    waiting: async (skus) => skus.map(() => []),
  };
  const routes = [
    postingRoutes({ allow, postings, names: { exists: async (sku) => sku === TEA } }),
    traceRoutes({
      allow,
      names: { exists: async (sku) => sku === TEA },
      postings,
      loggedOfTrace: async (id) => (id === POSTED.correlationId ? [POSTED] : []),
      projected: async () => new Map(),
      toldLevels: async () => [],
    }),
    caseRoutes({
      allow,
      now: () => 0,
      names: { exists: async (sku) => sku === TEA },
      stock: {
        execute: async (_, commands) => {
          asked.push(...commands);
          return reply instanceof Refused ? reply : [reply];
        },
      },
      cases: {
        list: async ({ limit }) => [CODE, OPEN].slice(0, limit),
        bringUpToDate: async () => undefined,
        find: async (id) => rows.get(id) ?? null,
        change: async () => undefined,
        proposals: async () => new Map(),
        approve: async () => 'booked',
        close: async ({ id, reason, sequence }) => {
          const row = rows.get(id);
          if (row !== undefined) rows.set(id, { ...row, state: 'resolved', reason, closedAtMs: 8_000, sequence: sequence ?? 0 });
        },
      },
    }),
    metricsRoutes({
      allow,
      now: () => 61_000,
      outletLanes: async () => [],
      webhookMetrics: async () => [],
      erpLane: async () => ({ state: 'half_open', window: 4, inFlight: 1, throttledForMs: 2_500, openedTotal: 3 }),
      auditedLast: async () => ({ startedAtMs: 1_000, afterSku: TEA, items: 7, failed: 2, unanswered: 1, endedAtMs: 11_000 }),
      reconciled: async () => ({ endedAtMs: 11_000, units: [{ name: 'unknown', count: 4 }] }),
      watched: async () => ({
        connection: 'erp',
        feedReadAtMs: 31_000,
        unreadFromMs: 1_000,
        feedSinceMs: null,
        laneSinceMs: 5_000,
        watch: null,
      }),
      totals: async () => ({
        countedNewestMs: 51_000,
        countedOldestMs: 1_000,
        uncounted: 3,
        changesKept: 2,
        waiting: 3,
        oldestAtMs: 1_000,
        failed: 1,
        posted: 40,
        reserved: 50,
        lapsed: 2,
        duplicates: 4,
        replays: 5,
        retries: 6,
        drift: 2,
        refused: [{ name: 'insufficient_stock', count: 7 }],
        openCases: [{ name: 'over_reservation', count: 1 }],
        deadLetters: [],
      }),
    }),
  ];
  const app = createApp(routes, { log: () => {}, now: () => 0 });
  const call = async (
    path: string,
    body?: object,
  ): Promise<{ readonly status: number; readonly text: string; readonly json: unknown }> => {
    const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    const reply = await app.request(path, { ...init, headers: { authorization: 'Bearer k' } });
    const text = await reply.text();
    return { status: reply.status, text, json: text.startsWith('{') ? JSON.parse(text) : null };
  };
  return { call, asked };
}

test.each(['/v1/postings', '/v1/trace/x', '/v1/cases', '/metrics'])('%s is for operators only', async (path) => {
  expect(await front({ scope: 'feeds:read' }).call(path)).toMatchObject({ status: 403, json: { code: 'scope_missing' } });
});

describe('GET /v1/postings', () => {
  test('shows each posting with what became of it, page by page', async () => {
    const { call } = front();
    const first = await call('/v1/postings?limit=1&state=posted');
    expect(first.json).toEqual({
      items: [
        {
          sku: 'TEA',
          sequence: 5,
          key: 'TEA#5',
          kind: 'committed',
          location: 'dc',
          quantity: 2,
          order_ref: 'ORDER-5',
          state: 'posted',
          attempts: 1,
          erp_reference: 'SL-7',
          mark: 7,
          error: null,
          correlation_id: 'trace-of-TEA-5',
          recorded_at: '1970-01-01T00:00:01.000Z',
          posted_at: '1970-01-01T00:00:03.000Z',
        },
      ],
      next_cursor: expect.any(String),
    });
  });

  test.each([
    ['state=lost', 400, 'invalid_request'],
    ['limit=0', 400, 'invalid_request'],
    ['limit=501', 400, 'invalid_request'],
    ['cursor=bm9uc2Vuc2U', 400, 'invalid_request'],
    ['colour=green', 400, 'invalid_request'],
    ['sku=GHOST', 422, 'sku_unknown'],
  ])('%s is refused', async (query, status, code) => {
    expect(await front().call(`/v1/postings?${query}`)).toMatchObject({ status, json: { code } });
  });
});

describe('GET /v1/trace', () => {
  test('tells what became of a request', async () => {
    expect((await front().call('/v1/trace/trace-of-TEA-5')).json).toMatchObject({
      correlation_id: 'trace-of-TEA-5',
      events: [
        { what: 'received' },
        { what: 'generated' },
        { what: 'sent' },
        { what: 'posted', at: '1970-01-01T00:00:03.000Z' },
        { what: 'acknowledged' },
      ],
    });
  });

  test('of an unknown request is not found, of one SKU no more than of all', async () => {
    expect(await front().call('/v1/trace/nothing')).toMatchObject({ status: 404, json: { code: 'not_found' } });
    expect(await front().call('/v1/trace/nothing?sku=TEA')).toMatchObject({ status: 404, json: { code: 'not_found' } });
  });

  test('of an item that there is not says so, and asks no object', async () => {
    expect(await front().call('/v1/trace/nothing?sku=NONE')).toMatchObject({ status: 422, json: { code: 'sku_unknown' } });
  });
});

describe('cases', () => {
  test('are listed newest first, page by page', async () => {
    const { json } = await front().call('/v1/cases?limit=1&state=open');
    expect(json).toMatchObject({
      items: [{ id: CODE.id, state: 'open', opened_at: '1970-01-01T00:00:02.000Z', closed_at: null }],
      next_cursor: expect.any(String),
    });
  });

  test('of an item that nobody has are not asked for', async () => {
    expect(await front().call('/v1/cases?sku=NOPE')).toMatchObject({ status: 422, json: { code: 'sku_unknown' } });
  });

  test('of an object are closed by the object, and keep the reason', async () => {
    const { call, asked } = front();
    expect(await call(`/v1/cases/${ID}/resolve`, { reason: 'counted again' })).toMatchObject({
      status: 200,
      json: { id: ID, state: 'resolved', reason: 'counted again', closed_at: '1970-01-01T00:00:08.000Z' },
    });
    expect(asked.map(({ command }) => command)).toEqual([{ type: 'resolve_case', case: 4 }]);
  });

  test('[R28] that are still true stay open', async () => {
    const { call } = front({ reply: refused('case_still_true') });
    expect(await call(`/v1/cases/${ID}/resolve`, { reason: 'go away' })).toMatchObject({
      status: 409,
      json: { code: 'case_still_true' },
    });
    expect(await call(`/v1/cases/${ID}/resolve`, { reason: 'go away' })).toMatchObject({ status: 409 });
  });

  test('that closed by themselves a moment ago keep the reason all the same', async () => {
    const { call } = front({ reply: refused('case_not_found') });
    expect(await call(`/v1/cases/${ID}/resolve`, { reason: 'counted again' })).toMatchObject({
      status: 200,
      json: { state: 'resolved' },
    });
  });

  test('that no object has are closed where they are', async () => {
    const { call, asked } = front();
    expect(await call(`/v1/cases/${encodeURIComponent(CODE.id)}/resolve`, { reason: 'declared it' })).toMatchObject({
      status: 200,
      json: { state: 'resolved' },
    });
    expect(asked).toEqual([]);
  });

  test('that are resolved stay as they were resolved', async () => {
    const { call, asked } = front();
    await call(`/v1/cases/${ID}/resolve`, { reason: 'first' });
    expect(await call(`/v1/cases/${ID}/resolve`, { reason: 'second' })).toMatchObject({ status: 200, json: { reason: 'first' } });
    expect(asked).toHaveLength(1);
  });

  test.each([
    ['nobody', { reason: 'x' }, 404, 'not_found'],
    [ID, {}, 400, 'invalid_request'],
    [ID, { reason: '' }, 400, 'invalid_request'],
    [ID, { reason: 'x', force: true }, 400, 'invalid_request'],
  ])('%s with %j is refused', async (id, body, status, code) => {
    expect(await front().call(`/v1/cases/${id}/resolve`, body)).toMatchObject({ status, json: { code } });
  });

  test('whose object is too busy can be resolved later', async () => {
    const { call } = front({ reply: new Refused('overloaded', 'too much') });
    expect(await call(`/v1/cases/${ID}/resolve`, { reason: 'x' })).toMatchObject({ status: 503, json: { code: 'overloaded' } });
  });
});

test('/metrics speaks as Prometheus reads', async () => {
  const { text } = await front().call('/metrics');
  expect(text).toContain(
    '# HELP holdfast_postings_waiting Postings that the ERP has not confirmed.\n# TYPE holdfast_postings_waiting gauge\nholdfast_postings_waiting 3\n',
  );
  expect(text).toContain('holdfast_posting_oldest_age_seconds 60\n');
  expect(text).toContain('holdfast_refused_total{code="insufficient_stock"} 7\n');
  expect(text).toContain('holdfast_cases_open{kind="over_reservation"} 1\n');
  expect(text).toContain('holdfast_cases_open{kind="dead_letter"} 0\n');
  expect(text).toContain('holdfast_erp_lane_state{connection="erp"} 1\n');
  expect(text).toContain('holdfast_erp_lane_window{connection="erp"} 4\n');
  expect(text).toContain('holdfast_erp_lane_in_flight{connection="erp"} 1\n');
  expect(text).toContain('holdfast_erp_lane_throttled_seconds{connection="erp"} 2.5\n');
  expect(text).toContain('holdfast_erp_lane_opened_total{connection="erp"} 3\n');
  expect(text).toContain('holdfast_erp_feed_age_seconds{connection="erp"} 30\n');
  expect(text).toContain('holdfast_erp_feed_unread_age_seconds{connection="erp"} 60\n');
  expect(text).toContain('holdfast_erp_trouble{connection="erp",kind="feed"} 0\n');
  expect(text).toContain('holdfast_erp_trouble{connection="erp",kind="lane"} 1\n');
  expect(text).toContain('holdfast_count_age_seconds{of="newest"} 10\n');
  expect(text).toContain('holdfast_count_age_seconds{of="oldest"} 60\n');
  expect(text).toContain('holdfast_items_uncounted 3\n');
  expect(text).toContain('holdfast_changes_kept 2\n');
  expect(text).toContain('holdfast_reconciliation_age_seconds{connection="erp"} 50\n');
  expect(text).toContain('holdfast_reconciliation_difference_units{class="unknown"} 4\n');
  expect(text).toContain('holdfast_reconciliation_difference_units{class="double_post"} 0\n');
  expect(text).toContain('holdfast_audit_age_seconds 50\n');
  expect(text).toContain('holdfast_audit_failed 2\n');
  expect(text).toMatch(/\n$/);
  const names = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const line of text.trim().split('\n'))
    expect(line).toMatch(/^(# (HELP|TYPE) \w+ .+|\w+(\{\w+="[^"]*"(,\w+="[^"]*")*\})? \d+(\.\d+)?)$/);
});
