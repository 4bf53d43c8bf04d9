import { expect, test } from 'vitest';
import { ORDERS_KEPT_DAYS } from '../../contracts/limits.ts';
import type { ReservationId } from '../../domain/ids.ts';
import type { Reservation, Stock } from '../../domain/stock.ts';
import { OPEN_ORDERS_TOLD_DAYS } from './limits.ts';
import { openOrdersDue } from './open-orders.ts';

const DAY_MS = 86_400_000;

/** Which of them are told of on this day, where all were made on day 0. */
function dueOn(day: number, orderRefs: readonly (readonly string[])[]): readonly string[] {
  const made = orderRefs.map((refs, n): [ReservationId, Reservation] => {
    const id = `r${n}` as ReservationId;
    return [id, { id, createdAtMs: 0, orderRefs: refs, lines: [{ open: 0, owed: 1 }] } as unknown as Reservation];
  });
  const stock: Pick<Stock, 'live'> = { live: new Map(made) };
  return openOrdersDue(stock, day * DAY_MS).map(({ orderRef, reservation }) => `${orderRef} ${reservation}`);
}

test('[R92] of what is open, each order is told of on two nights in thirty, and what is young is not', () => {
  const days = Array.from({ length: 3 * OPEN_ORDERS_TOLD_DAYS }, (_, day) => day);
  const told = days.filter((day) => dueOn(day, [['A']]).length > 0);
  expect(told).toEqual([30, 31, 60, 61]);
  expect(dueOn(30 - 1 / DAY_MS, [['A']])).toEqual([]);
  expect(OPEN_ORDERS_TOLD_DAYS * 3).toBeLessThanOrEqual(ORDERS_KEPT_DAYS);
});

test('[R92] every order that took units of a reservation is told of, and what no order took any of is not', () => {
  expect(dueOn(30, [['A', 'B'], [], ['A']])).toEqual(['A r0', 'B r0', 'A r2']);
});
