import { describe, expect, test } from 'vitest';
import { cancel, commit, extend, fulfill, handOver, pin, receive, release, reserve, resize } from '../test/story/orders.ts';
import { location, reservationId } from '../test/story/ids.ts';
import { World } from '../test/story/story.ts';
import type { Command } from './command.ts';
import { backorderedOf, committedOf, statusOf, type Operation, type ReservationStatus } from './reservation.ts';

/** How a reservation of 4 units gets into each status. It lapses at 1,000. */
const WAYS: Readonly<Record<ReservationStatus, readonly Command[]>> = {
  active: [],
  pinned: [pin('a')],
  committed: [commit('a')],
  fulfilled: [commit('a'), fulfill('a')],
  cancelled: [commit('a'), cancel('a')],
  released: [release('a')],
  expired: [],
};

const ASKED: Readonly<Record<Operation, Command>> = {
  extend: extend('a', 5_000),
  resize: resize('a', 3),
  pin: pin('a'),
  commit: commit('a'),
  release: release('a'),
  fulfill: fulfill('a'),
  cancel: cancel('a'),
  hand_over: handOver('a', { buyer: 'ann' }),
};

// The table of docs/spec.md, row by row: a new status, `no change`, or the refusal.
const change = {
  pinned: 'reservation_pinned',
  committed: 'already_committed',
  fulfilled: 'already_committed',
  cancelled: 'reservation_cancelled',
  released: 'reservation_released',
  expired: 'reservation_expired',
} as const;
const unowed = { active: 'not_committed', pinned: 'not_committed', released: 'not_committed', expired: 'not_committed' } as const;
const TABLE: Readonly<Record<Operation, Readonly<Record<ReservationStatus, string>>>> = {
  extend: { ...change, active: '→ active' },
  resize: { ...change, active: '→ active' },
  pin: { ...change, active: '→ pinned', pinned: 'no change', expired: '→ pinned' },
  commit: { ...change, active: '→ committed', pinned: '→ committed' },
  release: { ...change, active: '→ released', pinned: '→ released', released: 'no change', expired: 'no change' },
  fulfill: { ...unowed, committed: '→ fulfilled', fulfilled: 'already_fulfilled', cancelled: 'reservation_cancelled' },
  cancel: { ...unowed, committed: '→ cancelled', fulfilled: 'already_fulfilled', cancelled: 'no change' },
  hand_over: {
    ...change,
    active: '→ active',
    pinned: '→ pinned',
    committed: '→ committed',
    fulfilled: 'already_fulfilled',
  },
};

describe('[R21] what may be asked of which status', () => {
  const cells = Object.entries(TABLE).flatMap(([operation, row]) =>
    Object.entries(row).map(([status, then]) => [operation, status, then] as const),
  );
  test.each(cells)('%s of a reservation that is %s: %s', (operation, status, then) => {
    const world = reservationThatIs(status as ReservationStatus);
    expect(answerTo(world, ASKED[operation as Operation])).toBe(then);
  });
});

describe('units to fulfil can be fulfilled and cancelled while others are still open', () => {
  const ways: readonly (readonly [string, readonly Command[]])[] = [
    ['active', [commit('a', 2, { keepRest: true })]],
    ['pinned', [pin('a'), commit('a', 2, { keepRest: true })]],
  ];
  test.each(ways)('%s', (status, commands) => {
    for (const command of [fulfill('a', 1), cancel('a', 1)]) {
      const world = begun();
      for (const before of commands) world.do(0, before);
      expect(answerTo(world, command)).toBe(`→ ${status}`);
    }
    const world = begun();
    for (const before of commands) world.do(0, before);
    expect(answerTo(world, fulfill('a', 3))).toBe('exceeds_reservation');
    expect(answerTo(world, cancel('a', 3))).toBe('exceeds_reservation');
  });
});

describe('a status is where the units are, the first of the list that has any', () => {
  const ways: readonly (readonly [ReservationStatus, readonly Command[]])[] = [
    ['fulfilled', [commit('a'), fulfill('a', 1), cancel('a', 3)]],
    ['cancelled', [commit('a', 1), cancel('a')]],
    ['released', [release('a', 1)]],
    ['committed', [commit('a', 2), fulfill('a', 1)]],
  ];
  test.each(ways)('%s', (status, commands) => {
    const world = begun();
    for (const command of commands) world.do(0, command);
    world.do(1_000, receive(1));
    expect(statusNow(world)).toBe(status);
  });
});

function begun(): World {
  const world = new World();
  world.do(0, receive(10));
  world.do(0, reserve('a', 4, { ttlMs: 1_000 }));
  return world;
}

function reservationThatIs(status: ReservationStatus): World {
  const world = begun();
  for (const command of WAYS[status]) world.do(0, command);
  if (status === 'expired') world.do(1_000, receive(1));
  expect(statusNow(world)).toBe(status);
  return world;
}

function answerTo(world: World, command: Command): string {
  const { answer, entries } = world.do(world.stock.lastNowMs, command);
  if (!answer.accepted) return answer.rejection.code;
  return entries.length === 0 ? 'no change' : `→ ${statusNow(world)}`;
}

function statusNow({ stock }: World): string {
  const reservation = stock.live.get(reservationId('a'));
  return reservation === undefined ? 'unknown' : statusOf(reservation);
}

test('[I3] what was committed of a line is what it still owes, what left and what was cancelled; what has no place is backordered', () => {
  const dc = (quantity: number) => [{ location: location('dc'), quantity }];
  const units = { open: 9, owed: 8, fulfilled: 4, cancelled: 2, released: 5, expired: 6 };
  const line = { line: 1, asked: 34, at: null, openAt: dc(4), owedAt: dc(5), ...units };
  expect([committedOf(line), backorderedOf(line)]).toEqual([8 + 4 + 2, 5 + 3]);
});
