import fc from 'fast-check';
import { expect, test } from 'vitest';
import { offer, type Terms } from '../../domain/offer.ts';
import { offeredAt, offeredAtOnePlace } from '../../test/model/offered.ts';
import { emptyStock } from '../../domain/stock.ts';
import { termsOf } from '../../domain/terms.ts';
import { tidy, turn } from '../../domain/turn.ts';
import { actions, SHOP } from '../../test/model/actions.ts';
import { ALL_IN_SIGHT } from '../../test/story/buyers.ts';
import { reservationId, sku } from '../../test/story/ids.ts';
import { receive, reserve } from '../../test/story/orders.ts';
import { PaperBooks } from '../../test/story/paper-books.ts';
import { withOwnUnits } from './availability-reply.ts';

const NOW_MS = 2_000;

const own = fc.record({
  channel: fc.constantFrom('web', 'market', 'till'),
  lines: fc.array(fc.tuple(fc.integer({ min: 1, max: 6 }), fc.constantFrom(null, 'dc', 'store')), { minLength: 1, maxLength: 3 }),
});

test('[R41] [I4] with one’s own reservation left out, every number is that of a shop where it was never made', () => {
  let made = 0;
  fc.assert(
    fc.property(actions, own, (before, { channel, lines }) => {
      const stock = emptyStock(sku('TEA'));
      const books = new PaperBooks(stock.sku, 'commit');
      const around = { waitingSinceMs: null, network: SHOP, books, buyers: ALL_IN_SIGHT, pinOutcomeMs: 60 };
      const context = (nowMs: number) => ({ ...around, nowMs });
      const all = [
        receive(15, 'dc'),
        receive(9, 'store'),
        ...before.map(({ what }, n) => what({ ids: idsUpTo(n), nowMs: 1_000 + n, cases: [] })),
      ];
      for (const [n, command] of all.entries()) {
        // Orders of one name would be one order.
        if ('reservation' in command && command.type === 'take_order' && stock.live.has(command.reservation)) continue;
        if (command.type === 'reserve' && stock.live.has(command.reservation)) continue;
        turn(stock, command, context(1_000 + n), null);
      }
      tidy(stock, context(NOW_MS));
      const without = numbersOf(termsOf(stock, context(NOW_MS)));

      const asked = lines.map(([quantity, at]) => (at === null ? quantity : ([quantity, at] as const)));
      const { answer, entries } = turn(stock, reserve('own', asked, { channel, mode: 'partial' }), context(NOW_MS), null);
      // Where others were moved because of it, they stay moved.
      if (!answer.accepted || answer.reservation === null || entries.length > 1) return;
      made += 1;
      expect(numbersOf(withOwnUnits(termsOf(stock, context(NOW_MS)), answer.reservation))).toEqual(without);
    }),
    { numRuns: 1_000 },
  );
  // What no run ever made was never left out.
  expect(made).toBeGreaterThan(300);
});

function idsUpTo(n: number) {
  return Array.from({ length: n }, (_, index) => reservationId(`r${index}`));
}

function numbersOf(terms: Terms): unknown {
  return SHOP.channels.map(({ id }) => {
    const offered = offer(terms, SHOP, id);
    const { availableToSell, firm, withheld, debt, backordered, buffer, shrunk, consumed } = offered;
    const places = SHOP.locations.map((place) => offeredAt(offered, place.id));
    return {
      id,
      availableToSell,
      firm,
      withheld,
      debt,
      backordered,
      buffer,
      shrunk,
      consumed,
      places,
      one: offeredAtOnePlace(offered),
    };
  });
}
