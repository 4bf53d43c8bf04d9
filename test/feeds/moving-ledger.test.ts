import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MUG, Shop, TEA } from '../shop.ts';
import { FeedReader } from './feed-reader.ts';
import { publish } from './publish.ts';

const SKUS = [TEA, MUG, 'CUP', 'POT'] as const;
const KITS = ['SET', 'HAMPER'] as const;
const sku = fc.constantFrom(...SKUS);
const kit = fc.constantFrom(...KITS);
const few = fc.integer({ min: 1, max: 4 });
const place = fc.constantFrom('dc', 'store');

/** What may happen in a shop between two fetches, or during one. */
const move = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('receive' as const), sku, quantity: few, place }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('transfer' as const), sku, quantity: few, place }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('reserve' as const), sku, quantity: few }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('publish' as const), sku }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('recipe' as const),
      kit,
      parts: fc.subarray([...SKUS], { minLength: 1 }),
      units: few,
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('name' as const), sku, name: fc.constantFrom('A', 'B', 'C', null) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('policy' as const), sku: fc.oneof(sku, kit), stop: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('channel' as const), buffer: fc.integer({ min: 0, max: 2 }), atMost: fc.option(few) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('other' as const), only: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('wait' as const), seconds: fc.constantFrom(1, 400) }) },
);
type Move = typeof move extends fc.Arbitrary<infer One> ? One : never;
const fetched = fc.record({ do: fc.constant('fetch' as const), during: fc.array(move, { maxLength: 3 }) });

test('[R71] a reader who follows deltas has what a reader of everything has, however the ledger moves, and is never told what was before', async () => {
  const seen = { delta: 0, full: 0, rows: 0 };
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof({ weight: 3, arbitrary: move }, { weight: 1, arbitrary: fetched }), { minLength: 10, maxLength: 40 }),
      async (steps) => {
        const shop = await furnished();
        const reader = new FeedReader(shop, KITS);
        await reader.fetch();
        for (const step of steps) {
          if (step.do !== 'fetch') await happen(shop, step);
          else {
            await reader.fetch(async () => {
              for (const one of step.during) await happen(shop, one);
            });
          }
          if (step.do === 'fetch' && step.during.length === 0) await expectWhole(shop, reader);
        }
        await reader.fetch();
        await expectWhole(shop, reader);
        await publish(shop);
        await reader.fetch();
        await expectWhole(shop, reader);
        await expectTrue(shop, reader);
        seen.delta += reader.deltas;
        seen.full += reader.fulls;
        seen.rows += reader.rows;
      },
    ),
    { numRuns: 60, endOnFailure: true },
  );
  expect(seen.delta).toBeGreaterThan(40);
  expect(seen.full).toBeGreaterThan(40);
});

async function furnished(): Promise<Shop> {
  const shop = await Shop.open();
  for (const one of SKUS.slice(2)) await shop.put(`/v1/items/${one}`, { status: 'active' });
  await shop.put('/v1/items/SET', { status: 'active', components: [{ sku: TEA, factor: 2 }] });
  await shop.put('/v1/items/HAMPER', {
    status: 'active',
    components: [
      { sku: 'SET', factor: 1 },
      { sku: MUG, factor: 1 },
    ],
  });
  return shop;
}

/** What is refused here is refused; only what happens counts. */
async function happen(shop: Shop, step: Move): Promise<void> {
  switch (step.do) {
    case 'receive':
      return shop.receive(step.sku, step.quantity, step.place);
    case 'transfer': {
      const to = step.place === 'dc' ? 'store' : 'dc';
      const movement = { id: crypto.randomUUID(), source: 'wms', kind: 'transferred', sku: step.sku, quantity: step.quantity };
      const where = { location: step.place, to_location: to, to_status: 'sellable', occurred_at: shop.today() };
      await shop.ask('stock', 'POST', '/v1/movements', { movements: [{ ...movement, ...where }] });
      return;
    }
    case 'reserve':
      await shop.post('web', '/v1/reservations', { lines: [{ sku: step.sku, quantity: step.quantity }], ttl_seconds: 300 });
      return;
    case 'publish':
      return publish(shop, [step.sku]);
    case 'recipe': {
      // A hamper may hold a set, never the other way round.
      const inside = step.kit === 'HAMPER' ? [{ sku: 'SET', factor: 1 }] : [];
      const parts = step.parts.map((part) => ({ sku: part, factor: step.units }));
      await shop.put(`/v1/items/${step.kit}`, { status: 'active', components: [...inside, ...parts] });
      return;
    }
    case 'name': {
      const aliases = step.name === null ? [] : [{ system: 'web', external_id: step.name }];
      await shop.put(`/v1/items/${step.sku}`, { status: 'active', aliases });
      return;
    }
    case 'policy':
      await shop.put(`/v1/items/${step.sku}/policy`, { stop_sell: step.stop });
      return;
    case 'channel':
      await shop.put('/v1/channels/web', { buffer: step.buffer, shows: { meaning: 'available', at_most: step.atMost } });
      return;
    case 'other':
      await shop.put('/v1/channels/app', { locations: step.only ? ['dc'] : null, class: step.only ? 1 : 200 });
      return;
    case 'wait':
      shop.nowMs += step.seconds * 1_000;
      return;
  }
}

/** Whoever reads everything now is told the same. */
async function expectWhole(shop: Shop, reader: FeedReader): Promise<void> {
  const fresh = new FeedReader(shop, KITS);
  await fresh.fetch();
  expect(reader.told()).toEqual(fresh.told());
}

/** What objects say themselves, asked one by one. */
async function expectTrue(shop: Shop, reader: FeedReader): Promise<void> {
  const { body: channel } = await shop.get('admin', '/v1/channels/web');
  const atMost = channel.shows?.at_most ?? Infinity;
  const asked = { channel: 'web', skus: [...SKUS, ...KITS], consistency: 'strong' };
  const { body } = await shop.ask('web', 'POST', '/v1/availability/query', asked);
  const numbers = body.items.map(({ sku: one, available_to_sell: units }: { sku: string; available_to_sell: number }) => [
    one,
    units,
  ]);
  for (const [one, units] of numbers) expect([one, reader.numberOf(one)]).toEqual([one, Math.min(units, atMost)]);
  expect(numbers).toHaveLength(SKUS.length + KITS.length);
}
