import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ERP_PATHS, erpBalancesReply, erpChangesReply, erpLookupReply, erpPostReply } from '../contracts/generic-erp.ts';
import { startReferenceErp, type ReferenceErp } from '../test/reference-erp.ts';
import { audit } from './ledger/audit.ts';

let erp: ReferenceErp;
beforeAll(async () => {
  erp = await startReferenceErp();
});
afterAll(() => erp.stop());

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';

describe('booking', () => {
  test('[I12] a key is booked once, and answers with its first mark however often it comes', async () => {
    const once = received('TWICE', 'TWICE#1', 5);
    const [first] = await post([once]);
    const [second] = await post([once]);
    expect(first).toMatchObject({ outcome: 'posted', mark: expect.any(Number) });
    expect(second).toEqual({ ...first, outcome: 'duplicate' });
    expect(await onHand('TWICE')).toBe(5);
  });

  test('[I12] a key that comes twice in one call is booked once', async () => {
    const once = received('SAME-CALL', 'SAME-CALL#1', 5);
    const outcomes = await post([once, once]);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['posted', 'duplicate']);
    expect(await onHand('SAME-CALL')).toBe(5);
  });

  test('[I12] a key that many callers send at the same moment is booked once', async () => {
    const once = received('RACE', 'RACE#1', 5);
    const answers = await Promise.all(Array.from({ length: 12 }, () => post([received('RACE', 'RACE#other', 1), once])));
    const outcomes = answers.map((items) => items.map(({ outcome }) => outcome).join());
    expect(outcomes.toSorted()).toEqual([...Array.from({ length: 11 }, () => 'duplicate,duplicate'), 'posted,posted']);
    expect(await onHand('RACE')).toBe(6);
  });

  test('other content under a known key is refused, and so is it within one call', async () => {
    await post([received('CONFLICT', 'CONFLICT#1', 5)]);
    const outcomes = await post([
      received('CONFLICT', 'CONFLICT#1', 6),
      received('CONFLICT', 'CONFLICT#2', 1),
      received('CONFLICT', 'CONFLICT#2', 2),
    ]);
    expect(outcomes.map(({ outcome, error }) => error?.code ?? outcome)).toEqual(['key_conflict', 'posted', 'key_conflict']);
    expect(await onHand('CONFLICT')).toBe(6);
  });

  test('a movement of wrong form is refused alone, and the others keep their order', async () => {
    const outcomes = await post([
      received('FORM', 'FORM#1', 5),
      { ...received('FORM', 'FORM#2', 5), lines: [] },
      'nonsense',
      received('FORM', 'FORM#3', 7),
    ]);
    expect(outcomes.map(({ key, outcome, error }) => [key, error?.code ?? outcome])).toEqual([
      ['FORM#1', 'posted'],
      ['FORM#2', 'invalid_movement'],
      ['', 'invalid_movement'],
      ['FORM#3', 'posted'],
    ]);
    expect(outcomes[3]?.mark).toBe((outcomes[0]?.mark ?? 0) + 1);
  });

  test('numbers rise in the order of the call, and the change feed shows them so with their trace', async () => {
    const keys = ['FEED#z', 'FEED#a', 'FEED#m'];
    const before = await tail();
    const ownTrace = `00-${TRACE}-00f067aa0ba902b7-01`;
    await post(
      [received('FEED', 'FEED#z', 1), { ...received('FEED', 'FEED#a', 1), traceparent: ownTrace }, received('FEED', 'FEED#m', 1)],
      {
        traceparent: '00-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-bbbbbbbbbbbbbbbb-01',
      },
    );
    const { items } = erpChangesReply.parse(await (await erp.ask(`${ERP_PATHS.changes}?after=${before}`)).json());
    expect(items.map(({ key }) => key)).toEqual(keys);
    expect(items.map(({ mark }) => mark)).toEqual([before + 1, before + 2, before + 3]);
    expect(items[1]).toMatchObject({ traceparent: ownTrace, lines: received('FEED', 'FEED#a', 1).lines });
    expect(items[0]?.traceparent).toContain('aaaa');
  });

  test('a lookup tells what is there and what is not, in the order asked', async () => {
    await post([received('LOOK', 'LOOK#1', 1)]);
    const answer = await erp.ask(ERP_PATHS.lookup, { method: 'POST', body: { keys: ['LOOK#0', 'LOOK#1'] } });
    const { items } = erpLookupReply.parse(await answer.json());
    expect(items.map(({ key, found }) => [key, found])).toEqual([
      ['LOOK#0', false],
      ['LOOK#1', true],
    ]);
  });
});

describe('the books', () => {
  test('every balance is the sum of its lines, after transfers, commitments and many callers at once', async () => {
    const calls = Array.from({ length: 8 }, (_, call) =>
      Array.from({ length: 50 }, (_, index) => transferred(`BOOKS-${index % 7}`, `BOOKS#${call}-${index}`, (index % 5) + 1)),
    );
    await Promise.all(calls.map((movements) => post(movements)));
    expect(await audited()).toMatchObject({ holds: true, differences: [] });
  });

  test('an audit sees a balance that was tampered with', async () => {
    await post([received('TAMPER', 'TAMPER#1', 5)]);
    await erp.database.prepare("UPDATE balance SET on_hand = 6 WHERE sku = 'TAMPER'").run();
    const { holds, differences } = await audited();
    await erp.database.prepare("UPDATE balance SET on_hand = 5 WHERE sku = 'TAMPER'").run();
    expect({ holds, differences }).toMatchObject({
      holds: false,
      differences: [{ sku: 'TAMPER', balance: { on_hand: 6 }, lines: { on_hand: 5 } }],
    });
  });

  test('balances come page by page, none twice and none missing', async () => {
    const skus = Array.from({ length: 7 }, (_, index) => `PAGE-${index} ä"%`);
    await post(skus.map((sku) => received(sku, `${sku}#1`, 1)));
    const seen: string[] = [];
    for (let after = ''; ;) {
      const answer = await erp.ask(`${ERP_PATHS.balances}?limit=3${after}`);
      const { items, next_cursor } = erpBalancesReply.parse(await answer.json());
      seen.push(...items.map(({ sku, location, status }) => `${sku} ${location} ${status}`));
      if (next_cursor === null) break;
      after = `&after=${encodeURIComponent(next_cursor)}`;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.filter((place) => place.startsWith('PAGE-'))).toHaveLength(7);
  });
});

describe('the door', () => {
  test('nobody reads or books without the token', async () => {
    const wrong = { headers: { Authorization: 'Bearer guess' } };
    expect((await erp.ask(ERP_PATHS.balances, wrong)).status).toBe(401);
    expect((await erp.ask(ERP_PATHS.faults, wrong)).status).toBe(401);
    expect((await fetch(`${erp.url}/healthz`)).status).toBe(200);
  });

  test.each([
    ['no movements', { movements: [] }],
    ['too many movements', { movements: Array.from({ length: 501 }, () => 0) }],
    ['a field nobody knows', { movements: [0], extra: 1 }],
  ])('a call with %s is a problem that says why', async (_, body) => {
    const answer = await erp.ask(ERP_PATHS.movements, {
      method: 'POST',
      body,
      headers: { traceparent: `00-${TRACE}-00f067aa0ba902b7-01` },
    });
    expect(answer.headers.get('Content-Type')).toBe('application/problem+json');
    expect(await answer.json()).toMatchObject({ status: 400, code: 'invalid_request', correlation_id: TRACE });
  });

  test.each([1_100_000, 8_000_000])('a body of %i bytes is refused, and whoever sends it hears so', async (bytes) => {
    const answer = await erp.ask(ERP_PATHS.movements, { method: 'POST', body: { movements: ['x'.repeat(bytes)] } });
    expect(answer.status).toBe(413);
  });

  test('text that is not JSON is a problem', async () => {
    const headers = { Authorization: 'Bearer test-erp-token', 'Content-Type': 'application/json' };
    const answer = await fetch(`${erp.url}${ERP_PATHS.movements}`, { method: 'POST', headers, body: '{' });
    expect(await answer.json()).toMatchObject({ status: 400, code: 'invalid_request' });
  });

  test('the contract is served as OpenAPI', async () => {
    expect(await (await erp.ask('/erp/v1/openapi.json')).json()).toMatchObject({ openapi: '3.1.0' });
  });
});

function received(sku: string, key: string, quantity: number) {
  const lines = [{ location: 'dc', status: 'sellable', on_hand: quantity, committed: 0 }];
  return { key, kind: 'received', sku, lines, occurred_at: '2026-11-20T08:30:00.000Z' };
}

function transferred(sku: string, key: string, quantity: number) {
  const lines = [
    { location: 'dc', status: 'sellable', on_hand: -quantity, committed: 0 },
    { location: 'shop', status: 'in_transit', on_hand: quantity, committed: quantity },
  ];
  return { key, kind: 'transferred', sku, lines, occurred_at: '2026-11-20T09:30:00+01:00' };
}

async function post(movements: readonly unknown[], headers: Record<string, string> = {}) {
  const answer = await erp.ask(ERP_PATHS.movements, { method: 'POST', body: { movements }, headers });
  expect(answer.status).toBe(200);
  return erpPostReply.parse(await answer.json()).items;
}

async function onHand(sku: string): Promise<number> {
  const { items } = erpBalancesReply.parse(await (await erp.ask(`${ERP_PATHS.balances}?sku=${sku}`)).json());
  return items.reduce((total, { on_hand }) => total + on_hand, 0);
}

async function tail(): Promise<number> {
  return (await audited()).head;
}

async function audited() {
  return audit.parse(await (await erp.ask('/erp/v1/audit')).json());
}
