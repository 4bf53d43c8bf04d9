import { abortAllDurableObjects, evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, test } from 'vitest';
import type { Sku } from '../../domain/ids.ts';
import { ACKNOWLEDGE_WAIT_MS, PERIOD_MS, PERIODS_KEPT } from '../../durable-objects/sku-stock/limits.ts';
import { archiveCheck } from '../../worker/proof/archive-chain.ts';
import { segmentsInR2 } from '../../worker/proof/segments.ts';
import { pass, useOwnClock } from './clock.ts';
import { availableIn, commit, countRows, fulfill, gist, NETWORK, pin, received, release, reserve, SkuUnderTest } from './sku.ts';

let count = 0;
const fresh = (): SkuUnderTest => new SkuUnderTest(`SKU-${(count += 1)}`);

useOwnClock();

async function expectAudited(sku: SkuUnderTest): Promise<void> {
  expect((await sku.object.proof())?.checks.filter(({ holds }) => !holds)).toEqual([]);
}

describe('keys', () => {
  test('[R5] [R7] a repeated request gets the first answer again, and its effect happens once', async () => {
    const sku = await fresh().stocked(10);
    const key = sku.newKey();
    const first = await sku.ask(reserve('a', 3), key);
    const second = await sku.ask(reserve('a', 3), key);
    expect(second).toEqual({ ...first, replay: { presentStatus: 'active' } });
    expect(await availableIn(sku)).toBe(7);
  });

  test('[R5] a refusal for stock is kept under its key even when stock comes back', async () => {
    const sku = await fresh().stocked(1);
    const key = sku.newKey();
    expect(gist(await sku.ask(reserve('a', 2), key))).toBe('insufficient_stock');
    await sku.ask(received('more', 10));
    expect(gist(await sku.ask(reserve('a', 2), key))).toBe('insufficient_stock');
  });

  test('[R5] a replay tells the status of now beside the answer of then', async () => {
    const sku = await fresh().stocked(5);
    const key = sku.newKey();
    await sku.ask(reserve('a', 1, 60_000), key);
    pass(60_000);
    expect(await sku.ask(reserve('a', 1, 60_000), key)).toMatchObject({ replay: { presentStatus: 'expired' } });
  });

  test('[R3] the same key with another body is refused', async () => {
    const sku = await fresh().stocked(5);
    await sku.ask(reserve('a', 1), { hash: 'k', fingerprint: 'one' });
    expect(gist(await sku.ask(reserve('a', 2), { hash: 'k', fingerprint: 'two' }))).toBe('key_reused');
  });

  test('[R2] the same key asks for another operation without harm', async () => {
    const sku = await fresh().stocked(5);
    const key = { hash: 'k', fingerprint: 'f' };
    await sku.ask(reserve('a', 1), key);
    expect(gist(await sku.ask(pin('a'), key))).toBe('accepted');
    expect(gist(await sku.ask(commit('a'), key))).toBe('accepted');
  });

  test('[R5] the sixty-fifth key of a reservation is refused, the sixty-fourth is not', async () => {
    const sku = await fresh().stocked(5);
    await sku.ask(reserve('a', 1));
    for (let n = 2; n <= 63; n++) await sku.ask(pin('a'));
    expect(gist(await sku.ask(pin('a')))).toBe('accepted');
    expect(gist(await sku.ask(pin('a')))).toBe('too_many_operations');
  });

  test('[R8] a closed reservation still answers under its key, and its id is not free again', async () => {
    const sku = await fresh().stocked(5);
    const key = sku.newKey();
    await sku.ask(reserve('a', 1), key);
    await sku.ask(release('a'));
    await evictDurableObject(sku.object);
    expect(await sku.ask(reserve('a', 1), key)).toMatchObject({ replay: { presentStatus: 'released' } });
    expect(await availableIn(sku)).toBe(5);
  });
});

describe('what survives', () => {
  test('[I10] [I20] memory lost at any moment is rebuilt from rows', async () => {
    const sku = await fresh().stocked(20, { backorderLimit: 5, safetyStock: [] });
    await sku.ask(reserve('a', 3));
    await sku.ask(reserve('b', 19));
    await sku.ask(pin('b'));
    await sku.ask(commit('a'));
    const before = await sku.object.explain({ channel: null, after: null, limit: 10 });
    await evictDurableObject(sku.object);
    const after = await sku.object.explain({ channel: null, after: null, limit: 10 });
    expect(after).toEqual(before);
    await abortAllDurableObjects();
    expect(await sku.object.explain({ channel: null, after: null, limit: 10 })).toEqual(before);
    await expectAudited(sku);
  });

  test('[R37] a command that breaks a rule of ours fails alone and leaves no trace', async () => {
    const sku = await fresh().stocked(10);
    const [good, bad, alsoGood] = await sku.askAll([reserve('a', 2), reserve('b', 1.5), reserve('c', 3)]);
    expect([good, bad, alsoGood].map((reply) => (reply === undefined ? '' : gist(reply)))).toEqual([
      'accepted',
      'failed',
      'accepted',
    ]);
    expect(await availableIn(sku)).toBe(5);
    await expectAudited(sku);
  });

  test('[R37] many callers at once are each answered by themselves and never get more than there is', async () => {
    const sku = await fresh().stocked(30);
    const replies = await Promise.all(Array.from({ length: 50 }, (_, n) => sku.ask(reserve(`r${n}`, 1))));
    expect(replies.filter((reply) => gist(reply) === 'accepted')).toHaveLength(30);
    expect(replies.filter((reply) => gist(reply) === 'insufficient_stock')).toHaveLength(20);
    await expectAudited(sku);
  });

  test('[R40] an unknown SKU costs no table', async () => {
    const sku = fresh();
    await expect(sku.ask(reserve('a', 1))).rejects.toThrow('sku_unknown');
    expect(await sku.object.snapshot()).toBeNull();
    const tables = await runInDurableObject(sku.object, (_, state) =>
      state.storage.sql.exec("SELECT name FROM sqlite_master WHERE name NOT LIKE '\\_cf%' ESCAPE '\\'").toArray(),
    );
    expect(tables).toEqual([]);
  });

  test('[R40] an older network than one used here is refused, a newer one is asked for', async () => {
    const sku = await fresh().stocked(1);
    const asked = [{ command: reserve('a', 1), key: sku.newKey(), correlationId: 'c' }];
    expect(await sku.object.execute({ networkVersion: 0, network: null, asked })).toEqual({ outcome: 'network_stale' });
    expect(await sku.object.execute({ networkVersion: 2, network: null, asked })).toEqual({ outcome: 'network_needed' });
    expect(await sku.object.execute({ networkVersion: 2, network: { ...NETWORK, version: 2 }, asked })).toMatchObject({
      outcome: 'done',
    });
  });
});

describe('time', () => {
  test('[R12] a lapsed reservation frees its stock although no alarm has rung', async () => {
    const sku = await fresh().stocked(10);
    await sku.ask(reserve('a', 8, 60_000));
    pass(59_999);
    expect(gist(await sku.ask(reserve('b', 5)))).toBe('insufficient_stock');
    pass(1);
    expect(await availableIn(sku)).toBe(10);
    expect(gist(await sku.ask(reserve('c', 5)))).toBe('accepted');
  });

  test('[R12] the alarm writes down what lapsed, as of its deadline', async () => {
    const sku = await fresh().stocked(10);
    await sku.ask(reserve('a', 8, 60_000));
    pass(61_000);
    await runDurableObjectAlarm(sku.object);
    const journal = await journalOf(sku);
    expect(journal.at(-1)).toMatchObject({ event: { type: 'expired', reservations: [{ reservation: 'a' }] } });
    await expectAudited(sku);
  });

  test('[R11] the clock of an object never goes back', async () => {
    const sku = await fresh().stocked(10);
    await sku.ask(reserve('a', 1, 60_000));
    pass(-3_600_000);
    const later = await sku.ask(reserve('b', 1, 60_000));
    const seen = await sku.object.reservation('b' as never);
    expect(later.outcome === 'answered' && seen?.value.createdAtMs === later.asOfMs).toBe(true);
    expect(seen?.value.createdAtMs).toBeGreaterThanOrEqual(Date.now() + 3_600_000);
  });
});

describe('to the ERP', () => {
  test('[R31] [R32] a flush is one message of postings in sequence, and nothing follows before it is answered', async () => {
    const sku = await fresh().stocked(10);
    await sku.ask(reserve('a', 2));
    await sku.ask(commit('a'));
    pass(1_000);
    await runDurableObjectAlarm(sku.object);
    const sent = await sku.object.waiting({ after: 0, limit: 10 });
    expect(sent.map(({ posting, state }) => [posting.key, posting.kind, state])).toEqual([
      [`${sku.sku}#2`, 'received', 'sent'],
      [`${sku.sku}#4`, 'committed', 'sent'],
    ]);
    await sku.ask(reserve('b', 1));
    await sku.ask(commit('b'));
    pass(1_000);
    await runDurableObjectAlarm(sku.object);
    expect((await sku.object.waiting({ after: 4, limit: 10 })).map(({ state }) => state)).toEqual(['pending']);

    await sku.object.acknowledge([
      { sequence: 2, outcome: 'posted', mark: 7 },
      { sequence: 4, outcome: 'posted', mark: 8 },
    ]);
    expect((await sku.object.waiting({ after: 0, limit: 10 })).map(({ posting }) => posting.sequence)).toEqual([6]);
    await expectAudited(sku);
  });

  test('[R33] what the ERP refuses for good becomes a case and holds up nothing', async () => {
    const sku = await fresh().stocked(10);
    pass(1_000);
    await runDurableObjectAlarm(sku.object);
    await sku.object.acknowledge([{ sequence: 2, outcome: 'refused', detail: 'no such item' }]);
    const explained = await sku.object.explain({ channel: null, after: null, limit: 1 });
    expect(explained?.cases.map(({ about }) => about)).toEqual([{ kind: 'posting_refused', posting: 2, detail: 'no such item' }]);
    expect(explained?.postingsInFlight).toBe(0);
    await expectAudited(sku);
  });

  test('[R32] an unanswered flush is sent again under the same keys after a restart', async () => {
    const sku = await fresh().stocked(10);
    pass(1_000);
    await runDurableObjectAlarm(sku.object);
    await abortAllDurableObjects();
    pass(ACKNOWLEDGE_WAIT_MS);
    await runDurableObjectAlarm(sku.object);
    expect(await sku.object.waiting({ after: 0, limit: 10 })).toMatchObject([
      { posting: { sequence: 2 }, state: 'sent', attempts: 2 },
    ]);
  });
});

describe('the archive', () => {
  test('[R8] takes a week only once the two after it have ended, though the alarm rings before, so what was answered is still known', async () => {
    const sku = await fresh().stocked(10);
    const key = sku.newKey();
    await sku.ask(reserve('a', 1), key);
    await sku.ask(release('a'));
    const archived = async (): Promise<number> => (await env.ARCHIVE.list({ prefix: `${sku.sku}/` })).objects.length;

    pass((Math.floor(Date.now() / PERIOD_MS) + PERIODS_KEPT) * PERIOD_MS - 1 - Date.now());
    await sku.ask(reserve('b', 1));
    await runDurableObjectAlarm(sku.object);
    expect(await archived()).toBe(0);
    await evictDurableObject(sku.object);
    expect(await sku.ask(reserve('a', 1), key)).toMatchObject({ replay: { presentStatus: 'released' } });
    expect(await sku.ask(received('opening-10', 10))).toMatchObject({ outcome: 'duplicate' });

    pass(2_000);
    await sku.ask(reserve('c', 1));
    await runDurableObjectAlarm(sku.object);
    expect(await archived()).toBeGreaterThan(0);
    await expectAudited(sku);
  });

  const WEEK = 7 * 86_400_000;

  test('[R8] [R63] periods past retention go to R2, chained by hash, and the books still add up', async () => {
    const sku = await fresh().stocked(10);
    await sku.ask(reserve('a', 2));
    await sku.ask(release('a'));
    pass(WEEK);
    await sku.ask(reserve('b', 1));
    await sku.ask(commit('b'));
    pass(3 * WEEK);
    await sku.ask(reserve('c', 1));
    await runDurableObjectAlarm(sku.object);

    const { objects } = await env.ARCHIVE.list({ prefix: `${sku.sku}/` });
    expect(objects.map(({ key }) => key.split('/').at(-1))).toEqual([
      'closed-0000.ndjson',
      'journal-0000.ndjson',
      'journal-0000.ndjson',
    ]);
    const texts = await Promise.all(objects.map(async ({ key }) => (await env.ARCHIVE.get(key))?.text() ?? ''));
    const headers = texts.map((text) => JSON.parse(text.split('\n')[0] ?? '{}') as { previous_sha256: string | null });
    expect(headers.filter(({ previous_sha256 }) => previous_sha256 === null)).toHaveLength(1);
    await evictDurableObject(sku.object);
    expect(await availableIn(sku)).toBe(8);
    await expectAudited(sku);

    // [R63] Its object knows the newest by its hash, and that one the others.
    const chain = async () => {
      const proof = await sku.object.proof();
      return proof === null ? null : archiveCheck(segmentsInR2(env.ARCHIVE), sku.sku as Sku, proof.archive, 10);
    };
    expect(await chain()).toEqual({ invariant: 'archive', holds: true, left: 3, right: 3 });
    const [oldest = ''] = objects.map(({ key }) => key).filter((key) => key.endsWith('journal-0000.ndjson'));
    const text = (await (await env.ARCHIVE.get(oldest))?.text()) ?? '';
    const altered = text.replace('received', 'returned');
    expect(altered).not.toBe(text);
    await env.ARCHIVE.put(oldest, altered);
    expect(await chain()).toMatchObject({ holds: false, left: 2, right: 3 });
  });
});

test('[I11] [R32] what waits behind a flush that nobody answers is not forgotten over a thousand entries that no ERP wants to hear of', async () => {
  const sku = await fresh().stocked(10);
  pass(1_000);
  await runDurableObjectAlarm(sku.object);
  await sku.ask(received('more', 1));
  await sku.askAll(Array.from({ length: 510 }, (_, n) => [reserve(`r${n}`, 1), release(`r${n}`)]).flat());
  pass(1_000);
  await runDurableObjectAlarm(sku.object);
  await evictDurableObject(sku.object);
  const waiting = await sku.object.waiting({ after: 0, limit: 10 });
  expect(waiting.map(({ posting, state }) => [posting.sequence, state])).toEqual([
    [2, 'sent'],
    [3, 'pending'],
  ]);
  await expectAudited(sku);
});

test('[R37] rows written per reservation life stay within the bill', async () => {
  const plain = await rowsPerLife(async (sku, id) => {
    await sku.ask(reserve(id, 1));
    await sku.ask(commit(id));
  });
  const full = await rowsPerLife(async (sku, id) => {
    await sku.ask(reserve(id, 1));
    await sku.ask(pin(id));
    await sku.ask(commit(id));
    await sku.ask(fulfill(id));
  });
  console.log(
    `rows written per reservation life: ${plain.toFixed(2)} (reserve, commit, flush), ${full.toFixed(2)} (with pin and fulfil)`,
  );
  expect(plain).toBeLessThanOrEqual(6);
  expect(full).toBeLessThanOrEqual(11);
});

/** Twenty lives and one flush, with every alarm counted. */
async function rowsPerLife(live: (sku: SkuUnderTest, id: string) => Promise<void>): Promise<number> {
  const sku = await fresh().stocked(100);
  pass(1_000);
  await runDurableObjectAlarm(sku.object);
  await sku.object.acknowledge([{ sequence: 2, outcome: 'posted', mark: 1 }]);
  pass(1_000);
  const rows = await countRows(sku);
  for (let n = 0; n < 20; n++) await live(sku, `life-${n}`);
  pass(1_000);
  await runDurableObjectAlarm(sku.object);
  const sent = await sku.object.waiting({ after: 0, limit: 500 });
  await sku.object.acknowledge(
    sent.map(({ posting }) => ({ sequence: posting.sequence, outcome: 'posted' as const, mark: posting.sequence })),
  );
  pass(1_000);
  await runDurableObjectAlarm(sku.object);
  return rows() / 20;
}

async function journalOf(sku: SkuUnderTest): Promise<readonly { event: { type: string } }[]> {
  return runInDurableObject(sku.object, (_, { storage }) => {
    const table =
      storage.sql
        .exec<{ name: string }>("SELECT name FROM sqlite_master WHERE name GLOB 'journal_*' ORDER BY name DESC")
        .toArray()[0]?.name ?? '';
    return storage.sql
      .exec<{ body: string }>(`SELECT body FROM ${table} ORDER BY sequence`)
      .toArray()
      .map(({ body }) => JSON.parse(body));
  });
}
