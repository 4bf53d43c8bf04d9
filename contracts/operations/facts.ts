import { ordersReply, ordersRequest } from '../orders.ts';
import { countsReply, countsRequest, movementsReply, movementsRequest } from '../facts.ts';
import { STATES, type Operation } from './operation.ts';

export const FACTS: readonly Operation[] = [
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
  {
    method: 'post',
    path: '/v1/orders',
    id: 'stateOrders',
    tag: 'Facts',
    summary: 'Orders that were accepted elsewhere: always booked, each once, a wrong one rejected alone.',
    scopes: STATES,
    body: ordersRequest,
    replies: { 200: ordersReply },
    problems: ['source_not_allowed', 'overloaded'],
  },
];
