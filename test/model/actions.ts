import fc from 'fast-check';
import type { Command, LineQuantity } from '../../domain/command.ts';
import type { Network } from '../../domain/network.ts';
import type { ReservationId } from '../../domain/ids.ts';
import { channel, location, reservationId } from '../story/ids.ts';
import { announce, moved, plannedPolicy, policy, reserve, stockTake, takeOrder, reconcile } from '../story/orders.ts';
import { place, seller } from '../story/story.ts';

/** What a sequence of the model does: when, and what; whom it concerns is settled when it runs. */
export interface Action {
  readonly when: When;
  readonly what: (made: Made) => Command;
  /** Which of the shop's other faces it has from now on; the plain one is the first. */
  readonly shop?: number | null;
}

/** Time goes on by a little, or to a millisecond before, at or after some deadline. */
type When = { readonly laterMs: number } | { readonly deadline: number; readonly offMs: -1 | 0 | 1 };

/** What the run has made so far. */
interface Made {
  readonly ids: readonly ReservationId[];
  readonly nowMs: number;
  /** Numbers of open cases. */
  readonly cases: readonly number[];
}

export const SHOP: Network = {
  version: 1,
  locations: [place('dc', 1), place('store', 2), place('outlet', 2, true)],
  channels: [
    seller('web', null, { shows: { meaning: 'input', atMost: null } }),
    seller('market', ['dc'], { buffer: 2, shows: { meaning: 'input', atMost: 3 } }),
    seller('till', ['store', 'outlet'], { confidence: { countAgeSeconds: 0.2, erpSilenceSeconds: 0.04, shrinkPercent: 30 } }),
  ],
};

/** What somebody may make of the shop while it sells. */
export const SHOPS: readonly Partial<Network>[] = [
  {},
  { locations: [place('dc', 1, true), place('store', 2), place('outlet', 2)] },
  { locations: [place('dc', 3), place('store', 2, true), place('outlet', 1)] },
  {
    channels: [
      seller('web', ['store', 'dc'], { buffer: 1, shows: { meaning: 'input', atMost: 6, takesOff: 'in_all' } }),
      seller('market', null, { class: 1 }),
      seller('till', ['store'], {
        confidence: {
          countAgeSeconds: null,
          erpSilenceSeconds: null,
          feedLagSeconds: 0.1,
          laneOpenSeconds: 0.08,
          shrinkPercent: 50,
        },
      }),
    ],
  },
  { channels: [seller('web', null, { stopSell: true }), seller('market', ['dc', 'outlet']), seller('till', null)] },
];

const sometimes = (sides: number): fc.Arbitrary<boolean> => fc.integer({ min: 1, max: sides }).map((roll) => roll === sides);
const few = fc.integer({ min: 0, max: 5 });
const some = fc.integer({ min: 1, max: 6 });
const anyPlace = fc.constantFrom('dc', 'dc', 'store', 'store', 'outlet');
const anyStatus = fc.constantFrom('sellable', 'sellable', 'sellable', 'quality_control', 'damaged', 'in_transit' as const);
const pick = fc.nat({ max: 1_000 });

const when: fc.Arbitrary<When> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ laterMs: fc.constantFrom(0, 0, 1, 3, 7, 15) }) },
  { weight: 2, arbitrary: fc.record({ deadline: pick, offMs: fc.constantFrom(-1, 0, 1) }) },
);

const reserves = fc
  .record({
    channel: fc.constantFrom('web', 'web', 'market', 'till'),
    buyer: fc.constantFrom(undefined, 'ann', 'ann', 'bob'),
    lines: fc.array(fc.tuple(fc.constantFrom(1, 1, 2, 3, 5), fc.option(anyPlace, { nil: undefined, freq: 2 })), {
      minLength: 1,
      maxLength: 2,
    }),
    ttlMs: fc.integer({ min: 1, max: 200 }),
    mode: fc.constantFrom('all_or_nothing', 'all_or_nothing', 'partial'),
    split: fc.constantFrom('allowed', 'allowed', 'never'),
    cart: fc.option(
      fc.record({
        endsIn: fc.constantFrom(0, 1, 3, 20, 20, 60, 60, 200),
        prefer: fc.constantFrom([], ['store'], ['outlet', 'store']),
        only: fc.constantFrom(undefined, undefined, 'dc', 'store'),
      }),
      { nil: undefined, freq: 2 },
    ),
  })
  .map(({ lines, buyer, cart, ...rest }) => ({ ids, nowMs }: Made): Command => {
    const options = {
      ...rest,
      ...(buyer === undefined ? {} : { buyer }),
      ...(cart === undefined ? {} : { cart: cartOf(cart, nowMs) }),
    };
    return reserve(
      `r${ids.length}`,
      lines.map(([quantity, at]) => (at === undefined ? quantity : ([quantity, at] as const))),
      options,
    );
  });

function cartOf(
  { endsIn, prefer, only }: { readonly endsIn: number; readonly prefer: readonly string[]; readonly only: string | undefined },
  nowMs: number,
) {
  // Its own reserve may come a moment later, when the cart has ended.
  return { endsAtMs: nowMs + endsIn, prefer, ...(only === undefined ? {} : { only }) };
}

const orders = fc
  .record({
    channel: fc.constantFrom('web', 'market', 'till'),
    lines: fc.array(fc.tuple(some, fc.option(anyPlace, { nil: undefined, freq: 2 })), { minLength: 1, maxLength: 3 }),
    books: fc.constantFrom('front', 'erp' as const),
    orderRef: fc.constantFrom('SO-1', 'SO-2', 'SO-5'),
  })
  .map(({ lines, ...options }) => ({ ids }: Made): Command => {
    const asked = lines.map(([quantity, at]) => (at === undefined ? quantity : ([quantity, at] as const)));
    return takeOrder(`r${ids.length}`, asked, options);
  });

/** Line 4 is never there. */
const quantities = (least: number, most = 5): fc.Arbitrary<readonly LineQuantity[]> =>
  fc.uniqueArray(
    fc.record({ line: fc.constantFrom(1, 1, 1, 1, 1, 1, 2, 2, 3, 4), quantity: fc.integer({ min: least, max: most }) }),
    {
      selector: ({ line }) => line,
      minLength: 1,
      maxLength: 3,
    },
  );
const someOrAll = fc.option(quantities(0), { nil: null, freq: 2 });

const changes = fc
  .record({
    whose: pick,
    stranger: sometimes(20),
    change: fc.oneof(
      fc.record({ type: fc.constant('extend'), ttlMs: fc.integer({ min: 1, max: 100 }) }),
      fc.record({ type: fc.constant('resize'), lines: quantities(1, 12) }),
      fc.record({
        type: fc.constant('extend'),
        ttlMs: fc.constant(0),
        untilIn: fc.constantFrom(-5, 0, 1, 30),
        unpin: fc.boolean(),
      }),
      fc.record({ type: fc.constant('pin') }),
      fc.record({ type: fc.constant('pin') }),
      fc.record({
        type: fc.constant('pin'),
        cart: fc.record({
          anew: fc.boolean(),
          watched: fc.boolean(),
          prefer: fc.constant([]),
          only: fc.constantFrom(null, null, location('dc'), location('store')),
          lines: someOrAll,
        }),
      }),
      fc.record({
        type: fc.constant('commit'),
        lines: someOrAll,
        keepRest: fc.boolean(),
        reacquire: fc.boolean(),
        orderRef: fc.constantFrom('SO-1', 'SO-2', 'SO-3'),
      }),
      fc.record({
        type: fc.constant('commit'),
        lines: fc.constant(null),
        keepRest: fc.constant(false),
        reacquire: fc.boolean(),
        orderRef: fc.constant('SO-4'),
      }),
      fc.record({ type: fc.constantFrom('release', 'fulfill', 'cancel'), lines: someOrAll }),
      fc.record({ type: fc.constant('release'), lines: fc.constant(null), tombstone: fc.constant(true as const) }),
      fc.record({ type: fc.constantFrom('fulfill', 'fulfill', 'cancel'), lines: someOrAll }),
      fc.record(
        {
          type: fc.constant('hand_over'),
          buyer: fc.constantFrom('ann', 'bob', 'cid'),
          reference: fc.constantFrom('cart-1', 'cart-2'),
          back: fc.constant(true as const),
        },
        { requiredKeys: ['type'] },
      ),
    ),
  })
  .map(({ whose, stranger, change }) => ({ ids, nowMs }: Made): Command => {
    // The youngest ones have most to tell.
    const youngest = ids.at(-1 - (whose % Math.min(4, Math.max(1, ids.length)))) ?? reservationId('nobody');
    const on = { reservation: whose === 0 ? reservationId('nobody') : youngest, caller: stranger ? channel('till') : null };
    if (!('untilIn' in change)) return { ...change, ...on };
    const { untilIn, unpin, ...rest } = change;
    return { ...rest, ...on, cart: { untilMs: nowMs + untilIn, ...(unpin ? { unpin } : {}) } };
  });

/** How long ago something happened that is told now; a clock that is ahead tells of what is to come. */
const ago = fc.constantFrom(-10, 0, 0, 1, 5, 20, 100);

const facts = fc.oneof(
  fc.tuple(fc.constantFrom('received', 'returned'), some, anyPlace, anyStatus).map(
    ([kind, units, at, status]) =>
      () =>
        moved(kind, units, { at, status }),
  ),
  fc.tuple(some, anyPlace).map(
    ([units, at]) =>
      () =>
        moved('received', units, { at }),
  ),
  fc.tuple(fc.constantFrom(-3, -2, -1, 1, 2), anyPlace).map(
    ([units, at]) =>
      () =>
        moved('adjusted', units, { at }),
  ),
  fc.tuple(fc.constantFrom('sold', 'shipped'), some, anyPlace, anyStatus, fc.constantFrom(null, 'SO-1', 'SO-2', 'SO-4')).map(
    ([kind, units, at, status, orderRef]) =>
      () =>
        moved(kind, units, { at, status, orderRef }),
  ),
  fc.tuple(fc.constantFrom('received', 'sold', 'adjusted'), some, anyPlace, fc.constantFrom('SO-1', null), ago).map(
    ([kind, units, at, orderRef, agoMs]) =>
      ({ nowMs }: Made) =>
        moved(kind, units, { at, orderRef, occurredAtMs: nowMs - agoMs }),
  ),
  fc.tuple(few, anyPlace, ago).map(
    ([units, at, agoMs]) =>
      ({ nowMs }: Made) =>
        stockTake(units, nowMs - agoMs, { at }),
  ),
  fc.tuple(some, anyPlace, pick).map(
    ([units, at, whose]) =>
      ({ ids }: Made) =>
        moved('shipped', units, { at, for: ids[whose % Math.max(1, ids.length)] ?? 'nobody' }),
  ),
  fc.tuple(fc.constantFrom('transferred', 'status_changed'), some, anyPlace, anyStatus, anyPlace, anyStatus).map(
    ([kind, units, at, status, to, toStatus]) =>
      () =>
        moved(kind, units, { at, status, to: [to, toStatus] }),
  ),
  fc.tuple(few, anyPlace, anyStatus).map(
    ([units, at, status]) =>
      ({ nowMs }: Made) =>
        stockTake(units, nowMs, { at, status }),
  ),
  fc
    .tuple(fc.constantFrom(0, 0, 0, 1), fc.constantFrom(-1, 0, 1, 2), fc.constantFrom('dc', 'store'), fc.constantFrom(1, 2, 3))
    .map(
      ([beside, variance, at, mark]) =>
        () =>
          reconcile(variance + beside, variance, { at, status: 'damaged', holds: { mark }, id: `run-${mark}` }),
    ),
);

const quota = fc.record({
  protected: fc.constantFrom(0, 0, 1, 3, 6),
  cap: fc.constantFrom(null, null, 2, 4, 9),
  from: fc.constantFrom(null, null, 5),
  until: fc.constantFrom(null, null, 25, 80),
});

const policies = fc
  .record({
    backorderLimit: fc.constantFrom(0, 0, 2, 5),
    dc: fc.constantFrom(0, 0, 2),
    web: fc.constantFrom(0, 0, 1),
    stopSell: sometimes(15),
    overReservation: fc.option(fc.shuffledSubarray(['reallocate', 'release_unpinned', 'backorder'] as const), { nil: undefined }),
    // A period must be long beside the milliseconds of a sequence, or short enough to end in it.
    buyerCap: fc.option(fc.record({ quantity: fc.constantFrom(1, 3, 5, 8), periodSeconds: fc.constantFrom(0.02, 0.2, 60) }), {
      nil: null,
      freq: 2,
    }),
    quotas: fc.dictionary(fc.constantFrom('web', 'market', 'till'), quota, { maxKeys: 2 }),
    plan: fc.boolean(),
    coming: fc.array(fc.tuple(some, anyPlace, fc.constantFrom(10, 30, 90)), { maxLength: 3 }),
  })
  .map(({ backorderLimit, dc, web, stopSell, overReservation, buyerCap, quotas, plan, coming }) => ({ nowMs }: Made): Command => {
    const soon = (laterMs: number | null): number | null => (laterMs === null ? null : nowMs + laterMs);
    const dated = Object.entries(quotas).map(([id, { from, until, ...numbers }]) => {
      return [id, { ...numbers, from: soon(from), until: soon(until) }] as const;
    });
    const terms = {
      backorderLimit,
      safetyStock: { dc },
      buffers: { web },
      stopSell,
      buyerCap,
      quotas: Object.fromEntries(dated),
      ...(overReservation === undefined ? {} : { overReservation }),
    };
    const receipts = announce(...coming.map(([units, at, later]) => [units, at, nowMs + later] as const)).receipts ?? [];
    return { ...(plan ? plannedPolicy(terms) : policy(terms)), receipts };
  });

const cases = fc.oneof(
  fc
    .record({ posting: fc.constantFrom(1, 2, 3), units: some, detail: fc.constant('no such account') })
    .map((refused) => (): Command => ({ type: 'open_case', ...refused })),
  pick.map((which) => ({ cases: open }: Made): Command => ({
    type: 'resolve_case',
    case: open[which % (open.length + 1)] ?? 1_000_000,
  })),
);

export const actions: fc.Arbitrary<readonly Action[]> = fc.array(
  fc.record({
    when,
    shop: fc.oneof({ weight: 15, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.nat({ max: SHOPS.length - 1 }) }),
    what: fc.oneof(
      { weight: 5, arbitrary: reserves },
      { weight: 1, arbitrary: orders },
      { weight: 9, arbitrary: changes },
      { weight: 4, arbitrary: facts },
      { weight: 2, arbitrary: policies },
      { weight: 1, arbitrary: cases },
    ),
  }),
  { minLength: 5, maxLength: 40, size: 'max' },
);
