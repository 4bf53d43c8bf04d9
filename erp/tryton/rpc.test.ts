import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { trytonOptions } from './options.ts';
import { trytonRpc } from './rpc.ts';

const LOGIN = [2, 'f00d'];
const CALL = { method: 'stock.move.do', args: [[1]], result: z.null() };

describe('[R33] what Tryton may answer', () => {
  test.each([
    ['nothing, which is what a workflow says', answer({ id: 1, result: null }), { kind: 'answered', result: null }],
    ['a refusal', fault('UserError', ['No.', '', null]), { kind: 'refused', code: 'user_error', detail: 'No.' }],
    ['a question to a person', fault('UserWarning', ['name', 'In the future?', '']), { kind: 'refused', code: 'user_warning' }],
    ['that others were quicker', fault('ConcurrencyException', 'Records were modified'), { kind: 'conflict' }],
    ['a busy database', fault('database is locked', ''), { kind: 'conflict' }],
    ['a database that gave up', fault('could not serialize access due to concurrent update\n', ''), { kind: 'conflict' }],
    ['an exception', fault("'product'", ''), { kind: 'failed' }],
    ['a page for people', () => new Response('<h1>Welcome</h1>'), { kind: 'unknown' }],
    ['a bare result', answer(null), { kind: 'unknown' }],
    ['another shape', answer({ id: 1, result: 'done' }), { kind: 'unknown' }],
    ['500', () => new Response('', { status: 500 }), { kind: 'unknown' }],
    ['403', () => new Response('', { status: 403 }), { kind: 'unknown' }],
    ['a redirect', () => new Response('', { status: 302, headers: { Location: 'http://127.0.0.1:1/' } }), { kind: 'unknown' }],
    ['429', () => new Response('', { status: 429, headers: { 'Retry-After': '7' } }), { kind: 'throttled', retryAfterMs: 7_000 }],
    ['a broken connection', () => Promise.reject(new TypeError('fetch failed')), { kind: 'unknown' }],
    ['401 for ever', () => new Response('', { status: 401 }), { kind: 'unknown' }],
  ])('%s', async (_, reply, expected) => {
    const { rpc } = server(reply);
    expect(await rpc.try(CALL, soon())).toMatchObject(expected);
  });

  test('the login is told once, and again when the session is gone', async () => {
    let known = true;
    const { rpc, calls } = server(() => {
      const reply = known ? Response.json({ id: 1, result: null }) : new Response('', { status: 401 });
      known = true;
      return reply;
    });
    await rpc.try(CALL, soon());
    await rpc.try(CALL, soon());
    known = false;
    expect(await rpc.try(CALL, soon())).toEqual({ kind: 'answered', result: null });
    expect(calls).toEqual(['common.db.login', DO, DO, DO, 'common.db.login', DO]);
  });

  test('too many logins slow the lane like any 429', async () => {
    const rpc = trytonRpc({ ...AT, fetch: async () => new Response('', { status: 429, headers: { 'Retry-After': '60' } }) });
    expect(await rpc.try(CALL, soon())).toEqual({ kind: 'throttled', retryAfterMs: 60_000 });
  });

  test('what is sent has the three fields that Tryton wants and no other, and the context last', async () => {
    const { rpc, bodies } = server(answer({ id: 1, result: null }));
    await rpc.try({ ...CALL, context: { company: 3 } }, soon());
    expect(bodies.at(-1)).toEqual({ id: 1, method: DO, params: [[1], { language: 'en', company: 3 }] });
  });
});

describe('the options of a deployment', () => {
  test('a user is all that it takes: goods under inspection are in the input zone', () => {
    expect(trytonOptions.parse({ user: 'holdfast' })).toEqual({ user: 'holdfast', statuses: { quality_control: 'input' } });
  });

  test.each([
    [{}, 'user'],
    [{ user: 'holdfast', password: 'x' }, 'password'],
    [{ user: 'holdfast', statuses: { damaged: 'BIN' } }, '{location}'],
    [{ user: 'holdfast', statuses: { sellable: 'input' } }, 'sellable'],
    [{ user: 'holdfast', statuses: { damaged: 'input' } }, 'share a location'],
  ])('%j does not start', (given, told) => {
    expect(trytonOptions.safeParse(given).error?.message).toContain(told);
  });
});

const DO = 'model.stock.move.do';
const AT = { url: 'http://erp.example/shop', user: 'holdfast', password: 'secret', nowMs: Date.now };

function server(reply: () => Response | Promise<Response>) {
  const bodies: unknown[] = [];
  const calls: string[] = [];
  const fetch = async (request: Request): Promise<Response> => {
    const body: { method: string } = await request.json();
    bodies.push(body);
    calls.push(body.method);
    return body.method === 'common.db.login' ? Response.json({ id: 1, result: LOGIN }) : reply();
  };
  return { rpc: trytonRpc({ ...AT, fetch }), bodies, calls };
}

function answer(body: unknown) {
  return () => Response.json(body);
}

function fault(kind: string, told: unknown) {
  return answer({ id: 1, error: [kind, told] });
}

function soon(): AbortSignal {
  return AbortSignal.timeout(5_000);
}
