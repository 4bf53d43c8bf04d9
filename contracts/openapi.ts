import * as z from 'zod';
import {
  createDocument,
  type ZodOpenApiObject,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
  type ZodOpenApiResponseObject,
  type ZodOpenApiResponsesObject,
} from 'zod-openapi';
import { IDEMPOTENCY_KEY_CHARACTERS_MAX } from './limits.ts';
import { OPERATIONS } from './operations.ts';
import type { Operation } from './operations/operation.ts';
import { problemReply } from './problem.ts';
import { kindOf, type ProblemCode } from './problems.ts';

const idempotencyKey = z.string().regex(new RegExp(`^[\\x21-\\x7e]{1,${IDEMPOTENCY_KEY_CHARACTERS_MAX}}$`));

/** The contract as OpenAPI 3.1, from the same schemas that the requests are parsed with. For development only: the Worker serves the file. */
export function openapiDocument() {
  const paths: ZodOpenApiPathsObject = {};
  for (const operation of OPERATIONS) {
    paths[operation.path] = { ...paths[operation.path], [operation.method]: operationObject(operation) };
  }
  const document = {
    openapi: '3.1.0' as const,
    info: {
      title: 'Holdfast',
      version: '1.0.0',
      description: 'Availability served at the edge, reservations serialised per SKU, movements flushed to the ERP exactly once.',
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      headers: HEADERS,
      responses: { RateLimited: RATE_LIMITED },
      securitySchemes: {
        apiKey: { type: 'http' as const, scheme: 'bearer', description: 'An API key, as `POST /v1/keys` shows it once.' },
      },
    },
  } satisfies ZodOpenApiObject;
  return createDocument(document, { override: ({ jsonSchema }) => withoutNoise(jsonSchema) });
}

const HEADERS = {
  'RateLimit-Policy': {
    description: 'The limits that the caller falls under (draft-ietf-httpapi-ratelimit-headers-11): q requests in w seconds.',
    schema: { type: 'string' as const, example: '"key";q=1000;w=60' },
  },
  RateLimit: {
    description: 'What is left of each: r requests for the next t seconds, as counted by the server that answered.',
    schema: { type: 'string' as const, example: '"key";r=998;t=42' },
  },
  'Retry-After': { description: 'Seconds after which to ask again.', schema: { type: 'integer' as const } },
};
const LIMITED = {
  'RateLimit-Policy': { $ref: '#/components/headers/RateLimit-Policy' },
  RateLimit: { $ref: '#/components/headers/RateLimit' },
} as const;
const COME_BACK = { 'Retry-After': { $ref: '#/components/headers/Retry-After' } } as const;
const RATE_LIMITED: ZodOpenApiResponseObject = {
  description: `\`rate_limited\`: ${kindOf('rate_limited').title}. Nothing was done, and the Idempotency-Key is not used up.`,
  headers: { ...LIMITED, ...COME_BACK },
  content: { 'application/problem+json': { schema: problemReply } },
};

/** A page of pattern says no more than `date-time`, and that numbers are exact needs no two bounds of sixteen digits. */
function withoutNoise(jsonSchema: { format?: string; pattern?: string; minimum?: number; maximum?: number }): void {
  if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
}

function operationObject(operation: Operation): ZodOpenApiOperationObject {
  const { id, tag, summary, scopes, query } = operation;
  const names = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const path = z.object(Object.fromEntries(names.map((name) => [name, z.string().min(1)])));
  const header = z.object(headersOf(operation));
  return {
    operationId: id,
    tags: [tag],
    summary,
    description:
      scopes === null ? 'Open to everybody.' : `Needs the scope ${scopes.map((scope) => `\`${scope}\``).join(' or ')}.`,
    security: scopes === null ? [] : [{ apiKey: [] }],
    requestParams: {
      ...(names.length > 0 ? { path } : {}),
      ...(query === undefined ? {} : { query }),
      ...(Object.keys(header.shape).length > 0 ? { header } : {}),
    },
    ...bodiesOf(operation),
    responses: { ...repliesOf(operation), ...problemsOf(operation) },
  };
}

function bodiesOf({ body, otherBodies = {} }: Operation): Pick<ZodOpenApiOperationObject, 'requestBody'> {
  const bodies = { ...(body === undefined ? {} : { 'application/json': body }), ...otherBodies };
  if (Object.keys(bodies).length === 0) return {};
  const content = Object.entries(bodies).map(([type, schema]) => [type, schema === null ? {} : { schema }] as const);
  return { requestBody: { required: body !== undefined, content: Object.fromEntries(content) } };
}

function headersOf({ repeatable, versioned, method }: Operation): Record<string, z.ZodType> {
  return {
    ...(repeatable
      ? {
          'Idempotency-Key': (repeatable === 'optional' ? idempotencyKey.optional() : idempotencyKey).meta({
            description: 'Chosen by the caller. The same request under the same key takes effect once.',
            example: 'checkout-4711',
          }),
        }
      : {}),
    ...(versioned && method === 'put'
      ? {
          'If-Match': z.string().optional().meta({
            description:
              'The ETag that is to be replaced. What is there already as it is asked for is answered 200, whichever this names.',
            example: '"3"',
          }),
        }
      : {}),
  };
}

function repliesOf(operation: Operation): ZodOpenApiResponsesObject {
  const { replies, versioned, conditional, repeatable, alsoFiles, otherFiles = [], nothing, scopes } = operation;
  const own = Object.entries(operation.headers ?? {}).map(([name, description]) => {
    return [name, { description, schema: { type: 'string' as const } }] as const;
  });
  const headers = {
    ...(scopes === null ? {} : LIMITED),
    ...Object.fromEntries(own),
    ...(versioned || conditional ? { ETag: { schema: { type: 'string' as const } } } : {}),
    ...(repeatable
      ? {
          'Idempotent-Replayed': {
            description: '`true` where this is the first answer again.',
            schema: { type: 'string' as const, enum: ['true'] },
          },
        }
      : {}),
  };
  const objects: ZodOpenApiResponsesObject = {};
  for (const [status, schema] of Object.entries(replies)) {
    objects[status as `${200 | 201 | 202 | 503}`] =
      typeof schema === 'string'
        ? {
            description: 'The document.',
            ...(own.length === 0 ? {} : { headers }),
            content: Object.fromEntries([schema, ...otherFiles].map((type) => [type, {}])),
          }
        : {
            description: DESCRIBED[status] ?? 'So it is.',
            headers,
            content: { 'application/json': { schema }, ...(alsoFiles ? FILES : {}) },
          };
  }
  if (nothing !== undefined) objects['204'] = { description: nothing, headers };
  if (conditional) objects['304'] = { description: 'You have these numbers.' };
  return objects;
}

const FILES = { 'text/csv': {}, 'application/x-ndjson': {} };
const DESCRIBED: Readonly<Record<string, string>> = {
  200: 'So it is.',
  201: 'It is made.',
  202: 'It is safely written.',
  503: 'Not now.',
};

/** One response per status, naming every code that it may bear. */
function problemsOf(operation: Operation): ZodOpenApiResponsesObject {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of codesOf(operation)) {
    const { status, inPath } = kindOf(code);
    const answered = inPath !== undefined && operation.path.includes('{sku}') ? inPath : status;
    byStatus.set(answered, [...(byStatus.get(answered) ?? []), code]);
  }
  const objects: ZodOpenApiResponsesObject = {};
  for (const [status, codes] of [...byStatus].sort(([a], [b]) => a - b)) {
    if (codes.every((code) => code === 'rate_limited')) {
      objects['429'] = { $ref: '#/components/responses/RateLimited' };
      continue;
    }
    objects[String(status) as `${400 | 401 | 403 | 404 | 409}`] = {
      description: codes.map((code) => `\`${code}\`: ${kindOf(code).title}.`).join(' '),
      ...(status === 503 ? { headers: COME_BACK } : {}),
      ...(status === 429 ? { headers: { ...LIMITED, ...COME_BACK } } : {}),
      content: { 'application/problem+json': { schema: problemReply } },
    };
  }
  return objects;
}

function codesOf({ scopes, body, query, repeatable, problems }: Operation): ReadonlySet<ProblemCode> {
  return new Set<ProblemCode>([
    ...(body === undefined && query === undefined && !repeatable ? [] : (['invalid_request'] as const)),
    // An Idempotency-Key that may be left out may still come empty.
    ...(repeatable ? (['key_reused', 'key_missing'] as const) : []),
    ...(repeatable === true ? (['too_many_operations'] as const) : []),
    ...(scopes === null ? [] : (['unauthenticated', 'scope_missing', 'rate_limited'] as const)),
    ...(body === undefined ? [] : (['too_large'] as const)),
    ...problems,
    ...(scopes === null ? [] : (['internal_error'] as const)),
  ]);
}
