import { apiKey, keyQuery, keysReply, newKey, shownKey } from '../keys.ts';
import { ADMIN, type Operation } from './operation.ts';

export const KEYS: readonly Operation[] = [
  {
    method: 'post',
    path: '/v1/keys',
    id: 'createKey',
    tag: 'Keys',
    summary: 'A new API key; it is shown this once.',
    scopes: ADMIN,
    body: newKey,
    repeatable: 'optional',
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
];
