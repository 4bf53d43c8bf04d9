import fc from 'fast-check';
import type { Channel, Network } from '../../domain/network.ts';
import type { PlaceTerms, Quota, Terms } from '../../domain/offer.ts';
import { channel, location } from '../story/ids.ts';

/** Small shops of every shape: few places, few units, so that limits touch each other. */
const places = ['dc', 'store', 'warehouse', 'pop-up'].map(location);
const sellers = ['web', 'app', 'market', 'till'].map(channel);
const few = fc.integer({ min: 0, max: 6 });
const some = fc.integer({ min: 0, max: 12 });

/** Whole seconds, so that ages meet their limits to the millisecond. */
const moments = fc.integer({ min: 4, max: 10 }).map((seconds) => seconds * 1_000);

const arbitraryNetwork: fc.Arbitrary<Network> = fc.record({
  version: fc.constant(1),
  locations: fc.tuple(
    ...places.map((id) => fc.record({ id: fc.constant(id), priority: fc.integer({ min: 1, max: 3 }), stopSell: rarely() })),
  ),
  trouble: fc.option(
    fc.record({ feedSinceMs: fc.option(moments, { nil: null }), laneSinceMs: fc.option(moments, { nil: null }) }),
    { nil: null },
  ),
  channels: fc.tuple(
    ...sellers.map((id): fc.Arbitrary<Channel> =>
      fc.record({
        id: fc.constant(id),
        locations: fc.option(fc.subarray(places), { nil: null }),
        buffer: fc.oneof(fc.constant(0), few),
        class: fc.integer({ min: 1, max: 2 }),
        stopSell: rarely(),
        confidence: fc.option(
          fc.record({
            countAgeSeconds: fc.option(fc.integer({ min: 1, max: 5 }), { nil: null }),
            erpSilenceSeconds: fc.option(fc.integer({ min: 1, max: 5 }), { nil: null }),
            feedLagSeconds: fc.option(fc.integer({ min: 1, max: 5 }), { nil: null }),
            laneOpenSeconds: fc.option(fc.integer({ min: 1, max: 5 }), { nil: null }),
            shrinkPercent: fc.integer({ min: 1, max: 100 }),
          }),
          { nil: null },
        ),
      }),
    ),
  ),
});

const arbitraryTerms: fc.Arbitrary<Terms> = fc.record({
  places: fc
    .tuple(
      ...places.map((id): fc.Arbitrary<PlaceTerms> =>
        fc.record({
          location: fc.constant(id),
          sellable: fc.integer({ min: -3, max: 20 }),
          reserved: few,
          committed: few,
          safetyStock: fc.oneof(fc.constant(0), few),
        }),
      ),
    )
    .chain((all) => fc.subarray(all)),
  backordered: fc.oneof(fc.constant(0), few),
  backorderLimit: fc.oneof(fc.constant(0), few),
  lowStockAt: fc.constant(5),
  buffers: fc
    .subarray(sellers)
    .chain((ids) => fc.tuple(...ids.map((id) => fc.record({ channel: fc.constant(id), quantity: few })))),
  quotas: fc
    .subarray(sellers)
    .chain((ids) =>
      fc.tuple(
        ...ids.map((id): fc.Arbitrary<Quota> =>
          fc.record({ channel: fc.constant(id), protected: some, cap: fc.option(some, { nil: null }), consumed: few }),
        ),
      ),
    ),
  stopSell: rarely(),
  evidence: fc.record({
    asOfMs: fc.constant(10_000),
    countedAtMs: fc.option(moments, { nil: null }),
    waitingSinceMs: fc.option(moments, { nil: null }),
  }),
});

export const arbitraryShop = fc.record({ terms: arbitraryTerms, network: arbitraryNetwork });

function rarely(): fc.Arbitrary<boolean> {
  return fc.integer({ min: 0, max: 11 }).map((roll) => roll === 0);
}
