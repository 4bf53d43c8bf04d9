import { describe, expect, test } from 'vitest';
import type { Sku } from '../../domain/ids.ts';
import { compareText } from '../../domain/network.ts';
import type { WaitingPosting } from '../../durable-objects/sku-stock/protocol.ts';
import { MUG, sale, TEA } from '../../test/pipeline/postings.ts';
import { deliveryOf, type Delivery, type Position } from './posting-log.ts';
import { postingPage, type PostingPage, type PostingsAsked, type PostingSources } from './posting-pages.ts';

const waits = (sku: Sku, sequence: number, more: Partial<WaitingPosting> = {}): WaitingPosting => ({
  posting: sale(sku, sequence),
  state: 'pending',
  attempts: 0,
  sentAtMs: null,
  ...more,
});

const logged = (sku: Sku, sequence: number, state: Delivery['state'], more: Partial<Delivery> = {}): Delivery => ({
  ...deliveryOf(sale(sku, sequence)),
  state,
  attempts: 1,
  erpReference: null,
  mark: null,
  error: null,
  sentAtMs: null,
  postedAtMs: null,
  acknowledgedAtMs: null,
  ...more,
});

/** Sources that hold these, each answering as its query does. */
function sources(log: readonly Delivery[], waiting: readonly WaitingPosting[]): PostingSources {
  const inOrder = log.toSorted((a, b) => compareText(a.sku, b.sku) || a.sequence - b.sequence);
  const isAfter = (one: Position, after: Position | null): boolean =>
    after === null || one.sku > after.sku || (one.sku === after.sku && one.sequence > after.sequence);
  return {
    logged: async ({ state, sku, after, limit }) =>
      inOrder
        .filter((one) => (state === null ? one.state !== 'pending' : one.state === state))
        .filter((one) => (sku === null || one.sku === sku) && isAfter(one, after))
        .slice(0, limit),
    loggedAt: async (positions) =>
      inOrder.filter(({ sku, sequence }) => positions.some((at) => at.sku === sku && at.sequence === sequence)),
    skusThatWait: async (from, limit) =>
      [...new Set(waiting.map(({ posting }) => posting.sku))]
        .toSorted()
        .filter((sku) => sku >= (from ?? ''))
        .slice(0, limit),
    waiting: async (asked) =>
      asked.map(({ sku, after, limit }) =>
        waiting.filter(({ posting }) => posting.sku === sku && posting.sequence > after).slice(0, limit),
      ),
  };
}

const ALL: PostingsAsked = { state: null, sku: null, after: null, limit: 10 };

function gist({ items, next }: PostingPage): readonly string[] {
  return [...items.map(({ key, state }) => `${key} ${state}`), ...(next === null ? [] : ['more'])];
}

/** Every page until the last, as one list. */
async function allPages(from: PostingSources, asked: PostingsAsked): Promise<readonly string[]> {
  const found: string[] = [];
  for (let { after } = asked, pages = 0; pages < 50; pages += 1) {
    const page = await postingPage(from, { ...asked, after });
    found.push(...page.items.map(({ key, state }) => `${key} ${state}`));
    if (page.next === null) return found;
    after = page.next;
  }
  throw new Error('the pages do not end');
}

describe('where a posting is found', () => {
  test('what was recorded a moment ago is seen at its SKU, before any read model heard of it', async () => {
    expect(gist(await postingPage(sources([], [waits(TEA, 1)]), { ...ALL, sku: TEA }))).toEqual(['TEA#1 pending']);
  });

  test('without a state both are shown, in order of SKU and sequence', async () => {
    const from = sources([logged(TEA, 1, 'posted'), logged(MUG, 9, 'failed')], [waits(TEA, 2), waits(MUG, 10)]);
    expect(gist(await postingPage(from, ALL))).toEqual(['MUG#9 failed', 'MUG#10 pending', 'TEA#1 posted', 'TEA#2 pending']);
  });

  test.each([
    ['pending', ['TEA#2 pending']],
    ['posted', ['TEA#1 posted']],
    ['failed', ['MUG#9 failed']],
  ] as const)('asked for %s it shows nothing else', async (state, expected) => {
    const from = sources(
      [logged(TEA, 1, 'posted'), logged(MUG, 9, 'failed'), logged(TEA, 2, 'pending')],
      [waits(TEA, 2), waits(MUG, 9, { state: 'failed' })],
    );
    expect(gist(await postingPage(from, { ...ALL, state }))).toEqual(expected);
  });

  test('a pending one tells how often it was tried and what went wrong', async () => {
    const from = sources(
      [logged(TEA, 2, 'pending', { error: 'No answer in time.' })],
      [waits(TEA, 2, { state: 'sent', attempts: 3, sentAtMs: 7 })],
    );
    const { items } = await postingPage(from, { ...ALL, state: 'pending' });
    expect(items).toMatchObject([{ attempts: 3, error: 'No answer in time.', sentAtMs: 7 }]);
  });

  test('what the log has as posted is posted, though its object has not heard of it yet', async () => {
    const from = sources([logged(TEA, 1, 'posted')], [waits(TEA, 1, { state: 'sent' })]);
    expect(gist(await postingPage(from, ALL))).toEqual(['TEA#1 posted']);
  });

  test('one that failed and is tried again is pending, and there once', async () => {
    const from = sources([logged(TEA, 1, 'failed')], [waits(TEA, 1, { state: 'sent' })]);
    expect(gist(await postingPage(from, ALL))).toEqual(['TEA#1 pending']);
  });
});

describe('pages', () => {
  const many = sources(
    [1, 2, 3, 8].map((sequence) => logged(MUG, sequence, 'posted')),
    [...[4, 5, 6].map((sequence) => waits(MUG, sequence)), waits(MUG, 7, { state: 'failed' }), waits(TEA, 1), waits(TEA, 2)],
  );

  test.each([1, 2, 3, 4, 5, 100])('of %i show everything once and in order', async (limit) => {
    expect(await allPages(many, { ...ALL, limit })).toEqual([
      'MUG#1 posted',
      'MUG#2 posted',
      'MUG#3 posted',
      'MUG#4 pending',
      'MUG#5 pending',
      'MUG#6 pending',
      'MUG#8 posted',
      'TEA#1 pending',
      'TEA#2 pending',
    ]);
  });

  test('of pending ones alone skip the rest', async () => {
    expect(await allPages(many, { ...ALL, state: 'pending', limit: 2 })).toEqual([
      'MUG#4 pending',
      'MUG#5 pending',
      'MUG#6 pending',
      'TEA#1 pending',
      'TEA#2 pending',
    ]);
  });

  test('a last page that is full says that it is the last', async () => {
    expect(gist(await postingPage(sources([logged(TEA, 1, 'posted')], []), { ...ALL, limit: 1 }))).toEqual(['TEA#1 posted']);
  });
});

test('items that have nothing left are passed over, so that no page is empty before the end', async () => {
  const quiet = Array.from({ length: 30 }, (_, n) => `A-${String(n).padStart(2, '0')}` as Sku);
  const one = sources([], [waits(TEA, 3)]);
  const held: PostingSources = {
    ...one,
    skusThatWait: async (from, limit) => [...quiet, TEA].filter((sku) => sku >= (from ?? '')).slice(0, limit),
  };
  const { items } = await postingPage(held, { ...ALL, state: 'pending', limit: 3 });
  expect(items.map(({ key }) => key)).toEqual([`${TEA}#3`]);
});
