import { describe, expect, test } from 'vitest';
import type { Command } from './command.ts';
import type { ChannelId, ReservationId } from './ids.ts';
import { EMPTY_NETWORK, type Network } from './network.ts';
import { isShed } from './shed.ts';

const channel = (id: string, rank: number) => ({ id: id as ChannelId, locations: null, buffer: 0, class: rank, stopSell: false });
const networkOf = (...channels: readonly ReturnType<typeof channel>[]): Network => ({ ...EMPTY_NETWORK, channels });
const THREE_CLASSES = networkOf(channel('agent', 300), channel('shop', 100), channel('market', 200), channel('app', 100));

const reserveFor = (id: string): Command => ({
  type: 'reserve',
  reservation: 'r' as ReservationId,
  channel: id as ChannelId,
  buyer: null,
  ttlMs: 1,
  lines: [],
  mode: 'all_or_nothing',
  split: 'allowed',
});

/** The most that may wait when such a command is still taken, of 4,000. */
function lastTaken(command: Command, network: Network): number {
  let waiting = -1;
  while (!isShed([command], waiting + 1, 4_000, network)) waiting += 1;
  return waiting;
}

describe('[R47] under too much work', () => {
  test.each([
    ['shop', 3_999],
    ['app', 3_999],
    ['market', 2_666],
    ['agent', 1_333],
    ['one that nobody knows here', 1_333],
  ])('reservations of %s are taken while at most %i commands wait', (id, most) => {
    expect(lastTaken(reserveFor(id), THREE_CLASSES)).toBe(most);
  });

  test.each([
    { type: 'pin' },
    { type: 'commit', orderRef: 'o', lines: null, keepRest: false, reacquire: true },
    { type: 'release', lines: null },
    { type: 'cancel', lines: null },
    { type: 'fulfill', lines: null },
    { type: 'extend', ttlMs: 1 },
    { type: 'resize', lines: [] },
  ] as const)('what belongs to a promise goes on to the last: $type', (plan) => {
    const command: Command = { ...plan, reservation: 'r' as ReservationId, caller: 'agent' as ChannelId };
    expect(lastTaken(command, THREE_CLASSES)).toBe(3_999);
  });

  test('a call is as important as the least of its reservations', () => {
    expect(isShed([reserveFor('shop'), reserveFor('agent')], 1_334, 4_000, THREE_CLASSES)).toBe(true);
    expect(isShed([reserveFor('shop'), reserveFor('market')], 1_334, 4_000, THREE_CLASSES)).toBe(false);
  });

  test('a class is turned away as soon as its share is full, not one later', () => {
    const shed = (id: string, waiting: number): boolean => isShed([reserveFor(id)], waiting, 3_000, THREE_CLASSES);
    expect([shed('market', 1_999), shed('market', 2_000)]).toEqual([false, true]);
    const four = networkOf(channel('a', 1), channel('b', 2), channel('c', 3), channel('d', 4));
    expect([999, 1_000].map((waiting) => isShed([reserveFor('d')], waiting, 4_000, four))).toEqual([false, true]);
  });

  test('one class alone has all the room, and so has a network of which nothing is known yet', () => {
    expect(lastTaken(reserveFor('b'), networkOf(channel('a', 5), channel('b', 5)))).toBe(3_999);
    expect(lastTaken(reserveFor('b'), EMPTY_NETWORK)).toBe(3_999);
  });

  test('every class is served while nothing waits, however many there are', () => {
    const many = networkOf(...Array.from({ length: 9_000 }, (_, rank) => channel(`c${rank}`, rank)));
    expect(isShed([reserveFor('c8999')], 0, 4_000, many)).toBe(false);
    expect(isShed([reserveFor('c8999')], 1, 4_000, many)).toBe(true);
  });
});
