import {
  levelsQuery,
  levelsReply,
  outletCredentials,
  outletCredentialsReply,
  outletReply,
  outletRequest,
  readBackReply,
  readBackRequest,
} from '../outlets.ts';
import { ADMIN, type Operation } from './operation.ts';

const common = { tag: 'Outlets', scopes: ADMIN } as const;

export const OUTLETS: readonly Operation[] = [
  {
    ...common,
    method: 'put',
    path: '/v1/channels/{id}/outlet',
    id: 'putOutlet',
    versioned: true,
    summary: 'How this channel is told its numbers. Another adapter, or other options, begin anew with all items.',
    body: outletRequest,
    replies: { 200: outletReply, 201: outletReply },
    problems: ['not_found', 'version_conflict'],
  },
  {
    ...common,
    method: 'get',
    path: '/v1/channels/{id}/outlet',
    id: 'getOutlet',
    versioned: true,
    summary: 'As it is now, with what waits, and how long changes take.',
    replies: { 200: outletReply },
    problems: ['not_found'],
  },
  {
    ...common,
    method: 'put',
    path: '/v1/channels/{id}/outlet/credentials',
    id: 'putOutletCredentials',
    summary: 'What its adapter signs in with from now on. They are never shown again.',
    body: outletCredentials,
    replies: { 200: outletCredentialsReply },
    problems: ['not_found'],
  },
  {
    ...common,
    method: 'get',
    path: '/v1/channels/{id}/outlet/levels',
    id: 'listOutletLevels',
    summary: 'What each listing is to show, what is under way, what the channel confirmed or refused.',
    query: levelsQuery,
    replies: { 200: levelsReply },
    problems: ['not_found'],
  },
  {
    ...common,
    method: 'post',
    path: '/v1/channels/{id}/outlet/read-back',
    id: 'readBackOutlet',
    summary: 'Has all listings read back and compared, within the next minutes; differences become cases.',
    body: readBackRequest,
    replies: { 202: readBackReply },
    problems: ['not_found'],
  },
];
