import { describe, expect, test } from 'vitest';
import { channel, location, reservationId, sku } from '../test/story/ids.ts';
import { commit, fulfill, policy, receive, reserve } from '../test/story/orders.ts';
import { World } from '../test/story/story.ts';
import type { Event, Units } from './event.ts';
import { evolve } from './evolve.ts';
import { forget, sharedLines } from './live.ts';
import { BEGINNINGS_MAX } from './limits.ts';

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
    ['none at a place', begins(2, units(2, dc(2), { ...dc(0), location: location('store') }))],
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

describe('[I2] what is kept so that nobody has to walk the stock', () => {
  test('names no reservation that was put away', () => {
    const world = new World();
    for (const command of [receive(9), policy({ buyerCap: { quantity: 9, periodSeconds: 60 } })]) world.do(0, command);
    for (const id of ['a', 'b']) world.do(0, reserve(id, 1, { buyer: 'ann' }));
    world.do(0, reserve('of nobody', 1, { ttlMs: 1_000 }));
    world.do(0, commit('a', null, { orderRef: 'order' }));
    world.do(0, commit('b', null, { orderRef: 'order' }));
    const { stock } = world;
    const putAway = (id: string): void => {
      const closed = stock.live.get(reservationId(id));
      if (closed !== undefined) forget(stock, closed);
    };
    world.do(1_000, receive(1));
    putAway('of nobody');
    const lists = () => [[...stock.live.keys()], [...stock.byOrder], [...(stock.byBuyer ?? [])]];
    expect(lists()).toEqual([['a', 'b'], [['order', new Set(['a', 'b'])]], [['ann', new Set(['a', 'b'])]]]);

    for (const [id, left] of [
      ['a', [['b'], [['order', new Set(['b'])]], [['ann', new Set(['b'])]]]],
      ['b', [[], [], []]],
    ] as const) {
      world.do(0, fulfill(id));
      putAway(id);
      expect(lists()).toEqual(left);
    }
  });

  test('names those that wait, and nobody who has it all', () => {
    const world = new World();
    world.do(0, policy({ backorderLimit: 9 }));
    world.do(0, receive(3));
    for (const [atMs, id] of ['first', 'second', 'third'].entries()) world.do(atMs, reserve(id, [1, 1]));
    expect([...world.stock.waiting]).toEqual(['second', 'third']);
    world.do(9, receive(1));
    expect([...world.stock.waiting]).toEqual(['third']);
  });

  test('[R17] names the orders of a reservation, the newest last', () => {
    const world = new World();
    world.do(0, receive(9));
    world.do(0, reserve('a', 4));
    for (const orderRef of ['one', 'two', 'one']) world.do(0, commit('a', 1, { orderRef, keepRest: true }));
    expect(world.stock.live.get(reservationId('a'))?.orderRefs).toEqual(['two', 'one']);
  });
});

describe('what many reservations say alike is kept once', () => {
  const began = (world: World, name: string, quantity: number) => {
    world.do(0, reserve(name, quantity));
    const reservation = world.stock.live.get(reservationId(name));
    if (reservation === undefined) throw new Error(`${name} was refused`);
    return reservation;
  };

  test('[I2] two of one place and size share it, and what becomes of one leaves the other as it was', () => {
    const world = new World();
    world.do(0, receive(9));
    const [one, other] = [began(world, 'a', 2), began(world, 'b', 2)];
    expect(one.lines).toBe(other.lines);
    world.do(0, commit('a', 1));
    expect(world.stock.live.get(reservationId('b'))).toMatchObject({ lines: [{ open: 2, openAt: [dc(2)] }] });
    expect(world.stock.live.get(reservationId('a'))).toMatchObject({ lines: [{ open: 0, openAt: [], owedAt: [dc(1)] }] });
  });

  test.each([
    ['another size', { asked: 3, open: 3, openAt: [dc(3)] }],
    ['a place that was asked for', { at: location('dc') }],
    ['another number of its line', { line: 7 }],
    ['more asked for than granted', { asked: 3 }],
    ['units of it sold', { open: 1, openAt: [dc(1)], owed: 1, owedAt: [dc(1)] }],
    ['sold as part of a kit', { soldAs: { sku: sku('KIT'), units: 1 } }],
    ['another place', { openAt: [{ location: location('store'), quantity: 2 }] }],
  ])('but none with %s', (_, differs) => {
    const world = new World();
    world.do(0, receive(9));
    const [line] = began(world, 'a', 2).lines;
    if (line === undefined) throw new Error('a reservation has a line');
    const others = [{ ...line, ...differs }];
    expect(sharedLines(world.stock, others)).toBe(others);
  });

  test('and of so many kinds only', () => {
    const world = new World();
    world.do(0, receive(1_000_000));
    for (let size = 1; size <= BEGINNINGS_MAX; size += 1) began(world, `r${size}`, size);
    expect(world.stock.beginnings.size).toBe(BEGINNINGS_MAX);
    expect(began(world, 'one more', BEGINNINGS_MAX + 1).lines[0]?.openAt).toEqual([dc(BEGINNINGS_MAX + 1)]);
    expect(world.stock.beginnings.size).toBe(1);
  });
});
