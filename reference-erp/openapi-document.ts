import type * as z from 'zod';
import { createDocument } from 'zod-openapi';
import {
  ERP_PATHS,
  erpBalancesQuery,
  erpBalancesReply,
  erpChangesQuery,
  erpChangesReply,
  erpFaults,
  erpLookupReply,
  erpLookupRequest,
  erpPostReply,
  erpPostRequest,
  erpProblem,
} from '../contracts/generic-erp.ts';
import { audit } from './ledger/audit.ts';

/** OpenAPI 3.1, made from the schemas that both sides parse with. */
export function openapiDocument() {
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Generic ERP',
      version: '1.0.0',
      description: 'A stock ledger: movements are booked once per key, and every number says up to which entry it counts.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ token: [] }],
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
    paths: {
      [ERP_PATHS.movements]: {
        post: {
          operationId: 'postMovements',
          summary: 'Book movements, each key once',
          requestBody: body(erpPostRequest),
          responses: answers(erpPostReply),
        },
      },
      [ERP_PATHS.lookup]: {
        post: {
          operationId: 'lookUpMovements',
          summary: 'Ask what is booked under these keys',
          requestBody: body(erpLookupRequest),
          responses: answers(erpLookupReply),
        },
      },
      [ERP_PATHS.balances]: {
        get: {
          operationId: 'listBalances',
          summary: 'Balances, each with the mark it is inclusive of',
          requestParams: { query: erpBalancesQuery },
          responses: answers(erpBalancesReply),
        },
      },
      [ERP_PATHS.changes]: {
        get: {
          operationId: 'listChanges',
          summary: 'What was booked after a mark, oldest first',
          requestParams: { query: erpChangesQuery },
          responses: answers(erpChangesReply),
        },
      },
      [ERP_PATHS.faults]: {
        get: { operationId: 'readFaults', summary: 'Faults on demand (only with FAULTS=on)', responses: answers(erpFaults) },
        put: {
          operationId: 'replaceFaults',
          summary: 'Replace all faults; {} heals',
          requestBody: body(erpFaults),
          responses: answers(erpFaults),
        },
      },
      '/erp/v1/audit': {
        get: { operationId: 'auditBooks', summary: 'Check the books against themselves', responses: answers(audit) },
      },
      '/healthz': {
        get: {
          operationId: 'health',
          summary: 'Whether the ledger is up',
          security: [],
          responses: { '200': { description: 'It is.' } },
        },
      },
    },
  });
}

function body(schema: z.ZodType) {
  return { required: true, content: { 'application/json': { schema } } };
}

function answers(schema: z.ZodType) {
  return {
    '200': { description: 'Done', content: { 'application/json': { schema } } },
    '4XX': {
      description: 'Refused as a whole; nothing was booked',
      content: { 'application/problem+json': { schema: erpProblem } },
    },
    '5XX': {
      description: 'Unknown: ask by key before sending again',
      content: { 'application/problem+json': { schema: erpProblem } },
    },
  };
}
