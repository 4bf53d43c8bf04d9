import { listingsQuery, listingsReply } from '../listings.ts';
import type * as z from 'zod';
import {
  channelReply,
  channelRequest,
  itemReply,
  itemRequest,
  locationReply,
  locationRequest,
  policyReply,
  policyRequest,
  receiptsReply,
  receiptsRequest,
  sourceReply,
  sourceRequest,
} from '../catalogue.ts';
import type { ProblemCode } from '../problems.ts';
import { ADMIN, type Operation } from './operation.ts';

export const CATALOGUE: readonly Operation[] = [
  ...catalogue(
    'Item',
    '/v1/items/{sku}',
    'Catalogue',
    itemRequest,
    itemReply,
    ['alias_unknown', 'component_unknown', 'kit_cycle', 'overloaded'],
    'sku_unknown',
  ),
  ...catalogue(
    'Policy',
    '/v1/items/{sku}/policy',
    'Catalogue',
    policyRequest,
    policyReply,
    [
      'sku_unknown',
      'location_unknown',
      'channel_unknown',
      'alias_unknown',
      'cap_below_consumption',
      'protected_above_stock',
      'overloaded',
    ],
    'sku_unknown',
  ),
  ...catalogue(
    'Receipts',
    '/v1/items/{sku}/receipts',
    'Catalogue',
    receiptsRequest,
    receiptsReply,
    ['sku_unknown', 'location_unknown', 'alias_unknown', 'overloaded'],
    'sku_unknown',
  ),
  ...catalogue('Location', '/v1/locations/{id}', 'Catalogue', locationRequest, locationReply, [], 'not_found'),
  ...catalogue(
    'Channel',
    '/v1/channels/{id}',
    'Catalogue',
    channelRequest,
    channelReply,
    ['location_unknown', 'alias_unknown'],
    'not_found',
  ),
  {
    method: 'get',
    path: '/v1/channels/{id}/listings',
    id: 'listListings',
    tag: 'Catalogue',
    summary: 'What the channel calls our items or places, and which it has no name for, in pages or as a file.',
    scopes: ADMIN,
    query: listingsQuery,
    alsoFiles: true,
    replies: { 200: listingsReply },
    problems: ['not_found'],
  },
  ...catalogue('Source', '/v1/sources/{id}', 'Catalogue', sourceRequest, sourceReply, [], 'not_found'),
];

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
