import { availability, availabilityOfManyReply, explainQuery, explanation } from '../availability.ts';
import { availabilityOfMany, availabilityQuery } from '../selling.ts';
import { READS, ON_CHANNEL, type Operation } from './operation.ts';

export const AVAILABILITY: readonly Operation[] = [
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
    problems: [...ON_CHANNEL, 'location_unknown', 'location_not_served', 'alias_unknown', 'overloaded'],
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
];
