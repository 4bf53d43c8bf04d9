import type * as z from 'zod';
import {
  availability,
  availabilityOfMany,
  availabilityOfManyReply,
  availabilityQuery,
  explainQuery,
  explanation,
} from './availability.ts';
import {
  channelReply,
  channelRequest,
  itemReply,
  itemRequest,
  locationReply,
  locationRequest,
  policyReply,
  policyRequest,
  sourceReply,
  sourceRequest,
} from './catalogue.ts';
import { caseReply, caseResolution, casesQuery, casesReply } from './cases.ts';
import { countsReply, countsRequest, movementsReply, movementsRequest } from './facts.ts';
import { healthReply, readinessReply } from './health.ts';
import { apiKey, keyQuery, keysReply, newKey, shownKey, type Scope } from './keys.ts';
import { postingsQuery, postingsReply, traceReply } from './postings.ts';
import type { ProblemCode } from './problems.ts';
import {
  commitRequest,
  extendRequest,
  linesRequest,
  newReservation,
  pinRequest,
  reservation,
  reservationsQuery,
  reservationsReply,
  reserveQuery,
  resizeRequest,
} from './reservations.ts';

/** One call of the API, as the documentation tells it. */
export interface Operation {
  readonly method: 'get' | 'put' | 'post' | 'patch';
  readonly path: string;
  readonly id: string;
  readonly tag: string;
  readonly summary: string;
  /** Any of these; null: open to everybody. */
  readonly scopes: readonly Scope[] | null;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** R1: carries an Idempotency-Key, and a repeated request is answered again. */
  readonly repeatable?: true;
  /** Has an ETag, and a PUT takes If-Match. */
  readonly versioned?: true;
  /** May be answered 304. */
  readonly conditional?: true;
  readonly replies: Readonly<Record<number, z.ZodType | 'text'>>;
  readonly problems: readonly ProblemCode[];
}

const READS: readonly Scope[] = ['availability:read'];
const SELLS: readonly Scope[] = ['reservations:write'];
const SELLS_OR_SHIPS: readonly Scope[] = ['reservations:write', 'stock:write'];
const STATES: readonly Scope[] = ['stock:write'];
const ADMIN: readonly Scope[] = ['admin'];

const ON_CHANNEL = ['channel_forbidden', 'channel_unknown'] as const;
const CHANGE = ['reservation_not_found', 'already_committed', 'reservation_cancelled', 'reservation_released'] as const;

function change(name: string, summary: string, body: z.ZodType, problems: readonly ProblemCode[], scopes = SELLS): Operation {
  return {
    method: 'post',
    path: `/v1/reservations/{id}/${name}`,
    id: `${name}Reservation`,
    tag: 'Reservations',
    summary,
    scopes,
    body,
    repeatable: true,
    replies: { 200: reservation },
    problems: ['overloaded', ...problems],
  };
}

function catalogue(
  what: string,
  path: string,
  tag: string,
  request: z.ZodType,
  reply: z.ZodType,
  problems: readonly ProblemCode[],
  inPath: ProblemCode,
): readonly Operation[] {
  const common = { path, tag, scopes: ADMIN, versioned: true } as const;
  return [
    {
      ...common,
      method: 'put',
      id: `put${what}`,
      summary: `Makes it, or replaces it whole.`,
      body: request,
      replies: { 200: reply, 201: reply },
      problems: ['version_conflict', ...problems],
    },
    { ...common, method: 'get', id: `get${what}`, summary: 'As it is now.', replies: { 200: reply }, problems: [inPath] },
  ];
}

export const OPERATIONS: readonly Operation[] = [
  {
    method: 'get',
    path: '/v1/availability/{sku}',
    id: 'getAvailability',
    tag: 'Availability',
    summary: 'How many units a channel may sell now, and how far to trust the number.',
    scopes: READS,
    query: availabilityQuery,
    conditional: true,
    replies: { 200: availability },
    problems: [...ON_CHANNEL, 'sku_unknown', 'location_unknown', 'location_not_served', 'reservation_not_found', 'overloaded'],
  },
  {
    method: 'post',
    path: '/v1/availability/query',
    id: 'queryAvailability',
    tag: 'Availability',
    summary: 'The same for many items in one call.',
    scopes: READS,
    body: availabilityOfMany,
    replies: { 200: availabilityOfManyReply },
    problems: [...ON_CHANNEL, 'location_unknown', 'alias_unknown', 'overloaded'],
  },
  {
    method: 'get',
    path: '/v1/availability/{sku}/explain',
    id: 'explainAvailability',
    tag: 'Availability',
    summary: 'Every term behind the number, down to the reservation.',
    scopes: READS,
    query: explainQuery,
    replies: { 200: explanation },
    problems: [...ON_CHANNEL, 'sku_unknown', 'overloaded'],
  },
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
      'cart_not_supported',
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
  ]),
  change('pin', 'Before money is taken: the deadline stops, lapsed units are taken anew.', pinRequest, [
    ...CHANGE,
    'insufficient_stock',
  ]),
  change('commit', 'An order takes the units.', commitRequest, [
    ...CHANGE,
    'reservation_expired',
    'exceeds_reservation',
    'insufficient_stock',
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
  {
    method: 'post',
    path: '/v1/movements',
    id: 'stateMovements',
    tag: 'Facts',
    summary: 'What happened to stock: always booked, each fact once, a wrong one rejected alone.',
    scopes: STATES,
    body: movementsRequest,
    replies: { 200: movementsReply },
    problems: ['source_not_allowed', 'overloaded'],
  },
  {
    method: 'post',
    path: '/v1/counts',
    id: 'stateCounts',
    tag: 'Facts',
    summary: 'Absolute balances that somebody counted.',
    scopes: STATES,
    body: countsRequest,
    replies: { 200: countsReply },
    problems: ['source_not_allowed', 'overloaded'],
  },
  ...catalogue('Item', '/v1/items/{sku}', 'Catalogue', itemRequest, itemReply, ['overloaded'], 'sku_unknown'),
  ...catalogue(
    'Policy',
    '/v1/items/{sku}/policy',
    'Catalogue',
    policyRequest,
    policyReply,
    ['sku_unknown', 'location_unknown', 'channel_unknown', 'alias_unknown', 'overloaded'],
    'sku_unknown',
  ),
  ...catalogue('Location', '/v1/locations/{id}', 'Catalogue', locationRequest, locationReply, [], 'location_unknown'),
  ...catalogue(
    'Channel',
    '/v1/channels/{id}',
    'Catalogue',
    channelRequest,
    channelReply,
    ['location_unknown', 'alias_unknown'],
    'channel_unknown',
  ),
  ...catalogue('Source', '/v1/sources/{id}', 'Catalogue', sourceRequest, sourceReply, [], 'source_unknown'),
  {
    method: 'post',
    path: '/v1/keys',
    id: 'createKey',
    tag: 'Keys',
    summary: 'A new API key; it is shown this once.',
    scopes: ADMIN,
    body: newKey,
    replies: { 201: shownKey },
    problems: ['channel_unknown', 'source_unknown', 'location_unknown', 'alias_unknown'],
  },
  {
    method: 'get',
    path: '/v1/keys',
    id: 'listKeys',
    tag: 'Keys',
    summary: 'All of them, without the keys themselves.',
    scopes: ADMIN,
    query: keyQuery,
    replies: { 200: keysReply },
    problems: [],
  },
  {
    method: 'post',
    path: '/v1/keys/{id}/rotate',
    id: 'rotateKey',
    tag: 'Keys',
    summary: 'A new secret; the old one stops within ten seconds.',
    scopes: ADMIN,
    replies: { 200: shownKey },
    problems: ['not_found'],
  },
  {
    method: 'post',
    path: '/v1/keys/{id}/revoke',
    id: 'revokeKey',
    tag: 'Keys',
    summary: 'It stops within ten seconds.',
    scopes: ADMIN,
    replies: { 200: apiKey },
    problems: ['not_found'],
  },
  {
    method: 'get',
    path: '/v1/postings',
    id: 'listPostings',
    tag: 'Operation',
    summary: 'What the ERP must know, and how far it got.',
    scopes: ADMIN,
    query: postingsQuery,
    replies: { 200: postingsReply },
    problems: ['sku_unknown', 'overloaded'],
  },
  {
    method: 'get',
    path: '/v1/trace/{correlation_id}',
    id: 'getTrace',
    tag: 'Operation',
    summary: 'What became of one request on its way to the ERP.',
    scopes: ADMIN,
    replies: { 200: traceReply },
    problems: ['not_found', 'overloaded'],
  },
  {
    method: 'get',
    path: '/v1/cases',
    id: 'listCases',
    tag: 'Operation',
    summary: 'What a person has to decide.',
    scopes: ADMIN,
    query: casesQuery,
    replies: { 200: casesReply },
    problems: [],
  },
  {
    method: 'post',
    path: '/v1/cases/{id}/resolve',
    id: 'resolveCase',
    tag: 'Operation',
    summary: 'Somebody has decided.',
    scopes: ADMIN,
    body: caseResolution,
    replies: { 200: caseReply },
    problems: ['not_found', 'case_still_true', 'overloaded'],
  },
  {
    method: 'get',
    path: '/metrics',
    id: 'getMetrics',
    tag: 'Operation',
    summary: 'Numbers for Prometheus.',
    scopes: ADMIN,
    replies: { 200: 'text' },
    problems: [],
  },
  {
    method: 'get',
    path: '/v1/openapi.json',
    id: 'getOpenapi',
    tag: 'Documentation',
    summary: 'This document.',
    scopes: null,
    replies: { 200: 'text' },
    problems: [],
  },
  {
    method: 'get',
    path: '/v1/docs',
    id: 'getDocs',
    tag: 'Documentation',
    summary: 'The same for people.',
    scopes: null,
    replies: { 200: 'text' },
    problems: [],
  },
  {
    method: 'get',
    path: '/healthz',
    id: 'getHealth',
    tag: 'Operation',
    summary: 'The process answers.',
    scopes: null,
    replies: { 200: healthReply },
    problems: [],
  },
  {
    method: 'get',
    path: '/readyz',
    id: 'getReadiness',
    tag: 'Operation',
    summary: 'Its database answers too.',
    scopes: null,
    replies: { 200: readinessReply, 503: readinessReply },
    problems: [],
  },
];
