import type * as z from 'zod';
import type { ProblemCode } from '../problems.ts';
import { reservation, reservationsReply } from '../reservations.ts';
import {
  commitRequest,
  extendRequest,
  handOverRequest,
  linesRequest,
  newReservation,
  pinRequest,
  reservationsQuery,
  reserveQuery,
  resizeRequest,
} from '../selling.ts';
import { SELLS, SELLS_OR_SHIPS, ON_CHANNEL, type Operation } from './operation.ts';

const CHANGE = ['reservation_not_found', 'already_committed', 'reservation_cancelled', 'reservation_released'] as const;

export const RESERVATIONS: readonly Operation[] = [
  {
    method: 'post',
    path: '/v1/reservations',
    id: 'reserve',
    tag: 'Reservations',
    summary: 'Promises units to one buyer until a deadline.',
    scopes: SELLS,
    query: reserveQuery,
    body: newReservation,
    repeatable: true,
    replies: { 201: reservation },
    problems: [
      ...ON_CHANNEL,
      'sku_unknown',
      'location_unknown',
      'alias_unknown',
      'unit_unknown',
      'location_not_served',
      'insufficient_stock',
      'buyer_cap_exceeded',
      'key_in_progress',
      'sold_out_hint',
      'overloaded',
    ],
  },
  {
    method: 'get',
    path: '/v1/reservations',
    id: 'listReservations',
    tag: 'Reservations',
    summary: 'The reservations that an order took units of.',
    scopes: SELLS,
    query: reservationsQuery,
    replies: { 200: reservationsReply },
    problems: ['overloaded'],
  },
  {
    method: 'get',
    path: '/v1/reservations/{id}',
    id: 'getReservation',
    tag: 'Reservations',
    summary: 'As it is now.',
    scopes: SELLS,
    replies: { 200: reservation },
    problems: ['reservation_not_found', 'overloaded'],
  },
  change('extend', 'A later deadline; never an earlier one.', extendRequest, [
    ...CHANGE,
    'reservation_pinned',
    'reservation_expired',
  ]),
  change('resize', 'More or fewer open units; only the difference is checked.', resizeRequest, [
    ...CHANGE,
    'reservation_pinned',
    'reservation_expired',
    'exceeds_reservation',
    'insufficient_stock',
    'buyer_cap_exceeded',
  ]),
  change('pin', 'Before money is taken: the deadline stops, lapsed units are taken anew.', pinRequest, [
    ...CHANGE,
    'insufficient_stock',
    'buyer_cap_exceeded',
  ]),
  change('commit', 'An order takes the units.', commitRequest, [
    ...CHANGE,
    'reservation_expired',
    'exceeds_reservation',
    'insufficient_stock',
    'buyer_cap_exceeded',
  ]),
  change('release', 'Open units go back.', linesRequest, [
    'reservation_not_found',
    'already_committed',
    'reservation_cancelled',
    'exceeds_reservation',
  ]),
  change(
    'fulfill',
    'Goods have left for the order.',
    linesRequest,
    [
      'reservation_not_found',
      'not_committed',
      'already_fulfilled',
      'reservation_cancelled',
      'exceeds_reservation',
      'insufficient_stock',
    ],
    SELLS_OR_SHIPS,
  ),
  change(
    'cancel',
    'The order gives units back.',
    linesRequest,
    ['reservation_not_found', 'not_committed', 'already_fulfilled', 'exceeds_reservation'],
    SELLS_OR_SHIPS,
  ),
  change('hand-over', 'Another buyer, cart or order has it from now on; units, places and deadline stay.', handOverRequest, [
    'reservation_not_found',
    'already_fulfilled',
    'reservation_cancelled',
    'reservation_released',
    'reservation_expired',
    'buyer_cap_exceeded',
  ]),
];

function change(name: string, summary: string, body: z.ZodType, problems: readonly ProblemCode[], scopes = SELLS): Operation {
  return {
    method: 'post',
    path: `/v1/reservations/{id}/${name}`,
    id: `${name === 'hand-over' ? 'handOver' : name}Reservation`,
    tag: 'Reservations',
    summary,
    scopes,
    body,
    repeatable: true,
    replies: { 200: reservation },
    problems: ['overloaded', 'key_in_progress', ...problems],
  };
}
