import { feedLinkReply, feedLinkRequest, feedQuery } from '../feeds.ts';
import { type Operation } from './operation.ts';

export const FEEDS: readonly Operation[] = [
  {
    method: 'get',
    path: '/v1/feeds/{channel}',
    id: 'readFeed',
    tag: 'Feeds',
    summary: 'What a channel is to show of each item, as a file in its own format: all, or what may be another since then.',
    scopes: ['feeds:read'],
    query: feedQuery,
    conditional: true,
    replies: { 200: 'application/x-ndjson' },
    otherFiles: ['text/csv', 'text/tab-separated-values', 'application/rss+xml', 'application/json'],
    headers: {
      'Holdfast-Feed': '`full` or `delta`.',
      'Holdfast-Next-Since': 'With this as `since` the next answer tells what may be another by then; also with 204 and 304.',
      Link: '`rel="next"`: the rest of this file, where it is too large for its reader; else the next delta.',
    },
    nothing: 'Nothing is to be told, in a format that has no way to say so.',
    problems: ['channel_forbidden', 'not_found'],
  },
  {
    method: 'post',
    path: '/v1/feeds/{channel}/links',
    id: 'signFeed',
    tag: 'Feeds',
    summary: 'A link to a feed for those who can send no key; whoever has it can read that feed.',
    scopes: ['feeds:read'],
    body: feedLinkRequest,
    replies: { 201: feedLinkReply },
    problems: ['channel_forbidden', 'not_found'],
  },
];
