import { describe, expect, test } from 'vitest';
import {
  adjust,
  cancel,
  commit,
  fulfill,
  handOver,
  erpCount,
  extend,
  moved,
  pin,
  policy,
  receive,
  reconcile,
  release,
  reserve,
  resize,
  takeOrder,
} from '../test/story/orders.ts';
import { alarm } from '../test/story/questions.ts';
import { World } from '../test/story/story.ts';
import type { Command } from './command.ts';
import { effectOf } from './effect.ts';
import type { Event } from './event.ts';
import { factOf } from './fact-of.ts';

const line = (location: string, committed: number, onHand = 0) => ({ location, status: 'sellable', onHand, committed });

function eventsOf(...commands: readonly Command[]): readonly Event[] {
  const world = new World();
  for (const command of commands) world.do(0, command);
  return world.events;
}

describe('[R34] the books of places', () => {
  const moves: readonly (readonly [Event['type'], readonly Command[]])[] = [
    ['reallocated', [receive(3, 'dc'), receive(3, 'store'), reserve('a', 3), adjust(-3)]],
    [
      'backordered',
      [policy({ overReservation: ['backorder', 'list'], backorderLimit: 9 }), receive(3), reserve('a', 3), adjust(-3)],
    ],
    ['placed', [policy({ backorderLimit: 9 }), reserve('a', 3), receive(3)]],
  ];
  test.each(moves)('do not hear that open units were %s', (type, commands) => {
    const event = eventsOf(...commands).find((one) => one.type === type);
    expect(event).toMatchObject({ class: 'open' });
    if (event !== undefined) expect(effectOf(event)).toEqual({ own: false, lines: [], apart: [] });
  });

  test('hear that owed units changed their place, as ours to tell', () => {
    const sold = [receive(3, 'dc'), receive(3, 'store'), reserve('a', 3), commit('a'), adjust(-3)];
    const event = eventsOf(...sold).find((one) => one.type === 'reallocated');
    expect(event && effectOf(event)).toEqual({ own: true, lines: [line('dc', -3), line('store', 3)], apart: [] });
  });

  test('hear of a count by what it changed, and tell nobody who counted it', () => {
    const events = eventsOf(receive(3), erpCount(1, 5));
    expect(events.slice(1).map(effectOf)).toEqual([{ own: false, lines: [line('dc', 0, 1)], apart: [] }]);
  });

  test('hear of what leaves, once', () => {
    const events = eventsOf(receive(3), reserve('a', 3), commit('a', 2, { keepRest: true }), fulfill('a', 1), cancel('a', 1));
    expect(events.map(effectOf)).toEqual([
      { own: true, lines: [line('dc', 0, 3)], apart: [] },
      { own: false, lines: [], apart: [] },
      { own: true, lines: [line('dc', 2)], apart: [] },
      { own: true, lines: [line('dc', -1, -1)], apart: [] },
      { own: true, lines: [line('dc', -1)], apart: [] },
    ]);
  });
});

describe('[R30c] of an order that the ERP took itself', () => {
  const order = takeOrder('m', [1, [2, 'store']], { books: 'erp' });

  test('the numbers of places hold what it named, and apart stands what we put somewhere', () => {
    const events = eventsOf(receive(9), receive(9, 'store'), order);
    expect(events.slice(2).map(effectOf)).toEqual([
      { own: false, lines: [], apart: [line('dc', 1)] },
      { own: false, lines: [line('store', 2)], apart: [] },
    ]);
  });

  test('it stays so when it is cancelled here, which is ours to tell', () => {
    const events = eventsOf(receive(9), receive(9, 'store'), order, cancel('m'));
    expect(events.slice(4).map(effectOf)).toEqual([
      { own: true, lines: [], apart: [line('dc', -1)] },
      { own: true, lines: [line('store', -2)], apart: [] },
    ]);
  });

  test('what we put somewhere may change its place, and nobody is told', () => {
    const events = eventsOf(receive(1), receive(9, 'store'), takeOrder('m', 1, { books: 'erp' }), adjust(-1));
    const event = events.find((one) => one.type === 'reallocated');
    expect(event && effectOf(event)).toEqual({ own: false, lines: [], apart: [line('dc', -1), line('store', 1)] });
  });

  test('its lines are kept in their order, wherever they were found', () => {
    const world = new World();
    world.do(0, takeOrder('m', [1, [2, 'dc']]));
    expect([...world.stock.live.values()].map(({ lines }) => lines.map((one) => one.line))).toEqual([[1, 2]]);
  });
});

test('[R34] of all that is written down, only these say what somebody else told of their books', () => {
  const world = new World();
  const steps: readonly (readonly [atMs: number, Command])[] = [
    [0, policy({ backorderLimit: 9, overReservation: ['reallocate', 'backorder', 'list'] })],
    [0, receive(8)],
    [0, receive(3, 'store')],
    [0, reserve('a', 4)],
    [0, extend('a', 90_000)],
    [0, resize('a', 6)],
    [0, handOver('a', { buyer: 'ann' })],
    [0, pin('a')],
    [0, commit('a', 5, { keepRest: true })],
    [0, release('a')],
    [0, moved('shipped', 1, { for: 'a' })],
    [0, moved('shipped', 1, { for: 'a', at: 'store' })],
    [0, cancel('a', 1)],
    [0, reserve('b', 2, { ttlMs: 1_000 })],
    [1_000, pin('b')],
    [1_000, takeOrder('c', 1, { at: 'dc' })],
    [1_000, takeOrder('d', 1, { at: 'dc', books: 'erp' })],
    [1_000, moved('shipped', 1, { for: 'd', at: 'store', books: 'erp' })],
    [1_000, erpCount(9, 7)],
    [1_000, reconcile(8, -1, { holds: { mark: 8 } })],
    [1_000, adjust(-20)],
    [1_000, receive(3)],
    [1_000, receive(90)],
  ];
  for (const [atMs, command] of steps) world.do(atMs, command);
  alarm.ask(world, 9_000_000);
  const types = (events: readonly Event[]) => [...new Set(events.map(({ type }) => type))].sort();
  const told = world.events.filter((event) => factOf(event) !== null);
  expect(types(told)).toEqual(['moved', 'ordered', 'reallocated', 'shipped']);
  expect(types(world.events.filter((event) => factOf(event) === undefined))).toEqual([]);
  expect(types(world.events)).toHaveLength(22);
  expect(told.filter(({ type }) => type === 'ordered')).toMatchObject([{ books: 'erp' }]);
});
