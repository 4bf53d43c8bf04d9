import { describe, expect, test } from 'vitest';
import { channel, location, reservationId, source } from '../test/story/ids.ts';
import { moved } from '../test/story/orders.ts';
import type { Answer, Command, Reserve, TakeOrder } from './command.ts';
import { copiesAt, demandSince, noteDemand, noteReader, perSecondAt, type Demand } from './demand.ts';
import type { Line } from './stock.ts';

const NOW_MS = 1_000_000;
const [DC, STORE] = [location('dc'), location('store')];
const WEB = channel('web');
const GIVEN = { id: 'fact', source: source('wms'), books: 'front', mark: null } as const;
const DONE: Answer = { accepted: true, reservation: null, fact: null };
const REFUSED: Answer = { accepted: false, rejection: { code: 'insufficient_stock', lines: [] } };
const TEN = [{ line: 1, quantity: 10, at: null }];

const reserve: Reserve = {
  type: 'reserve',
  reservation: reservationId('a'),
  channel: WEB,
  buyer: null,
  ttlMs: 60_000,
  mode: 'all_or_nothing',
  split: 'allowed',
  lines: TEN,
};
const order: TakeOrder = {
  type: 'take_order',
  reservation: reservationId('a'),
  channel: WEB,
  orderRef: 'ORDER',
  lines: TEN,
  placedAtMs: NOW_MS,
  ...GIVEN,
};

/** Granted with so many units of a line open at one place and owed at another. */
function granted(line: Pick<Line, 'openAt' | 'owedAt'>): Answer {
  const rest = { line: 1, asked: 10, at: null, open: 0, owed: 0, fulfilled: 0, cancelled: 0, released: 0, expired: 0 };
  const term = { kind: 'active', expiresAtMs: NOW_MS } as const;
  const reservation = {
    id: reservationId('a'),
    channel: WEB,
    buyer: null,
    orderRefs: [],
    createdAtMs: NOW_MS,
    split: 'allowed',
    term,
  } as const;
  return { accepted: true, reservation: { ...reservation, lines: [{ ...rest, ...line }] }, fact: null };
}

/** Units per second, of all, of the channel, and at each place. */
function noted(command: Command, answer: Answer): readonly number[] {
  const demand = demandSince(0);
  noteDemand(demand, command, answer, NOW_MS);
  return [demand.all, demand.of.get(WEB), demand.at.get(DC), demand.at.get(STORE)].map((rate) => perSecondAt(rate, NOW_MS));
}

describe('[R90] demand is', () => {
  test.each<[string, Command, Answer, readonly number[]]>([
    ['what is asked in vain', reserve, REFUSED, [5, 5, 0, 0]],
    ['an order that was accepted elsewhere', order, REFUSED, [5, 5, 0, 0]],
    ['at the place that was named in vain', { ...reserve, lines: [{ line: 1, quantity: 10, at: STORE }] }, REFUSED, [5, 5, 0, 5]],
    [
      'at the places that gave the units',
      reserve,
      granted({ openAt: [{ location: DC, quantity: 4 }], owedAt: [{ location: STORE, quantity: 6 }] }),
      [5, 5, 2, 3],
    ],
    ['at no place where the answer names no reservation', reserve, DONE, [5, 5, 0, 0]],
    ['what was sold without a reservation', moved('sold', 10), DONE, [5, 0, 5, 0]],
    ['what left without one', moved('shipped', 10), DONE, [5, 0, 5, 0]],
    ['not what came', moved('received', 10), DONE, [0, 0, 0, 0]],
    [
      'not what is about units that somebody has',
      { type: 'release', reservation: reservationId('a') } as Command,
      DONE,
      [0, 0, 0, 0],
    ],
  ])('%s', (_, command, answer, perSecond) => {
    expect(noted(command, answer)).toEqual(perSecond);
  });

  test('not made more by a clock that goes back', () => {
    const demand = demandSince(NOW_MS);
    noteDemand(demand, reserve, REFUSED, NOW_MS);
    noteDemand(demand, reserve, REFUSED, NOW_MS - 1_000);
    expect([perSecondAt(demand.all, NOW_MS - 1_000), perSecondAt(demand.all, NOW_MS)]).toEqual([10, 10]);
  });
});

describe('[R90] copies of a number', () => {
  const shown = (...forMs: readonly number[]): Demand => {
    const demand = demandSince(0);
    for (const ms of forMs) noteReader(demand, ms, NOW_MS);
    return demand;
  };

  test('are counted until they may be shown no longer, a tenth of a second more or less', () => {
    const demand = shown(100, 100, 1_000);
    expect([0, 99, 100, 999, 1_000].map((ms) => copiesAt(demand, NOW_MS + ms))).toEqual([3, 3, 1, 1, 0]);
  });

  test('that may be shown for no time are none', () => {
    expect(copiesAt(shown(0), NOW_MS)).toBe(0);
  });
});
