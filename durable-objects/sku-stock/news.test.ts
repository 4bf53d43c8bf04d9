import { expect, test } from 'vitest';
import type { Entry, Event } from '../../domain/event.ts';
import { channel, location, reservationId } from '../../test/story/ids.ts';
import { newsOf } from './news.ts';

const a = reservationId('a');
const units = { line: 1, quantity: 2, placed: [] };
const move = { reservation: a, orderRef: null, class: 'open', line: 1 } as const;
const dc = { location: location('dc'), quantity: 2 };

const entry = (event: Event): Entry => ({ sequence: 7, atMs: 70, correlationId: null, event });
const told = (event: Event): readonly string[] =>
  newsOf(entry(event), () => channel('web')).flatMap(({ events }) => events.map(({ type }) => type));

test.each<readonly [string, Event, readonly string[]]>([
  [
    'units taken back in a shortage',
    { type: 'released', reservation: a, reason: 'over_reservation', lines: [units] },
    ['reservation.released'],
  ],
  ['a release that was asked for', { type: 'released', reservation: a, reason: 'asked', lines: [units] }, []],
  ['the rest of a commit', { type: 'released', reservation: a, reason: 'rest', lines: [units] }, []],
  [
    'a move in a shortage',
    { type: 'reallocated', reason: 'over_reservation', ...move, from: dc.location, at: dc },
    ['reservation.reallocated'],
  ],
  ['goods that left from elsewhere', { type: 'reallocated', ...move, from: dc.location, at: dc }, []],
  ['a place that was lost', { type: 'backordered', ...move, from: dc }, ['reservation.backordered']],
  ['a place that was found', { type: 'placed', ...move, at: dc }, ['reservation.placed']],
  ['a case', { type: 'case_opened', about: { kind: 'over_reservation' }, difference: 2 }, ['case.opened']],
  ['an order', { type: 'committed', reservation: a, orderRef: 'SO-1', lines: [units] }, []],
  ['a pin', { type: 'pinned', reservation: a, outcomeDueMs: 1 }, []],
])('[R49] of %s readers hear %j', (_, event, types) => {
  expect(told(event)).toEqual(types);
});

test('[R49] a lapse of very many is told in parts, each with a position of its own', () => {
  const reservations = Array.from({ length: 10_000 }, (_, n) => ({ reservation: reservationId(`r${n}`), atMs: n }));
  const parts = newsOf(entry({ type: 'expired', reservations }), () => null);
  expect(parts).toHaveLength(200);
  expect(new Set(parts.map(({ position }) => position)).size).toBe(200);
  expect(parts.flatMap(({ events }) => events.map(({ atMs }) => atMs))).toEqual(reservations.map(({ atMs }) => atMs));
});
