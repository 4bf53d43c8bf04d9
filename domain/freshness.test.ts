import fc from 'fast-check';
import { expect, test } from 'vitest';
import { naiveFreshness } from '../test/model/naive-freshness.ts';
import { arbitraryShop } from '../test/model/shops.ts';
import { channel, location, reservationId } from '../test/story/ids.ts';
import { moved } from '../test/story/orders.ts';
import { place, seller } from '../test/story/story.ts';
import { termsWith } from '../test/story/terms.ts';
import type { Answer, Command } from './command.ts';
import { demandSince, noteDemand, noteReader, perSecondAt, type Demand } from './demand.ts';
import { freshForMs } from './freshness.ts';
import type { Network } from './network.ts';
import type { Quota, Terms } from './offer.ts';

const CAP_MS = 5_000;
const DAY_MS = 86_400_000;
const DC = location('dc');
const STORE = location('store');
const WEB = channel('web');
const MARKET = channel('market');
const NETWORK: Network = {
  version: 1,
  locations: [place('dc', 1), place('store', 2)],
  channels: [seller('web', null), seller('market', null)],
};
const REFUSED: Answer = { accepted: false, rejection: { code: 'insufficient_stock', lines: [] } };

test('[R90] what is plentiful, or asked for by nobody, may be shown for as long as anything', () => {
  expect(fresh(termsWith({ dc: 1 }), watched())).toBe(CAP_MS);
  expect(fresh(termsWith({ dc: 1_000 }), asked(watched(), 10))).toBe(CAP_MS);
});

test('[R90] what is scarce is shown until a tenth of it will have been asked for', () => {
  // 10 units just now are 5 a second: a tenth of 100 is gone in 2 s.
  expect(fresh(termsWith({ dc: 100 }), asked(watched(), 10))).toBe(2_000);
  expect(fresh(termsWith({ dc: 10 }), asked(watched(), 10))).toBe(200);
});

test('[R90] demand is forgotten as time passes', () => {
  const demand = asked(watched(), 10);
  const terms = termsWith({ dc: 10 });
  expect(fresh(terms, demand, DAY_MS + 2_000)).toBeGreaterThan(fresh(terms, demand, DAY_MS));
  expect(fresh(terms, demand, DAY_MS + 60_000)).toBe(CAP_MS);
});

test('[R90] the last unit is not asked for by every reader', () => {
  expect(fresh(termsWith({ dc: 1 }), asked(watched(), 1_000))).toBe(50);
});

test('[R90] what is sold out is shown for a second while it is asked for, for as long as anything while it is not', () => {
  expect(fresh(termsWith({ dc: 0 }), asked(watched(), 1_000))).toBe(1_000);
  expect(fresh(termsWith({ dc: 0 }), watched())).toBe(CAP_MS);
});

test('[R90] a crowd is told for longer that all is sold, so that it asks 100 times a second in all', () => {
  expect([100, 300, 900].map((readers) => fresh(termsWith({ dc: 0 }), shownBy(readers, asked(watched(), 1_000))))).toEqual([
    1_000,
    3_000,
    CAP_MS,
  ]);
});

test('[R90] the scarcest channel counts, and one that has nothing left does not', () => {
  const buffered = (units: number): Terms => ({ ...termsWith({ dc: 100 }), buffers: [{ channel: MARKET, quantity: units }] });
  expect(fresh(buffered(90), asked(watched(), 10))).toBe(200);
  expect(fresh(buffered(100), asked(watched(), 10))).toBe(2_000);
});

test('[R90] a channel whose cap is all that it has left loses only what it sells itself', () => {
  const capped = quota(MARKET, { cap: 10 });
  const terms = { ...termsWith({ dc: 100 }), quotas: [capped] };
  expect(fresh(terms, asked(watched(), 10, { channel: WEB }))).toBe(2_000);
  expect(fresh(terms, asked(watched(), 10, { channel: MARKET }))).toBe(200);
});

test('[R90] a place counts with what is asked of it, and not with what is asked elsewhere', () => {
  const terms = termsWith({ dc: 990, store: 10 });
  expect(fresh(terms, asked(watched(), 10, { at: DC }))).toBe(CAP_MS);
  expect(fresh(terms, asked(watched(), 10, { at: STORE }))).toBe(200);
});

test('[R90] units that left without a reservation are demand too', () => {
  const demand = watched();
  noteDemand(demand, moved('shipped', 10), { accepted: true, reservation: null, fact: null }, DAY_MS);
  noteDemand(demand, moved('received', 10), { accepted: true, reservation: null, fact: null }, DAY_MS);
  expect(fresh(termsWith({ dc: 10 }), demand)).toBe(200);
});

test('[R90] whoever just woke promises no more than a second, then no more than they have watched', () => {
  const demand = demandSince(DAY_MS);
  const terms = termsWith({ dc: 1_000 });
  expect([0, 1_000, 2_500, CAP_MS, 2 * CAP_MS].map((ms) => fresh(terms, demand, DAY_MS + ms))).toEqual([
    1_000, 1_000, 2_500, 5_000, 5_000,
  ]);
});

test('[R90] the more copies there are, the less often each is renewed: 250 a second in all, or once a second', () => {
  expect([12, 50, 250, 1_000].map((readers) => fresh(termsWith({ dc: 1 }), shownBy(readers, asked(watched(), 1_000))))).toEqual([
    50, 200, 1_000, 1_000,
  ]);
});

test('[R90] what many show is shown for a second at most, since many may begin to ask', () => {
  expect([20, 21].map((readers) => fresh(termsWith({ dc: 1_000 }), shownBy(readers, watched())))).toEqual([CAP_MS, 1_000]);
});

test('[R90] nothing is shown for longer than the deployment allows', () => {
  expect(freshForMs(termsWith({ dc: 1 }), NETWORK, asked(watched(), 1_000), DAY_MS, 20)).toBe(20);
  expect(freshForMs(termsWith({ dc: 1_000 }), NETWORK, watched(), DAY_MS, 0)).toBe(0);
});

test('[R90] a rate is the units per second that were asked for steadily', () => {
  const demand = demandSince(0);
  for (let ms = 0; ms < 20_000; ms += 100) noteDemand(demand, ask(3, {}), REFUSED, ms);
  expect(perSecondAt(demand.all, 19_900)).toBeCloseTo(30, -1);
  expect(perSecondAt(demand.of.get(WEB), 19_900)).toBe(perSecondAt(demand.all, 19_900));
});

test('[R90] it is as the rule says, whatever the shop and whatever was asked', () => {
  const moment = fc.integer({ min: 0, max: 100 }).map((tenths) => tenths * 100);
  const wishes = fc.array(
    fc.record({
      atMs: moment,
      quantity: fc.integer({ min: 1, max: 20 }),
      channel: fc.constantFrom(WEB, MARKET),
      at: fc.constantFrom(DC, STORE, null),
    }),
    { maxLength: 6 },
  );
  const copies = fc.array(
    fc.integer({ min: 0, max: 150 }).map((tenths) => tenths * 100),
    { maxLength: 400 },
  );
  const maxMs = fc.constantFrom(0, 30, 500, 1_000, CAP_MS, 60_000);
  fc.assert(
    fc.property(arbitraryShop, wishes, copies, moment, maxMs, ({ terms, network }, wished, untilMs, wokeAtMs, mostMs) => {
      const demand = demandSince(wokeAtMs);
      // What was asked before it woke, it does not know of.
      const asked = wished.filter(({ atMs }) => atMs >= wokeAtMs).sort((a, b) => a.atMs - b.atMs);
      for (const { quantity, atMs, ...wish } of asked) noteDemand(demand, ask(quantity, wish), REFUSED, atMs);
      for (const until of untilMs) noteReader(demand, until, 0);
      const said = freshForMs(terms, network, demand, 10_000, mostMs);
      const wanted = naiveFreshness(terms, network, { wokeAtMs, asked, copies: untilMs }, 10_000, mostMs);
      expect(Math.abs(said - wanted)).toBeLessThanOrEqual(1);
    }),
    { numRuns: 2_000 },
  );
});

/** For a day, in which nothing was asked. */
const watched = (): Demand => demandSince(0);

interface Wish {
  readonly channel?: typeof WEB;
  readonly at?: typeof DC | null;
}

function asked(demand: Demand, quantity: number, wish: Wish = {}): Demand {
  noteDemand(demand, ask(quantity, wish), REFUSED, DAY_MS);
  return demand;
}

/** So many copies that may be shown for two seconds. */
function shownBy(readers: number, demand: Demand): Demand {
  for (let reader = 0; reader < readers; reader += 1) noteReader(demand, 2_000, DAY_MS);
  return demand;
}

function ask(quantity: number, { channel: by = WEB, at }: Wish): Command {
  const lines = [{ line: 1, quantity, at: at ?? null }];
  const terms = { buyer: null, ttlMs: 60_000, mode: 'all_or_nothing', split: 'allowed' } as const;
  return { type: 'reserve', reservation: reservationId('a'), channel: by, lines, ...terms };
}

const fresh = (terms: Terms, demand: Demand, nowMs = DAY_MS): number => freshForMs(terms, NETWORK, demand, nowMs, CAP_MS);

function quota(of: typeof WEB, { cap }: { readonly cap: number }): Quota {
  return { channel: of, protected: 0, cap, consumed: 0 };
}
