import { reset } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, test } from 'vitest';
import { FACTS_MAX } from '../../contracts/limits.ts';
import type { ChannelId, Sku } from '../../domain/ids.ts';
import { bookAliases, type NewAlias } from '../../worker/listings/book-aliases.ts';
import { channelNamesOf, listingsOf } from '../../worker/listings/channel-names.ts';
import { listListings } from '../../worker/listings/list-listings.ts';
import { Refused } from '../../worker/refused.ts';

const db = env.DB;
afterEach(() => reset());

const name = (externalId: string, target: string, kind: NewAlias['kind'] = 'item'): NewAlias => {
  return { kind, system: 'market', externalId, target };
};

async function stocked(items: number): Promise<void> {
  await db
    .prepare(
      `INSERT INTO item (sku, status, units, version, policy_version)
       WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?)
       SELECT printf('SKU-%06d', i), 'active', '[]', 1, 0 FROM n`,
    )
    .bind(items)
    .run();
  await db.prepare("INSERT INTO location (id, type, priority, stop_sell, version) VALUES ('dc', 'dc', 1, 0, 1)").run();
}

const told = async (results: ReadonlyMap<NewAlias, unknown>): Promise<readonly unknown[]> =>
  [...results.values()].map((one) => (one instanceof Refused ? one.code : one));

describe('[R89] names in bulk, in the real database', () => {
  test('are booked in one transaction, and each row is answered', async () => {
    await stocked(2);
    const [tea, mug] = ['SKU-000000', 'SKU-000001'] as const;
    const first = [name('W-1', tea), name('W-2', 'NOPE'), name('D', 'dc', 'location')];
    expect(await told(await bookAliases(db, first, false, 1))).toEqual(['created', 'sku_unknown', 'created']);
    const second = [name('W-1', mug), name('W-3', mug)];
    expect(await told(await bookAliases(db, second, false, 2))).toEqual(['invalid_request', 'created']);
    expect(await told(await bookAliases(db, second, true, 3))).toEqual(['changed', 'unchanged']);
    const asked = { system: 'market', after: '', limit: 9, state: 'mapped' } as const;
    expect((await listListings(db, { ...asked, kind: 'item' })).map(({ external_id, sku }) => [external_id, sku])).toEqual([
      ['W-1', mug],
      ['W-3', mug],
    ]);
    await db
      .prepare("INSERT INTO channel (id, buffer, class, stop_sell, sold_out_hint, version) VALUES ('market', 0, 1, 0, 0, 1)")
      .run();
    const names = await channelNamesOf(db, 'market' as ChannelId);
    expect(names).toMatchObject({ system: 'market', ownNames: true, places: new Map([['dc', 'D']]) });
    const listings = await listingsOf(db, [tea as Sku, mug as Sku], names ?? { system: '', ownNames: false });
    expect(listings).toEqual(
      new Map([
        [tea, [tea]],
        [mug, ['W-1', 'W-3']],
      ]),
    );
  });

  test('a round of as many as a round has is some calls; the test prints what it costs', async () => {
    await stocked(FACTS_MAX);
    const names = Array.from({ length: FACTS_MAX }, (_, n) => name(`W-${n}`, `SKU-${String(n).padStart(6, '0')}`));
    const startedAtMs = performance.now();
    const outcomes = await told(await bookAliases(db, names, false, 1));
    console.info(`${FACTS_MAX} names: ${(performance.now() - startedAtMs).toFixed(0)} ms`);
    expect(new Set(outcomes)).toEqual(new Set(['created']));
    expect(new Set(await told(await bookAliases(db, names, false, 2)))).toEqual(new Set(['unchanged']));
  });
});
