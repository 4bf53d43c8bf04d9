import { expect, test } from 'vitest';
import type { ChannelId } from '../../domain/ids.ts';
import { sale, TEA } from '../../test/pipeline/postings.ts';
import { deliveryOf, type Delivery } from '../read-models/posting-log.ts';
import { eventsOf } from './trace.ts';

const BARE = { erpReference: null, mark: null, error: null, sentAtMs: null, postedAtMs: null, acknowledgedAtMs: null };
const delivery = (more: Partial<Delivery>): Delivery => ({
  ...deliveryOf(sale(TEA, 5, 2)),
  ...BARE,
  state: 'pending',
  attempts: 1,
  ...more,
});

const gist = (...args: Parameters<typeof eventsOf>): readonly string[] =>
  eventsOf(...args).map(({ at, what, detail }) => `${Date.parse(at)} ${what}: ${detail}`);

test('a posting that arrived tells its whole way', () => {
  const posted = delivery({
    state: 'posted',
    erpReference: 'SL-7',
    mark: 7,
    sentAtMs: 2_000,
    postedAtMs: 3_000,
    acknowledgedAtMs: 3_000,
  });
  expect(gist([posted], new Map([[TEA, { sequence: 6, asOfMs: 2_500 }]]))).toEqual([
    '1000 received: committed 2 at dc for ORDER-5',
    '1000 generated: TEA#5',
    '2000 sent: attempt 1',
    '2500 published: in a snapshot of sequence 6',
    '3000 posted: SL-7',
    '3000 acknowledged: mark 7',
  ]);
});

test('one that was refused says why', () => {
  const failed = delivery({ state: 'failed', error: 'sku_blocked: closed', sentAtMs: 2_000, acknowledgedAtMs: 3_000 });
  expect(gist([failed], new Map()).slice(2)).toEqual(['2000 sent: attempt 1', '3000 failed: sku_blocked: closed']);
});

test('one under way ends where it is', () => {
  expect(gist([delivery({ sentAtMs: 2_000, error: 'No answer in time.' })], new Map()).at(-1)).toBe(
    '2000 sent: attempt 1: No answer in time.',
  );
});

test('a projection that is older than the entry does not show it yet', () => {
  expect(gist([delivery({})], new Map([[TEA, { sequence: 4, asOfMs: 900 }]])).map((line) => line.split(' ')[1])).toEqual([
    'received:',
    'generated:',
  ]);
});

test('[R84] a channel that was told ends it: what it was sent, and that it confirmed, also where its number is what it was', () => {
  const level = { channel: 'web' as ChannelId, sku: TEA, listing: 'W-TEA', quantity: 4, followedAtMs: 3_000 };
  const projected = new Map([[TEA, { sequence: 6, asOfMs: 2_500 }]]);
  const told = (sentAtMs: number | null, confirmedAtMs: number | null) =>
    gist([delivery({})], projected, [{ ...level, sentAtMs, confirmedAtMs }]).slice(3);
  expect(told(3_100, 3_400)).toEqual(['3100 published: 4 of W-TEA on web', '3400 confirmed: 4 of W-TEA on web']);
  expect(told(3_100, null)).toEqual(['3100 published: 4 of W-TEA on web']);
  expect(told(500, 600)).toEqual(['3000 published: 4 of W-TEA on web', '3000 confirmed: 4 of W-TEA on web']);
  expect(gist([delivery({})], projected, [{ ...level, followedAtMs: 2_400, sentAtMs: 1, confirmedAtMs: 1 }]).slice(3)).toEqual(
    [],
  );
});
