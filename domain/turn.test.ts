import { expect, test } from 'vitest';
import { expired, extended, pinned, placed, reserved } from '../test/story/events.ts';
import { announce, commit, extend, moved, pin, policy, receive, reserve, resize } from '../test/story/orders.ts';
import { ats, cases, placesOf } from '../test/story/questions.ts';
import { story, World } from '../test/story/story.ts';
import type { Command } from './command.ts';
import { nextDeadline } from './lapse.ts';

story('[R11] a clock that jumps back shortens nothing that was promised', [
  [0, receive(5)],
  [100_000, reserve('a', 1, { ttlMs: 60_000 }), [reserved('a', 1, { expiresAtMs: 160_000 })]],
  [40_000, reserve('b', 1, { ttlMs: 60_000 }), [reserved('b', 1, { expiresAtMs: 160_000 })]],
  [40_000, extend('b', 90_000), [extended('b', 190_000)]],
  [40_000, pin('a'), [pinned('a', 1_900_000)]],
]);

story('[R11] what lapsed before the clock jumped back stays lapsed', [
  [0, receive(1)],
  [0, reserve('a', 1, { ttlMs: 1_000 })],
  [1_000, reserve('b', 1)],
  [999, reserve('c', 1), 'insufficient_stock'],
  [999, extend('a', 60_000), 'reservation_expired'],
]);

story('[R27] who waits is served before who asks when a deadline makes units free', [
  [0, receive(5)],
  [0, policy({ backorderLimit: 5 })],
  [0, reserve('a', 5, { ttlMs: 10_000 })],
  [1, reserve('waits', 3)],
  [10_000, reserve('asks', 5), [expired(['a', 10_000]), placed('waits', 3, 'dc'), reserved('asks', 5)]],
  [10_000, placesOf('asks'), { dc: 2 }],
]);

story('[R27] who waits is served before who asks when the end of a quota makes units free', [
  [0, policy({ backorderLimit: 9, quotas: { market: { protected: 5, until: 10_000 } } })],
  [0, receive(5)],
  [0, reserve('waits', 3)],
  [9_999, placesOf('waits'), {}],
  [10_000, reserve('asks', 5), [placed('waits', 3, 'dc'), reserved('asks', 5)]],
  [10_000, placesOf('asks'), { dc: 2 }],
]);

story('[R25] a pin whose time is over is a case also where somebody asks in vain', [
  [0, receive(1)],
  [0, reserve('a', 1)],
  [0, pin('a')],
  [1_799_999, reserve('b', 1), 'insufficient_stock'],
  [1_799_999, cases, []],
  [1_800_000, reserve('b', 1), 'insufficient_stock'],
  [1_800_000, cases, [['pin_without_outcome', 1]]],
]);

test('an answer bears the reservation as it is then, and by when what it waits for is expected', () => {
  const world = new World();
  world.do(0, policy({ backorderLimit: 9 }));
  world.do(0, announce([5, 'dc', 20_000]));
  const bears = (command: Command) => {
    const { answer } = world.do(0, command);
    return answer.accepted ? [answer.reservation?.id, answer.reservation?.lines[0]?.open, answer.promisedAtMs] : answer;
  };
  expect(bears(reserve('a', 3))).toEqual(['a', 3, 20_000]);
  expect(bears(resize('a', 2))).toEqual(['a', 2, 20_000]);
  expect(bears(commit('a'))).toEqual(['a', 0, 20_000]);
  // A fact may name one, and is told only what became of the fact.
  expect(bears(moved('received', 1, { for: 'a' }))).toEqual([undefined, undefined, null]);
  expect(bears(receive(5))).toEqual([undefined, undefined, null]);
  expect(bears(reserve('b', 1))).toEqual(['b', 1, null]);
});

test('[R11] every row of the journal bears a time that is not before the row above', () => {
  const world = new World();
  for (const [atMs, id] of [
    [5_000, 'a'],
    [1_000, 'b'],
    [5_001, 'c'],
    [0, 'd'],
  ] as const)
    world.do(atMs, reserve(id, 1, { mode: 'partial' }));
  world.do(7_000, receive(9));
  world.do(3_000, reserve('e', 1));
  expect(world.books.entries.map(({ atMs }) => atMs)).toEqual([7_000, 7_000]);
});

test('[R39] a number stays true until the next deadline, and may change there without a command', () => {
  const world = new World();
  world.do(0, receive(10));
  world.do(0, reserve('a', 4, { ttlMs: 9_000 }));
  world.do(0, reserve('b', 1, { ttlMs: 5_000 }));
  expect(nextDeadline(world.stock)).toEqual({ atMs: 5_000, reservation: 'b' });
  expect(ats().ask(world, 4_999)).toBe(5);
  expect(ats().ask(world, 5_000)).toBe(6);
  expect(nextDeadline(world.stock)).toEqual({ atMs: 9_000, reservation: 'a' });
  expect(ats().ask(world, 9_000)).toBe(10);
  expect(nextDeadline(world.stock)).toBeNull();
});

test('[R39] every change raises the sequence, a refusal or a no-op leaves it', () => {
  const world = new World();
  const sequences = [receive(5), reserve('a', 9), reserve('a', 5), extend('a', 1), pin('a'), pin('a')].map((command) => {
    world.do(0, command);
    return world.stock.sequence;
  });
  expect(sequences).toEqual([1, 1, 2, 2, 3, 3]);
});

test('a refused command still lets time pass, and says what that brought about', () => {
  const world = new World();
  world.do(0, receive(1));
  world.do(0, reserve('a', 1, { ttlMs: 10 }));
  const { answer, entries } = world.do(10, reserve('b', 2));
  expect(answer).toMatchObject({ accepted: false });
  expect(entries).toMatchObject([{ event: { type: 'expired' } }]);
});
