import { describe, expect, test } from 'vitest';
import { channel, location, reservationId } from '../test/story/ids.ts';
import { commit, receive, reserve } from '../test/story/orders.ts';
import { World } from '../test/story/story.ts';
import type { Event, Units } from './event.ts';
import { evolve, forget } from './evolve.ts';

const A = { reservation: reservationId('a') };
const dc = (quantity: number) => ({ location: location('dc'), quantity });
const units = (quantity: number, ...placed: Units['placed']): readonly Units[] => [{ line: 1, quantity, placed }];
const begins = (asked: number, lines: readonly Units[]): Event => ({
  type: 'reserved',
  reservation: reservationId('b'),
  channel: channel('web'),
  buyer: null,
  split: 'allowed',
  expiresAtMs: 9_000,
  lines: lines.map((one) => ({ ...one, asked, at: null })),
});

describe('[I3] a log in which a unit is in two classes, or in none, fails loudly', () => {
  const FACTS: readonly (readonly [string, Event])[] = [
    ['more released than was open', { type: 'released', ...A, reason: 'asked', lines: units(3, dc(3)) }],
    [
      'released from a place that had none',
      { type: 'released', ...A, reason: 'asked', lines: units(1, { ...dc(1), location: location('store') }) },
    ],
    [
      'open at more places than there are open units',
      { type: 'placed', ...A, orderRef: null, class: 'open', line: 1, at: dc(1) },
    ],
    [
      'owed at more places than there are owed units',
      { type: 'placed', ...A, orderRef: null, class: 'owed', line: 1, at: dc(1) },
    ],
    ['more taken anew than had lapsed', { type: 'retaken', ...A, outcomeDueMs: 9_000, lines: units(1, dc(1)) }],
    ['more fulfilled than was owed', { type: 'cancelled', ...A, orderRef: null, lines: units(3, dc(3)) }],
    ['half a unit', { type: 'grown', ...A, lines: units(0.5, dc(0.5)) }],
    ['more granted than was asked for', begins(1, units(2, dc(2)))],
  ];

  test.each(FACTS)('%s', (_, event) => {
    const world = new World();
    world.do(0, receive(9));
    world.do(0, reserve('a', 4));
    world.do(0, commit('a', 2, { keepRest: true }));
    const { stock } = world;
    const entry = { sequence: stock.sequence + 1, atMs: 1, correlationId: null, event };
    expect(() => evolve(stock, entry)).toThrow('each unit of a line is in exactly one class');
  });
});

describe('[I10] a log fails loudly in which', () => {
  test('a reservation begins twice', () => {
    const world = new World();
    world.do(0, receive(9));
    const entry = { atMs: 1, correlationId: null, event: begins(2, units(2, dc(2))) };
    evolve(world.stock, { ...entry, sequence: 2 });
    expect(() => evolve(world.stock, { ...entry, sequence: 3 })).toThrow('a reservation begins once');
  });

  test('something is told of a reservation that nobody knows', () => {
    const { stock } = new World();
    const event: Event = { type: 'extended', ...A, expiresAtMs: 9 };
    expect(() => evolve(stock, { sequence: 1, atMs: 1, correlationId: null, event })).toThrow(
      'names a reservation that is known',
    );
  });

  test('a reservation is put away that still promises units', () => {
    const world = new World();
    world.do(0, receive(9));
    world.do(0, reserve('a', 4));
    const [live] = world.stock.live.values();
    if (live !== undefined) expect(() => forget(world.stock, live)).toThrow('only a closed reservation is forgotten');
    expect(live).toBeDefined();
  });
});
