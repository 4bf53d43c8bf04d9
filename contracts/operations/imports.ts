import * as z from 'zod';
import { importReply, importRowsQuery, importRowsReply, importsQuery, importsReply, newImportQuery } from '../imports.ts';
import { STATES, type Operation } from './operation.ts';

export const IMPORTS: readonly Operation[] = [
  {
    method: 'post',
    path: '/v1/imports',
    id: 'beginImport',
    tag: 'Imports',
    summary:
      'A file of facts, or (`kind=erp`, `admin`) what the ERP has: safely written when this answers, worked off afterwards.',
    scopes: STATES,
    query: newImportQuery,
    otherBodies: { 'text/csv': null, 'application/x-ndjson': null },
    replies: { 202: z.object({ id: z.string() }) },
    problems: ['source_not_allowed', 'source_unknown', 'too_large'],
  },
  {
    method: 'get',
    path: '/v1/imports',
    id: 'listImports',
    tag: 'Imports',
    summary: 'The newest first, of the sources that the key speaks for.',
    scopes: STATES,
    query: importsQuery,
    replies: { 200: importsReply },
    problems: [],
  },
  {
    method: 'get',
    path: '/v1/imports/{id}',
    id: 'getImport',
    tag: 'Imports',
    summary: 'How far it is, and how many rows came to what.',
    scopes: STATES,
    replies: { 200: importReply },
    problems: ['not_found'],
  },
  {
    method: 'get',
    path: '/v1/imports/{id}/rows',
    id: 'listImportRows',
    tag: 'Imports',
    summary: 'What became of each row, in pages or as a file.',
    scopes: STATES,
    query: importRowsQuery,
    alsoFiles: true,
    replies: { 200: importRowsReply },
    problems: ['not_found'],
  },
  {
    method: 'post',
    path: '/v1/imports/{id}/cancel',
    id: 'cancelImport',
    tag: 'Imports',
    summary: 'It stops where it is; what was booked stays booked.',
    scopes: STATES,
    replies: { 200: importReply },
    problems: ['not_found'],
  },
];
